//! The command that everybody decides: a session that has not started is held in another way. It is valid in any order, makes one
//! event, touches nobody's key, and leaves a state that does not grow.

use std::sync::LazyLock;

use acta_application::CommandContext;
use acta_application::access::Principal;
use acta_application::clock::Clock as _;
use acta_application::log::{Actor, Metadata};
use acta_application::persons::PersonalText;
use acta_application::session::{CreateSession, UpdateSession};
use acta_domain::{
    Language, Languages, Limits, Modality, Schedule, SessionDetails, SessionEvent, TenantId, Timestamp,
};

use super::system::{SystemClock, SystemRandomness};
use crate::commands::TENANT;

static SENDER: LazyLock<Principal> = LazyLock::new(|| Principal {
    tenant: TenantId::new(TENANT),
    actor: Actor::Service("bench".to_owned()),
    permissions: std::iter::empty().collect(),
});

/// The tenant of everything here.
pub(super) fn tenant() -> TenantId {
    SENDER.tenant
}

/// Who sends a command, under an id of its own.
pub(super) fn context() -> CommandContext {
    CommandContext::of_request(&SENDER, None, &SystemClock, &SystemRandomness)
}

/// A session to begin with.
pub(super) fn create() -> CreateSession {
    let title = "General meeting of the housing association";
    CreateSession { title: PersonalText::parse(title, 200).expect("the title is short"), details: details(0) }
}

/// Change number `n`, for the use case.
pub(super) fn update(n: u64) -> UpdateSession {
    UpdateSession { modality: Some(modality(n)), ..UpdateSession::default() }
}

/// The details after change number `n`, for the aggregate itself.
pub(super) fn details(n: u64) -> SessionDetails {
    let hour = |hour: i64| Timestamp::from_micros((1_800_000_000 + hour * 3_600) * 1_000_000);
    let [starts_at, ends_at] = [0, 2].map(|late| hour(late).expect("it is before the year 9999"));
    let languages = ["en", "nl"].map(|code| Language::parse(code).expect("it is a language"));
    SessionDetails {
        modality: modality(n),
        schedule: Schedule::new(starts_at, Some(ends_at)).expect("it ends after it starts"),
        languages: Languages::new(languages.to_vec()).expect("they are two"),
        limits: Limits::default(),
        assembly_id: None,
    }
}

/// The event that change number `n` makes.
pub(super) fn updated(n: u64) -> SessionEvent {
    let SessionDetails { modality, schedule, languages, limits, assembly_id } = details(n);
    let at = SystemClock.now();
    SessionEvent::Updated { modality, schedule, languages, limits, assembly_id, at }
}

/// What stands beside the events of a command.
pub(super) fn metadata(context: &CommandContext) -> Metadata {
    Metadata {
        actor: context.actor.clone(),
        command_id: context.command_id,
        correlation_id: context.correlation_id,
        causation: context.causation,
        traceparent: context.traceparent.clone(),
    }
}

fn modality(n: u64) -> Modality {
    [Modality::Hybrid, Modality::Virtual, Modality::InPerson][usize::try_from(n % 3).expect("it is below 3")]
}
