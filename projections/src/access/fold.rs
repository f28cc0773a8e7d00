//! How events become rows.

use acta_application::log::{Actor, RecordedEvent};
use acta_application::views::Columns;
use acta_domain::{AccessEvent, AnyEvent, ClientEvent, RoleEvent, SignInEvent, UserEvent};

use super::AccessView;
use crate::who::who;
use crate::{Poison, Projection};

/// The read model of who did what to whom; each event has a row of its own, whose id is its position. Columns: `kind` = the event's type,
/// `person` = who did it if it was a person, `rank` = when the log took it in microseconds since the Unix epoch.
///
/// Renewals of a sign-in have none: nobody did anything, and there are many.
#[derive(Debug, Clone, Copy)]
pub struct Access;

impl Projection for Access {
    const NAME: &'static str = "access";
    type View = AccessView;

    fn concerns(aggregate_type: &str) -> bool {
        matches!(aggregate_type, "user" | "role" | "client" | "signin" | "access")
    }

    fn row(event: &RecordedEvent, decoded: &AnyEvent) -> Option<String> {
        // Twenty digits, so that ids are in the order of the log.
        matters(decoded).then(|| format!("{:020}", event.position.get()))
    }

    fn fold(
        view: Option<AccessView>,
        event: &RecordedEvent,
        decoded: &AnyEvent,
    ) -> Result<AccessView, Poison> {
        if view.is_some() {
            return Err(Poison::new("an event stands there twice"));
        }
        let view = bare(event, decoded, who(event)?);
        match decoded {
            AnyEvent::User(fact) => Ok(of_user(view, fact)),
            AnyEvent::Role(fact) => Ok(of_role(view, fact)),
            AnyEvent::Client(fact) => Ok(of_client(view, fact)),
            AnyEvent::SignIn(fact) => Ok(of_sign_in(view, fact)),
            AnyEvent::Access(fact) => Ok(of_access(view, fact)),
            AnyEvent::Session(_)
            | AnyEvent::Attendance(_)
            | AnyEvent::Presence(_)
            | AnyEvent::Floor(_)
            | AnyEvent::Transcript(_) => Err(Poison::new("not an event of a register")),
        }
    }

    fn columns(view: &AccessView) -> Columns {
        let person = match &view.who {
            Actor::Person(id) => Some(id.to_string()),
            Actor::Service(_) | Actor::Clock => None,
        };
        Columns { status: None, kind: Some(view.event_type.clone()), person, rank: view.at.as_micros() }
    }
}

/// Whether the event has a row.
fn matters(decoded: &AnyEvent) -> bool {
    match decoded {
        AnyEvent::User(_) | AnyEvent::Role(_) | AnyEvent::Client(_) | AnyEvent::Access(_) => true,
        AnyEvent::SignIn(fact) => !matches!(fact, SignInEvent::Renewed { .. }),
        AnyEvent::Session(_)
        | AnyEvent::Attendance(_)
        | AnyEvent::Presence(_)
        | AnyEvent::Floor(_)
        | AnyEvent::Transcript(_) => false,
    }
}

/// What every row says.
fn bare(event: &RecordedEvent, decoded: &AnyEvent, who: Actor) -> AccessView {
    AccessView {
        event_type: event.event_type.clone(),
        who,
        at: event.recorded_at,
        person_id: decoded.person_id(),
        user_id: None,
        client_id: None,
        role: None,
        permission: None,
        operation: None,
        session_id: None,
        subject: None,
        reason: None,
        position: event.position,
    }
}

fn of_user(mut view: AccessView, fact: &UserEvent) -> AccessView {
    view.user_id = Some(fact.user_id());
    match fact {
        UserEvent::RoleGranted { role, .. } | UserEvent::RoleRevoked { role, .. } => {
            view.role = Some(role.clone());
        }
        UserEvent::PermissionAdded { permission, .. }
        | UserEvent::PermissionRemoved { permission, .. }
        | UserEvent::PermissionReset { permission, .. } => view.permission = Some(*permission),
        UserEvent::Created { .. }
        | UserEvent::PasswordChanged { .. }
        | UserEvent::Disabled { .. }
        | UserEvent::Enabled { .. } => {}
    }
    view
}

fn of_role(view: AccessView, fact: &RoleEvent) -> AccessView {
    AccessView { role: Some(fact.role().clone()), ..view }
}

fn of_client(view: AccessView, fact: &ClientEvent) -> AccessView {
    AccessView { client_id: Some(fact.client_id()), ..view }
}

fn of_sign_in(mut view: AccessView, fact: &SignInEvent) -> AccessView {
    match fact {
        SignInEvent::Started { user_id, .. } => view.user_id = Some(*user_id),
        SignInEvent::Ended { reason, .. } => view.reason = Some(*reason),
        SignInEvent::Renewed { .. } | SignInEvent::ReuseDetected { .. } => {}
    }
    view
}

fn of_access(mut view: AccessView, fact: &AccessEvent) -> AccessView {
    view.session_id = fact.session_id();
    match fact {
        AccessEvent::Refused { operation, permission, .. } => {
            view.operation = Some(operation.clone());
            view.permission = *permission;
        }
        AccessEvent::KeyHandedOut { subject, .. } => view.subject = Some(subject.clone()),
        AccessEvent::DossierRead { .. } | AccessEvent::PersonErased { .. } => {}
    }
    view
}
