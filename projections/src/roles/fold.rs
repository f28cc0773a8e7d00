//! How events become the row.

use std::collections::BTreeSet;

use acta_application::log::{Actor, RecordedEvent};
use acta_application::views::Columns;
use acta_domain::access::Permission;
use acta_domain::{AnyEvent, RoleEvent};

use super::{RoleStatus, RoleView};
use crate::who::who;
use crate::{Poison, Projection};

/// The read model of roles; a row's id is the role's name, and rows are in order of it. Columns: `status`.
#[derive(Debug, Clone, Copy)]
pub struct Roles;

impl Projection for Roles {
    const NAME: &'static str = "roles";
    type View = RoleView;

    fn concerns(aggregate_type: &str) -> bool {
        aggregate_type == "role"
    }

    fn row(_: &RecordedEvent, decoded: &AnyEvent) -> Option<String> {
        match decoded {
            AnyEvent::Role(fact) => Some(fact.role().as_str().to_owned()),
            _ => None,
        }
    }

    fn fold(view: Option<RoleView>, event: &RecordedEvent, decoded: &AnyEvent) -> Result<RoleView, Poison> {
        let AnyEvent::Role(fact) = decoded else {
            return Err(Poison::new("not an event of a role"));
        };
        let by = who(event)?;
        match (view, fact) {
            (before, RoleEvent::Defined { permissions, .. }) => {
                Ok(in_force(before, event, fact, permissions, by))
            }
            (Some(before), RoleEvent::Changed { permissions, .. }) => {
                Ok(in_force(Some(before), event, fact, permissions, by))
            }
            (Some(before), RoleEvent::Retired { .. }) => Ok(retired(before, event, fact, by)),
            (None, _) => Err(Poison::new("an event of a role that was never defined")),
        }
    }

    fn columns(view: &RoleView) -> Columns {
        Columns { status: Some(view.status.as_str().to_owned()), ..Columns::default() }
    }
}

/// The row of a role that permits `permissions` from now on.
fn in_force(
    before: Option<RoleView>,
    event: &RecordedEvent,
    fact: &RoleEvent,
    permissions: &BTreeSet<Permission>,
    changed_by: Actor,
) -> RoleView {
    RoleView {
        name: fact.role().clone(),
        status: RoleStatus::Active,
        permissions: permissions.clone(),
        changed_by,
        changed_at: fact.at(),
        defined_at: before.map_or(fact.at(), |before| before.defined_at),
        version: event.sequence,
        position: event.position,
    }
}

/// The row of a role that permits nothing any more.
fn retired(before: RoleView, event: &RecordedEvent, fact: &RoleEvent, changed_by: Actor) -> RoleView {
    RoleView {
        status: RoleStatus::Retired,
        changed_by,
        changed_at: fact.at(),
        version: event.sequence,
        position: event.position,
        ..before
    }
}
