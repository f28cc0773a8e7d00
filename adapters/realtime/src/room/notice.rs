//! What the log tells those who are in rooms, beside the events of their sessions.

use acta_application::log::RecordedEvent;
use acta_domain::{
    AccessEvent, AnyEvent, ClientEvent, ClientId, PersonId, SessionId, SignInEvent, SignInId, TenantId,
    UserEvent,
};

/// Something happened in a tenant's register that may end connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A sign-in is over.
    SignInEnded(TenantId, SignInId),
    /// A user was disabled.
    UserDisabled(TenantId, PersonId),
    /// A client was revoked.
    ClientRevoked(TenantId, ClientId),
    /// Something that cannot be read: whoever may be concerned asks again. So do those who were too slow to hear a notice.
    Missed,
}

/// Whom an event concerns.
pub(super) enum Told {
    /// The room of its session.
    Session,
    /// The room in which a person was erased.
    Erased {
        /// Of this session.
        session: SessionId,
        /// Who.
        person: PersonId,
    },
    /// Everybody.
    Notice(Notice),
    /// Nobody.
    Nothing,
}

/// Whom `event` concerns. Only what stands in a register is read here.
pub(super) fn told_of(event: &RecordedEvent) -> Told {
    match event.stream.aggregate_type.as_str() {
        "user" | "client" | "signin" | "access" => match event.decode() {
            Ok(decoded) => of_register(event.tenant_id, &decoded),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "an event of a register cannot be read");
                Told::Notice(Notice::Missed)
            }
        },
        _ => Told::Session,
    }
}

fn of_register(tenant: TenantId, event: &AnyEvent) -> Told {
    match event {
        AnyEvent::SignIn(
            SignInEvent::Ended { sign_in_id, .. } | SignInEvent::ReuseDetected { sign_in_id, .. },
        ) => Told::Notice(Notice::SignInEnded(tenant, *sign_in_id)),
        AnyEvent::User(UserEvent::Disabled { person_id, .. }) => {
            Told::Notice(Notice::UserDisabled(tenant, *person_id))
        }
        AnyEvent::Client(ClientEvent::Revoked { client_id, .. }) => {
            Told::Notice(Notice::ClientRevoked(tenant, *client_id))
        }
        AnyEvent::Access(AccessEvent::PersonErased { session_id, person_id, .. }) => {
            Told::Erased { session: *session_id, person: *person_id }
        }
        _ => Told::Nothing,
    }
}
