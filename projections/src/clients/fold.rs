//! How events become the row.

use acta_application::log::{Actor, RecordedEvent};
use acta_application::views::Columns;
use acta_domain::values::Timestamp;
use acta_domain::{AnyEvent, ClientEvent};

use super::{ClientStatus, ClientView, SecretView};
use crate::who::who;
use crate::{Poison, Projection};

/// The read model of clients; a row's id is the client's. Columns: `status`, `kind` = name, `rank` = moment of registration in
/// microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy)]
pub struct Clients;

impl Projection for Clients {
    const NAME: &'static str = "clients";
    type View = ClientView;

    fn concerns(aggregate_type: &str) -> bool {
        aggregate_type == "client"
    }

    fn row(_: &RecordedEvent, decoded: &AnyEvent) -> Option<String> {
        match decoded {
            AnyEvent::Client(fact) => Some(fact.client_id().to_string()),
            _ => None,
        }
    }

    fn fold(
        view: Option<ClientView>,
        event: &RecordedEvent,
        decoded: &AnyEvent,
    ) -> Result<ClientView, Poison> {
        let AnyEvent::Client(fact) = decoded else {
            return Err(Poison::new("not an event of a client"));
        };
        let by = who(event)?;
        match (view, fact) {
            (None, ClientEvent::Registered { .. }) => registered(event, fact, by),
            (Some(_), ClientEvent::Registered { .. }) => Err(Poison::new("a client was registered twice")),
            (Some(view), _) => Ok(changed(view, event, fact, by)),
            (None, _) => Err(Poison::new("an event of a client that was never registered")),
        }
    }

    fn columns(view: &ClientView) -> Columns {
        Columns {
            status: Some(view.status.as_str().to_owned()),
            kind: Some(view.name.as_str().to_owned()),
            person: None,
            rank: view.registered_at.as_micros(),
        }
    }
}

/// The row of a client that was just registered.
fn registered(event: &RecordedEvent, fact: &ClientEvent, by: Actor) -> Result<ClientView, Poison> {
    let ClientEvent::Registered { client_id, name, roles, at, .. } = fact else {
        return Err(Poison::new("a client begins with its registration"));
    };
    Ok(ClientView {
        client_id: *client_id,
        name: name.clone(),
        status: ClientStatus::Active,
        roles: roles.clone(),
        secrets: vec![SecretView { since: *at, until: None }],
        registered_by: by.clone(),
        registered_at: *at,
        changed_by: by,
        changed_at: *at,
        version: event.sequence,
        position: event.position,
    })
}

/// The row after another event.
fn changed(mut view: ClientView, event: &RecordedEvent, fact: &ClientEvent, by: Actor) -> ClientView {
    match fact {
        ClientEvent::SecretRotated { previous_until, at, .. } => {
            rotate(&mut view.secrets, *at, *previous_until);
        }
        ClientEvent::RolesChanged { roles, .. } => view.roles.clone_from(roles),
        ClientEvent::Revoked { .. } => view.status = ClientStatus::Revoked,
        ClientEvent::Registered { .. } => {}
    }
    view.changed_by = by;
    view.changed_at = fact.at();
    view.version = event.sequence;
    view.position = event.position;
    view
}

/// Only the secret before the new one is good for a while; one before that is gone.
fn rotate(secrets: &mut Vec<SecretView>, at: Timestamp, previous_until: Timestamp) {
    secrets.truncate(1);
    if let Some(previous) = secrets.first_mut() {
        previous.until = Some(previous_until);
    }
    secrets.insert(0, SecretView { since: at, until: None });
}
