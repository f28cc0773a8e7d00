//! `GET /sessions/{id}/attendance/{userId}/intervals`.

use acta_domain::presence::intervals;
use acta_domain::{
    Contradiction, ContradictionKind, PersonId, PresenceInterval, PresenceReport, PresenceRule, Sign, Signal,
    SignalSource, Timestamp,
};
use acta_projections::ProjectionKind;
use acta_projections::attendance::{AttendeeView, attendee};
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Seen;
use crate::extract::{Allowed, Freshness, Params, Query, SessionsRead};
use crate::paths::PersonPath;
use crate::problem::Problem;
use crate::queries::AtLeastQuery;
use crate::reading;
use crate::schema;
use crate::state::App;

/// When somebody was there, and what does not fit together in what was seen of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PresenceReport)]
pub(crate) struct PresenceReportAnswer {
    /// Who, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// The rule by which the signals were read. Whoever has the record comes to the same by it.
    #[schema(value_type = schema::PresenceRule)]
    rule: PresenceRule,
    /// When they were there, oldest first, without overlaps; a new one begins where other sources see them.
    intervals: Vec<SeenIntervalResource>,
    /// What does not fit together. It takes nothing away from the intervals.
    contradictions: Vec<ContradictionResource>,
}

/// A time somebody was there, from its start up to, not including, its end.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeenInterval)]
pub(crate) struct SeenIntervalResource {
    /// Since.
    #[schema(value_type = schema::Moment)]
    from: Timestamp,
    /// Until; absent while they are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    to: Option<Timestamp>,
    /// Which sources see them, each once.
    #[schema(value_type = Vec<schema::SignalSource>)]
    sources: Vec<SignalSource>,
}

/// Signals that do not fit together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contradiction)]
pub(crate) struct ContradictionResource {
    /// What does not fit: two arrivals without a departure between them, a departure without an arrival, somebody who left by the
    /// door and is still seen, or an arrival and a departure at the same moment.
    #[schema(value_type = schema::ContradictionKind)]
    kind: ContradictionKind,
    /// Since.
    #[schema(value_type = schema::Moment)]
    from: Timestamp,
    /// Until, or the same moment; absent while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    to: Option<Timestamp>,
    /// The sources that say it.
    #[schema(value_type = Vec<schema::SignalSource>)]
    sources: Vec<SignalSource>,
}

impl From<PresenceInterval> for SeenIntervalResource {
    fn from(PresenceInterval { from, to, sources }: PresenceInterval) -> Self {
        Self { from, to, sources }
    }
}

impl From<Contradiction> for ContradictionResource {
    fn from(Contradiction { from, to, kind, sources }: Contradiction) -> Self {
        Self { kind, from, to, sources }
    }
}

impl PresenceReportAnswer {
    fn of(user_id: PersonId, report: PresenceReport) -> Self {
        let PresenceReport { rule, intervals, contradictions } = report;
        let intervals = intervals.into_iter().map(Into::into).collect();
        let contradictions = contradictions.into_iter().map(Into::into).collect();
        Self { user_id, rule, intervals, contradictions }
    }
}

/// When somebody was there, by everything that saw them: the door, sockets, a provider's room, those who run the session.
///
/// It follows from the record by a rule that has a name, in whatever order the signals came; see `note_signals`. Nobody who was never seen
/// was there. What is open ends when the session does.
#[utoipa::path(
    get, path = "/sessions/{id}/attendance/{userId}/intervals", tag = "attendance", operation_id = "get_intervals",
    params(PersonPath, AtLeastQuery),
    responses((status = 200, description = "The intervals.", body = PresenceReportAnswer)), security(("bearer" = [])),
)]
pub(super) async fn get_intervals(
    State(app): State<App>,
    allowed: Allowed<SessionsRead>,
    Params(path): Params<PersonPath>,
    Query(query): Query<AtLeastQuery>,
    freshness: Freshness,
) -> Result<Seen<PresenceReportAnswer>, Problem> {
    let (tenant, PersonPath { session: id, person }) = (allowed.principal.tenant, path);
    let kind = ProjectionKind::Attendance;
    let (session, _) = reading::session(&app, tenant, id, &freshness, query.at_least, kind).await?;
    let (attendee, position) = attendee(&*app.views, tenant, id, person).await?;
    let noted = app.use_cases.signals_of(tenant, id, person).await?;
    let door = attendee.iter().flat_map(at_door);
    let report = intervals(PresenceRule::V1, noted.into_iter().chain(door), session.over_at());
    Ok(Seen { position, body: PresenceReportAnswer::of(person, report) })
}

/// What attendance says of somebody's presence, as [`Signal::of_attendance`] has it of the events.
fn at_door(attendee: &AttendeeView) -> impl Iterator<Item = Signal> {
    let person = attendee.person_id;
    attendee.intervals.iter().flat_map(move |there| {
        let left = there.to.map(|to| Signal::at_door(person, Sign::Departed, to));
        [Signal::at_door(person, Sign::Arrived, there.from)].into_iter().chain(left)
    })
}

#[cfg(test)]
mod tests {
    use acta_application::log::Position;
    use acta_domain::{AttendanceEvent, AttendanceMethod};
    use acta_projections::attendance::{AttendanceStatus, Presence};
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000).unwrap()
    }

    #[test]
    fn the_row_of_somebody_gives_the_signals_that_the_events_give() {
        let (person_id, method) = (PersonId::new(Uuid::from_u128(7)), AttendanceMethod::Manual);
        let events = [
            AttendanceEvent::Validated { person_id, method, evidence: None, voting_weight: None, at: at(1) },
            AttendanceEvent::Left { person_id, at: at(2) },
            AttendanceEvent::Returned { person_id, method, evidence: None, at: at(3) },
        ];
        let row = AttendeeView {
            person_id,
            status: AttendanceStatus::Present,
            method,
            evidence: None,
            weight: None,
            intervals: vec![
                Presence { from: at(1), to: Some(at(2)), method },
                Presence { from: at(3), to: None, method },
            ],
            refusals: Vec::new(),
            refused: 0,
            name: None,
            place: None,
            first_seen: at(1),
            position: Position::default(),
        };
        let of_events: Vec<_> = events.iter().filter_map(Signal::of_attendance).collect();
        assert_eq!(at_door(&row).collect::<Vec<_>>(), of_events);
    }
}
