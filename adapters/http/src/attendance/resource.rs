//! Somebody's attendance as the API shows it.

use acta_domain::{
    AttendanceMethod, EvidenceDigest, PersonId, RefusalReason, SessionId, Timestamp, VotingWeight,
};
use acta_projections::attendance::{AttendanceStatus, AttendeeView, Presence, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::reading::Opener;
use crate::schema;

/// Somebody's attendance of a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attendee)]
pub(crate) struct AttendeeResource {
    /// Who, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// What they are called; null to readers who may not see it.
    name: Option<String>,
    /// Their e-mail address; null to readers who may not see it.
    email: Option<String>,
    /// Their telephone number; null to readers who may not see it.
    phone: Option<String>,
    /// Where they said they were, as a URI (RFC 5870), if they agreed that it is kept; null to readers who may not see it.
    geolocation: Option<String>,
    /// Whether there are such data that the reader does not see.
    sealed: bool,
    /// Where they stand.
    #[schema(value_type = schema::AttendanceStatus)]
    status: AttendanceStatus,
    /// How they last showed, or tried to show, that they are there.
    #[schema(value_type = schema::AttendanceMethod)]
    method: AttendanceMethod,
    /// Digest of the last evidence that was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::EvidenceDigest>)]
    evidence: Option<EvidenceDigest>,
    /// What their vote weighs, if they have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::VotingWeight>)]
    voting_weight: Option<VotingWeight>,
    /// When they were there, oldest first.
    intervals: Vec<IntervalResource>,
    /// The last refusals, oldest first.
    refusals: Vec<RefusalResource>,
    /// How often they were refused.
    refused: u64,
    /// When they were first seen, let in or not.
    #[schema(value_type = schema::Moment)]
    first_seen: Timestamp,
    /// The position of the last event about them.
    #[schema(value_type = schema::Whole)]
    position: u64,
}

/// A time somebody was there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Interval)]
pub(crate) struct IntervalResource {
    /// Since.
    #[schema(value_type = schema::Moment)]
    from: Timestamp,
    /// Until; absent while they are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    to: Option<Timestamp>,
    /// How it was shown.
    #[schema(value_type = schema::AttendanceMethod)]
    method: AttendanceMethod,
}

/// A time somebody was not let in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refusal)]
pub(crate) struct RefusalResource {
    /// Why.
    #[schema(value_type = schema::RefusalReason)]
    reason: RefusalReason,
    /// How they tried.
    #[schema(value_type = schema::AttendanceMethod)]
    method: AttendanceMethod,
    /// When.
    #[schema(value_type = schema::Moment)]
    at: Timestamp,
    /// What was said about it; null to readers who may not see it.
    note: Option<String>,
    /// Whether there is a note that the reader does not see.
    sealed: bool,
}

impl From<Presence> for IntervalResource {
    fn from(presence: Presence) -> Self {
        Self { from: presence.from, to: presence.to, method: presence.method }
    }
}

async fn refusal(view: Refusal, session: SessionId, opener: Opener<'_>) -> Result<RefusalResource, Problem> {
    let (note, sealed) = opener.text(session, view.note.as_ref(), "note").await?;
    Ok(RefusalResource { reason: view.reason, method: view.method, at: view.at, note, sealed })
}

impl AttendeeResource {
    /// `view`, opened as far as the reader may see.
    pub(super) async fn open(
        view: AttendeeView,
        session: SessionId,
        opener: Opener<'_>,
    ) -> Result<Self, Problem> {
        let mut person = opener.open(session, view.name.as_ref()).await?;
        let mut place = opener.open(session, view.place.as_ref()).await?;
        let mut refusals = Vec::with_capacity(view.refusals.len());
        for one in view.refusals {
            refusals.push(refusal(one, session, opener).await?);
        }
        Ok(Self {
            user_id: view.person_id,
            name: person.take("name"),
            email: person.take("email"),
            phone: person.take("phone"),
            geolocation: place.take("geolocation").or_else(|| person.take("geolocation")),
            sealed: person.sealed || place.sealed,
            status: view.status,
            method: view.method,
            evidence: view.evidence,
            voting_weight: view.weight,
            intervals: view.intervals.into_iter().map(Into::into).collect(),
            refusals,
            refused: view.refused,
            first_seen: view.first_seen,
            position: view.position.get(),
        })
    }
}
