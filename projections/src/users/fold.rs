//! How events become the row.

use acta_application::log::{Actor, RecordedEvent};
use acta_application::views::Columns;
use acta_domain::access::Permission;
use acta_domain::{AnyEvent, UserEvent};

use super::{Effect, PermissionChange, RoleGrant, UserStatus, UserView};
use crate::who::who;
use crate::{Poison, Projection, StoredPart};

/// The read model of users; a row's id is the user's. Columns: `status`, `person`, `rank` = moment of creation in microseconds since
/// the Unix epoch.
#[derive(Debug, Clone, Copy)]
pub struct Users;

impl Projection for Users {
    const NAME: &'static str = "users";
    type View = UserView;

    fn concerns(aggregate_type: &str) -> bool {
        aggregate_type == "user"
    }

    fn row(_: &RecordedEvent, decoded: &AnyEvent) -> Option<String> {
        match decoded {
            AnyEvent::User(fact) => Some(fact.user_id().to_string()),
            _ => None,
        }
    }

    fn fold(view: Option<UserView>, event: &RecordedEvent, decoded: &AnyEvent) -> Result<UserView, Poison> {
        let AnyEvent::User(fact) = decoded else {
            return Err(Poison::new("not an event of a user"));
        };
        let by = who(event)?;
        let mut view = match (view, fact) {
            (None, UserEvent::Created { .. }) => created(event, fact, by),
            (Some(_), UserEvent::Created { .. }) => return Err(Poison::new("a user was created twice")),
            (Some(view), _) => changed(view, fact, by),
            (None, _) => return Err(Poison::new("an event of a user who was never created")),
        };
        // What was appended together carries its personal part on the last event.
        view.names = StoredPart::of(event).or(view.names);
        view.version = event.sequence;
        view.position = event.position;
        Ok(view)
    }

    fn columns(view: &UserView) -> Columns {
        Columns {
            status: Some(view.status.as_str().to_owned()),
            kind: None,
            person: Some(view.person_id.to_string()),
            rank: view.created_at.as_micros(),
        }
    }
}

/// The row of a user who was just created.
fn created(event: &RecordedEvent, fact: &UserEvent, created_by: Actor) -> UserView {
    let has_password = matches!(fact, UserEvent::Created { credential_id: Some(_), .. });
    UserView {
        user_id: fact.user_id(),
        person_id: fact.person_id(),
        status: UserStatus::Active,
        names: None,
        password_since: has_password.then_some(fact.at()),
        roles: Vec::new(),
        permissions: Vec::new(),
        created_by,
        created_at: fact.at(),
        disabled_at: None,
        version: event.sequence,
        position: event.position,
    }
}

/// The row after another event.
fn changed(mut view: UserView, fact: &UserEvent, granted_by: Actor) -> UserView {
    let granted_at = fact.at();
    match fact {
        UserEvent::PasswordChanged { at, .. } => view.password_since = Some(*at),
        UserEvent::RoleGranted { role, .. } => {
            view.roles.retain(|grant| grant.role != *role);
            view.roles.push(RoleGrant { role: role.clone(), granted_by, granted_at });
        }
        UserEvent::RoleRevoked { role, .. } => view.roles.retain(|grant| grant.role != *role),
        UserEvent::PermissionAdded { permission, .. } | UserEvent::PermissionRemoved { permission, .. } => {
            let effect = effect(fact);
            forget(&mut view, *permission);
            view.permissions.push(PermissionChange {
                permission: *permission,
                effect,
                granted_by,
                granted_at,
            });
        }
        UserEvent::PermissionReset { permission, .. } => forget(&mut view, *permission),
        UserEvent::Disabled { at, .. } => {
            view.status = UserStatus::Disabled;
            view.disabled_at = Some(*at);
        }
        UserEvent::Enabled { .. } => {
            view.status = UserStatus::Active;
            view.disabled_at = None;
        }
        UserEvent::Created { .. } => {}
    }
    view
}

fn effect(fact: &UserEvent) -> Effect {
    if matches!(fact, UserEvent::PermissionRemoved { .. }) { Effect::Removed } else { Effect::Added }
}

fn forget(view: &mut UserView, permission: Permission) {
    view.permissions.retain(|change| change.permission != permission);
}
