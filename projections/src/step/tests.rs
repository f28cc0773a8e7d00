//! However a story is cut into steps, the rows are the same; and the rows of frozen events are what they always were.

use std::collections::{BTreeMap, BTreeSet};

use acta_application::log::RecordedEvent;
use acta_application::views::{RowKey, ViewRow};
use acta_domain::values::{
    AttendanceMethod, ChunkNumber, ChunkSource, ConcurrentTurns, Confidence, FinishedBy, Language, Languages,
    Limits, MediaTime, Modality, Priority, RefusalReason, RoleName, Schedule, ServiceName, SpeechKind,
    TimeLimit, Timestamp, VotingWeight,
};
use acta_domain::{
    AnyEvent, AttendanceCommand, ClientCommand, ClientId, CredentialId, Eligibility, Entrance, FloorCommand,
    Permission, PublicId, RoleCommand, SessionCommand, SessionDetails, SpeechRequestId, TranscriptCommand,
    UserCommand, UserId, VoteId,
};
use cqrs_es::Aggregate;
use proptest::prelude::*;
use uuid::Uuid;

use super::{changes, fold, read};
use crate::access::Access;
use crate::assemblies::Assemblies;
use crate::attendance::Attendance;
use crate::clients::Clients;
use crate::floor::Floor;
use crate::given::{Story, person, second, session};
use crate::roles::Roles;
use crate::sessions::Sessions;
use crate::transcript::Transcript;
use crate::users::Users;
use crate::{Projection, ProjectionKind};

/// What somebody tries to do: which command, to whom, and a number for everything else.
pub(crate) type Attempt = (u8, u8, u16);

/// The aggregates of a session and of a register, and what happened.
#[derive(Default)]
struct Room {
    users: BTreeMap<u8, acta_domain::User>,
    role: acta_domain::DefinedRole,
    client: acta_domain::Client,
    session: acta_domain::Session,
    attendance: acta_domain::Attendance,
    floor: acta_domain::Floor,
    transcript: acta_domain::Transcript,
    story: Story,
}

impl Room {
    /// Does what is allowed and leaves out what is not.
    fn attempt(mut self, (what, who, number): Attempt, at: Timestamp) -> Self {
        match what {
            0..=3 => self.session(what, number, at),
            4..=7 => self.attendance(what, who, number, at),
            8..=13 => self.floor(what, who, number, at),
            14..=17 => self.transcript(what, who, number, at),
            18..=21 => self.user(what, who, number, at),
            22 => self.role(number, at),
            _ => self.client(number, at),
        }
        self
    }

    fn user(&mut self, what: u8, who: u8, number: u16, at: Timestamp) {
        let user = self.users.entry(who).or_default();
        let user_id = UserId::new(Uuid::from_u128(who.into()));
        let role = RoleName::parse(if number.is_multiple_of(2) { "chair" } else { "minute-taker" }).unwrap();
        let permission = Permission::ALL[usize::from(number) % Permission::ALL.len()];
        let credential_id = None;
        let command = match (what, number % 3) {
            _ if !user.exists() => {
                UserCommand::Create { user_id, person_id: person(who.into()), credential_id, at }
            }
            (18, 0) => UserCommand::RevokeRole { role, at },
            (18, _) => UserCommand::GrantRole { role, at },
            (19, _) => UserCommand::AddPermission { permission, at },
            (20, 0) => UserCommand::ResetPermission { permission, at },
            (20, _) => UserCommand::RemovePermission { permission, at },
            _ if user.is_active() => UserCommand::Disable { at },
            _ => UserCommand::Enable { at },
        };
        let events = user.decide(command).unwrap_or_default();
        tell(user, &mut self.story, events, number);
    }

    fn role(&mut self, number: u16, at: Timestamp) {
        let permissions: BTreeSet<_> =
            Permission::ALL.iter().copied().skip(usize::from(number % 16)).collect();
        let name = RoleName::parse("minute-taker").unwrap();
        let command = match number % 3 {
            0 => RoleCommand::Define { name, permissions, at },
            1 => RoleCommand::Change { permissions, at },
            _ => RoleCommand::Retire { at },
        };
        let events = self.role.decide(command).unwrap_or_default();
        tell(&mut self.role, &mut self.story, events, number);
    }

    fn client(&mut self, number: u16, at: Timestamp) {
        let credential_id = CredentialId::new(Uuid::from_u128(number.into()));
        let client_id = ClientId::new(Uuid::from_u128(1));
        let name = ServiceName::parse("scheduler").unwrap();
        let command = if self.client.is_active() {
            ClientCommand::RotateSecret { credential_id, previous_until: second(i64::from(number)), at }
        } else {
            ClientCommand::Register { client_id, name, roles: BTreeSet::new(), credential_id, at }
        };
        let events = self.client.decide(command).unwrap_or_default();
        tell(&mut self.client, &mut self.story, events, number);
    }

    fn session(&mut self, what: u8, number: u16, at: Timestamp) {
        let vote_id = VoteId::parse(&format!("vote-{}", number % 3)).unwrap();
        let command = match what {
            0 => SessionCommand::Start { at },
            1 => SessionCommand::Update { details: details(number), at },
            2 => SessionCommand::OpenVote { vote_id, at },
            _ => SessionCommand::CloseVote { vote_id, at },
        };
        let events = self.session.decide(command).unwrap_or_default();
        tell(&mut self.session, &mut self.story, events, number);
    }

    fn attendance(&mut self, what: u8, who: u8, number: u16, at: Timestamp) {
        let person_id = person(who.into());
        let method = AttendanceMethod::Manual;
        let voting_weight = VotingWeight::from_millionths(u64::from(number) + 1).ok();
        let command = match what {
            4 | 5 => AttendanceCommand::Validate(Entrance {
                person_id,
                method,
                evidence: None,
                code: None,
                voting_weight,
                identified_weight: None,
                eligibility: Eligibility::NotAsked,
                capacity: None,
                override_given: false,
                at,
            }),
            6 => AttendanceCommand::Refuse { person_id, method, reason: RefusalReason::Other, at },
            _ => AttendanceCommand::Leave { person_id, at },
        };
        let events = self.attendance.decide(command).unwrap_or_default();
        tell(&mut self.attendance, &mut self.story, events, number);
    }

    fn floor(&mut self, what: u8, who: u8, number: u16, at: Timestamp) {
        let (person_id, by) = (person(who.into()), FinishedBy::Chair);
        let queue = self.floor.queue();
        let waiting = queue.get(usize::from(number) % queue.len().max(1)).copied();
        let speaking = self.floor.turns().next().map(|turn| turn.request_id);
        let concurrent_turns = ConcurrentTurns::new(2_u64).unwrap();
        let time_limit = TimeLimit::new(u64::from(number) + 1).ok();
        let kind = SpeechKind::ALL[usize::from(number) % SpeechKind::ALL.len()];
        let priority = Priority::new(u64::from(number % 10)).unwrap();
        let request_id = SpeechRequestId::new(Uuid::from_u128(at.as_micros().unsigned_abs().into()));
        let command = match (what, waiting, speaking) {
            (10, Some(request_id), _) => {
                let overriding = number.is_multiple_of(2);
                FloorCommand::Approve { request_id, time_limit, concurrent_turns, overriding, at }
            }
            (11, Some(request_id), _) => FloorCommand::Deny { request_id, at },
            (12, _, Some(request_id)) => FloorCommand::Finish { request_id, by, at },
            (13, _, _) if self.floor.is_muted(person_id) => FloorCommand::Unmute { person_id, at },
            (13, _, _) => FloorCommand::Mute { person_id, at },
            _ => FloorCommand::Request { request_id, person_id, kind, priority, present: true, at },
        };
        let events = self.floor.decide(command).unwrap_or_default();
        tell(&mut self.floor, &mut self.story, events, number);
    }

    fn transcript(&mut self, what: u8, who: u8, number: u16, at: Timestamp) {
        let language = Language::parse(if number.is_multiple_of(2) { "el" } else { "en" }).unwrap();
        let start = MediaTime::new(u64::from(number)).unwrap();
        let command = match what {
            14 | 15 => TranscriptCommand::Add {
                speaker_id: Some(person(who.into())),
                language,
                start,
                end: start,
                confidence: Confidence::new(f64::from(number) / 65_537.0).unwrap(),
                source: ChunkSource::Import,
                at,
            },
            _ => TranscriptCommand::Correct {
                chunk: ChunkNumber::new(u64::from(number % 8) + 1).unwrap(),
                language: Some(language),
                at,
            },
        };
        let events = self.transcript.decide(command).unwrap_or_default();
        tell(&mut self.transcript, &mut self.story, events, number);
    }
}

fn tell<A>(aggregate: &mut A, story: &mut Story, events: Vec<A::Event>, number: u16)
where
    A: Aggregate,
    A::Event: Into<AnyEvent> + Clone,
{
    for event in events {
        aggregate.apply(event.clone());
        *story = std::mem::take(story).then_sealed(event, number.to_le_bytes()[0]);
    }
}

fn details(number: u16) -> SessionDetails {
    SessionDetails {
        modality: Modality::ALL[usize::from(number) % Modality::ALL.len()],
        schedule: Schedule::new(second(i64::from(number)), None).unwrap(),
        languages: Languages::new(vec![Language::parse("el").unwrap()]).unwrap(),
        limits: Limits::default(),
        assembly_id: None,
    }
}

pub(crate) fn told(attempts: Vec<Attempt>) -> Story {
    let mut room = Room::default();
    let create = SessionCommand::Create {
        session_id: session(),
        public_id: PublicId::new([1; 16]),
        details: details(0),
        at: second(0),
    };
    let created = room.session.decide(create).unwrap();
    tell(&mut room.session, &mut room.story, created, 0);
    (1..).zip(attempts).fold(room, |room, (at, attempt)| room.attempt(attempt, second(at))).story
}

/// The rows of `P` after `events` were folded in steps of `step`, written and read in between.
fn rows<P: Projection>(events: &[RecordedEvent], step: usize) -> Vec<ViewRow> {
    let mut stored: BTreeMap<RowKey, ViewRow> = BTreeMap::new();
    for some in events.chunks(step) {
        let changes = changes::<P>(some.to_vec()).unwrap();
        let before = changes
            .iter()
            .filter_map(|change| stored.get(&change.key))
            .map(|row| (row.key.clone(), read::<P>(&P::name(), row).unwrap()))
            .collect();
        for row in fold::<P>(&P::name(), before, changes).unwrap() {
            stored.insert(row.key.clone(), row);
        }
    }
    stored.into_values().collect()
}

pub(crate) fn all_rows(events: &[RecordedEvent], step: usize) -> [Vec<ViewRow>; 9] {
    [
        rows::<Sessions>(events, step),
        rows::<Attendance>(events, step),
        rows::<Floor>(events, step),
        rows::<Transcript>(events, step),
        rows::<Assemblies>(events, step),
        rows::<Users>(events, step),
        rows::<Roles>(events, step),
        rows::<Clients>(events, step),
        rows::<Access>(events, step),
    ]
}

proptest! {
    #[test]
    fn folding_in_one_step_or_in_many_gives_the_same_rows(
        attempts in prop::collection::vec((0_u8..24, 0_u8..5, any::<u16>()), 0..120),
        step in 1_usize..20,
    ) {
        let story = told(attempts);
        let whole = all_rows(story.events(), story.events().len());
        prop_assert_eq!(all_rows(story.events(), step), whole);
    }

    #[test]
    fn a_row_is_at_the_last_event_that_changed_it(
        attempts in prop::collection::vec((0_u8..24, 0_u8..5, any::<u16>()), 0..60),
    ) {
        let story = told(attempts);
        let attendance = rows::<Attendance>(story.events(), 7);
        for row in &attendance {
            let document: serde_json::Value = serde_json::from_str(&row.document).unwrap();
            prop_assert_eq!(document["position"].as_u64(), Some(row.position.get()));
        }
    }
}

fn survives<P: Projection>(events: &[RecordedEvent]) {
    let mut rows: BTreeMap<String, P::View> = BTreeMap::new();
    for event in events {
        let decoded = event.decode().unwrap();
        if let Some(id) = P::row(event, &decoded)
            && let Ok(view) = P::fold(rows.get(&id).cloned(), event, &decoded)
        {
            P::columns(&view);
            rows.insert(id, view);
        }
    }
}

proptest! {
    #[test]
    fn events_in_any_order_give_a_row_or_poison_and_never_a_panic(
        (attempts, order) in prop::collection::vec((0_u8..24, 0_u8..5, any::<u16>()), 1..80)
            .prop_flat_map(|attempts| {
                let events = told(attempts.clone()).events().len();
                (Just(attempts), prop::collection::vec(0..events, 1..120))
            }),
    ) {
        let story = told(attempts);
        let shuffled: Vec<RecordedEvent> = order.iter().map(|place| story.events()[*place].clone()).collect();
        survives::<Sessions>(&shuffled);
        survives::<Attendance>(&shuffled);
        survives::<Floor>(&shuffled);
        survives::<Transcript>(&shuffled);
        survives::<Assemblies>(&shuffled);
        survives::<Users>(&shuffled);
        survives::<Roles>(&shuffled);
        survives::<Clients>(&shuffled);
        survives::<Access>(&shuffled);
    }
}

/// Payloads as they were written in version 1, in the order of a story; never changed.
const FROZEN: &str = include_str!("../../tests/frozen/events.jsonl");

#[test]
fn the_rows_of_frozen_events_are_what_they_always_were() {
    let events = FROZEN.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let story = events.zip(1..).fold(Story::default(), |story, (payload, mark)| {
        let event = AnyEvent::from_parts(payload["type"].as_str().unwrap(), &payload).unwrap();
        story.then_sealed(event, mark)
    });
    let documents = all_rows(story.events(), 4).map(|rows| {
        let documents =
            rows.into_iter().map(|row| (row.key.id, serde_json::from_str(&row.document).unwrap()));
        documents.collect::<BTreeMap<String, serde_json::Value>>()
    });
    for (kind, rows) in ProjectionKind::ALL.into_iter().zip(documents) {
        let name = kind.as_str();
        insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!(name, rows) });
    }
}

#[test]
fn every_event_type_has_a_frozen_event() {
    let types = acta_domain::EVENT_TYPES.iter().map(|info| info.name);
    let missing: Vec<_> = types.filter(|name| !FROZEN.contains(&format!("\"type\":\"{name}\""))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
