//! One example of every event, with all its optional fields.

mod register;

use acta_domain::values::{
    AttendanceMethod, AttendanceRule, Capacity, ChunkNumber, ChunkSource, ConcurrentTurns, Confidence,
    ContentDigest, EvidenceDigest, FinishedBy, GovernanceNotice, GroupName, Language, Languages, Limits,
    MediaTime, Modality, Priority, RefusalReason, Schedule, Sign, SignalSource, SpeechKind, TimeBudget,
    TimeLimit, Timestamp, VotingWeight, WarningTime,
};
use acta_domain::{
    AnyEvent, AssemblyId, AttendanceEvent, ChannelId, CodeId, EligiblePerson, FloorEvent, OverriddenRule,
    PersonId, PresenceEvent, PublicId, QueuePolicy, RollId, SessionEvent, SessionId, Signal, SpeechRequestId,
    TimeAccount, TranscriptEvent, VoteId,
};

/// One example of every event, in the order of the catalogue.
pub(crate) fn examples() -> Vec<AnyEvent> {
    let session = session_events().into_iter().map(AnyEvent::from);
    let attendance = attendance_events().into_iter().map(AnyEvent::from);
    let presence = presence_events().into_iter().map(AnyEvent::from);
    let floor = floor_events().into_iter().chain(chairs_events()).map(AnyEvent::from);
    let transcript = transcript_events().into_iter().map(AnyEvent::from);
    session
        .chain(attendance)
        .chain(presence)
        .chain(floor)
        .chain(transcript)
        .chain(register::events())
        .collect()
}

fn at() -> Timestamp {
    Timestamp::parse("2026-11-22T10:00:00.250000Z").unwrap()
}

fn person_id() -> PersonId {
    PersonId::parse("0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b").unwrap()
}

fn request_id() -> SpeechRequestId {
    SpeechRequestId::parse("0192f0c1-3333-7333-8333-333333333333").unwrap()
}

fn assembly_id() -> AssemblyId {
    AssemblyId::parse("assembly:2026-11").unwrap()
}

fn vote_id() -> VoteId {
    VoteId::parse("vote:budget-2027").unwrap()
}

fn schedule() -> Schedule {
    let moment = |text| Timestamp::parse(text).unwrap();
    Schedule::new(moment("2026-11-22T10:00:00Z"), Some(moment("2026-11-22T12:30:00Z"))).unwrap()
}

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

fn languages() -> Languages {
    Languages::new(vec![language("en"), language("pt-BR")]).unwrap()
}

fn limits() -> Limits {
    let capacity = Some(Capacity::new(250).unwrap());
    Limits { capacity, concurrent_turns: ConcurrentTurns::new(2).unwrap() }
}

fn session_events() -> Vec<SessionEvent> {
    let session_id = SessionId::parse("0192f0c1-1111-7111-8111-111111111111").unwrap();
    let public_id = PublicId::new(*b"sixteen bytes id");
    let (schedule, languages, limits) = (schedule(), languages(), limits());
    vec![
        SessionEvent::Created {
            session_id,
            public_id,
            modality: Modality::Hybrid,
            schedule,
            languages: languages.clone(),
            limits,
            assembly_id: Some(assembly_id()),
            at: at(),
        },
        SessionEvent::Updated {
            modality: Modality::Virtual,
            schedule,
            languages,
            limits,
            assembly_id: Some(assembly_id()),
            at: at(),
        },
        SessionEvent::Described { at: at() },
        SessionEvent::Started { at: at() },
        SessionEvent::Ended { at: at() },
        SessionEvent::Cancelled { at: at() },
        SessionEvent::Sealed { at: at() },
        SessionEvent::AssemblyActivated { assembly_id: assembly_id(), at: at() },
        SessionEvent::AssemblyCompleted { assembly_id: assembly_id(), at: at() },
        SessionEvent::VoteOpened { vote_id: vote_id(), at: at() },
        SessionEvent::VoteClosed { vote_id: vote_id(), at: at() },
        SessionEvent::GovernanceNotified {
            assembly_id: assembly_id(),
            notice: GovernanceNotice::SessionStarted,
            at: at(),
        },
        SessionEvent::GovernanceDataRecorded {
            assembly_id: assembly_id(),
            digest: ContentDigest::new([0xc3; 32]),
            bytes: 4_096,
            at: at(),
        },
    ]
}

fn attendance_events() -> Vec<AttendanceEvent> {
    let person_id = person_id();
    vec![
        AttendanceEvent::Validated {
            person_id,
            method: AttendanceMethod::Qr,
            evidence: Some(EvidenceDigest::new([0x5a; 32])),
            voting_weight: Some(VotingWeight::parse("3.25").unwrap()),
            at: at(),
        },
        AttendanceEvent::Refused {
            person_id,
            method: AttendanceMethod::Biometric,
            reason: RefusalReason::IdentityNotVerified,
            at: at(),
        },
        AttendanceEvent::Left { person_id, at: at() },
        AttendanceEvent::Returned {
            person_id,
            method: AttendanceMethod::Email,
            evidence: Some(EvidenceDigest::new([0xa5; 32])),
            at: at(),
        },
        AttendanceEvent::CodeIssued {
            person_id,
            code_id: CodeId::parse("0192f0c1-4444-7444-8444-444444444444").unwrap(),
            method: AttendanceMethod::Sms,
            evidence: EvidenceDigest::new([0x3c; 32]),
            expires_at: Timestamp::parse("2026-11-22T10:10:00.250000Z").unwrap(),
            at: at(),
        },
        AttendanceEvent::Overridden {
            person_id,
            rules: vec![AttendanceRule::Eligibility, AttendanceRule::Capacity],
            at: at(),
        },
        AttendanceEvent::EligibilityImported {
            roll_id: RollId::parse("0192f0c1-5555-7555-8555-555555555555").unwrap(),
            part: 1,
            parts: 2,
            people: vec![EligiblePerson {
                person_id,
                voting_weight: Some(VotingWeight::parse("3.25").unwrap()),
            }],
            at: at(),
        },
    ]
}

fn presence_events() -> Vec<PresenceEvent> {
    vec![PresenceEvent::Signalled {
        signals: vec![Signal {
            person_id: person_id(),
            observed_at: at(),
            source: SignalSource::Socket,
            channel: ChannelId::parse("0192f0c1-6666-8666-8666-666666666666").unwrap(),
            sign: Sign::Arrived,
        }],
        at: at(),
    }]
}

fn floor_events() -> Vec<FloorEvent> {
    let (request_id, person_id) = (request_id(), person_id());
    vec![
        FloorEvent::Requested {
            request_id,
            person_id,
            kind: SpeechKind::PointOfOrder,
            priority: Priority::new(3).unwrap(),
            at: at(),
        },
        FloorEvent::Withdrawn { request_id, person_id, at: at() },
        FloorEvent::Approved {
            request_id,
            person_id,
            time_limit_seconds: Some(TimeLimit::new(180).unwrap()),
            at: at(),
        },
        FloorEvent::Denied { request_id, person_id, at: at() },
        FloorEvent::Finished { request_id, person_id, by: FinishedBy::Clock, at: at() },
        FloorEvent::Muted { person_id, at: at() },
        FloorEvent::Unmuted { person_id, at: at() },
    ]
}

fn chairs_events() -> Vec<FloorEvent> {
    let (request_id, person_id) = (request_id(), person_id());
    vec![
        FloorEvent::RulesSet {
            queue_policy: QueuePolicy::BalanceV1,
            warning_seconds: Some(WarningTime::new(20).unwrap()),
            at: at(),
        },
        FloorEvent::GroupAssigned { person_id, group: Some(GroupName::parse("left").unwrap()), at: at() },
        FloorEvent::TimeAccountSet {
            account: TimeAccount::Person(person_id),
            limit_seconds: Some(TimeBudget::new(900).unwrap()),
            at: at(),
        },
        FloorEvent::Warned {
            request_id,
            person_id,
            remaining_seconds: WarningTime::new(20).unwrap(),
            at: at(),
        },
        FloorEvent::Paused { request_id, person_id, at: at() },
        FloorEvent::Resumed { request_id, person_id, at: at() },
        FloorEvent::Overridden {
            request_id,
            person_id,
            rules: vec![OverriddenRule::QueueOrder, OverriddenRule::TimeAccount],
            at: at(),
        },
    ]
}

fn transcript_events() -> Vec<TranscriptEvent> {
    let chunk = ChunkNumber::new(42).unwrap();
    vec![
        TranscriptEvent::Chunk {
            chunk,
            speaker_id: Some(person_id()),
            language: language("en"),
            start_ms: MediaTime::new(61_500).unwrap(),
            end_ms: MediaTime::new(64_250).unwrap(),
            confidence: Confidence::new(0.875).unwrap(),
            source: ChunkSource::SpeechToText,
            at: at(),
        },
        TranscriptEvent::Corrected { chunk, language: Some(language("pt-BR")), at: at() },
    ]
}
