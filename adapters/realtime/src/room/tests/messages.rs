//! What messages say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use acta_application::leases::{HolderId, SoleInstance, Tenures};
use acta_application::log::contract::moment;
use acta_application::log::{EventLog, Position};
use acta_application::persons::PersonalPart;
use acta_application::views::Views;
use acta_domain::{
    AnyEvent, AssemblyId, AttendanceEvent, AttendanceMethod, AttendanceRule, ChannelId, ChunkNumber, CodeId,
    ContentDigest, EligiblePerson, EvidenceDigest, FinishedBy, FloorEvent, GovernanceNotice, GroupName,
    OverriddenRule, PresenceEvent, Priority, QueuePolicy, RefusalReason, RollId, SessionEvent, Sign, Signal,
    SignalSource, SpeechKind, SpeechRequestId, TimeAccount, TimeBudget, TimeLimit, TranscriptEvent, VoteId,
    WarningTime,
};
use acta_projections::ProjectionKind;
use acta_projections::runner::{Pace, Projections};
use acta_projections::wait::until_reflected;
use cqrs_es::Aggregate as _;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::house::{House, PATIENCE, next, read_to, said, words};
use super::script::{Script, person};
use crate::frame::Frame;
use crate::message;

#[tokio::test]
async fn every_order_that_is_shown_is_that_of_a_pure_replay() {
    let house = House::open().await;
    let mut script = Script::begin(&house).await;
    let numbers: Vec<u8> = (0..300_u32).map(|number| (number * 73 % 251).try_into().unwrap()).collect();
    script.play(&house, &numbers).await;
    let mut seat = house.enter(Some(Position::default())).await;
    let frames = read_to(&mut seat, house.head()).await;
    let mut floor = acta_domain::Floor::default();
    let mut orders = 0;
    for (event, frame) in house.events().await.iter().zip(&frames) {
        if let AnyEvent::Floor(fact) = event.decode().unwrap() {
            floor.apply(fact);
        }
        if let Some(queue) = said(frame).get("queue") {
            assert_eq!(*queue, json!(floor.queue()), "at position {}", event.position);
            orders += 1;
        }
    }
    assert!(orders > 100, "{orders}");
}

#[tokio::test]
async fn a_snapshot_is_the_same_whether_read_models_are_behind_or_not() {
    let mut house = House::open().await;
    let mut script = Script::begin(&house).await;
    script.play(&house, &(0..120).collect::<Vec<_>>()).await;
    let from_the_log = snapshot(&house).await;
    reflect(&house).await;
    house.reopen().await;
    assert_eq!(snapshot(&house).await, from_the_log);
    script.play(&house, &[0, 3, 5, 7, 1]).await;
    let of_the_old_room = snapshot(&house).await;
    house.reopen().await;
    assert_eq!(snapshot(&house).await, of_the_old_room);
    reflect(&house).await;
    house.reopen().await;
    assert_eq!(snapshot(&house).await, of_the_old_room);
}

#[tokio::test]
async fn a_snapshot_is_what_the_events_up_to_it_come_to() {
    let house = House::open().await;
    let mut script = Script::begin(&house).await;
    script.play(&house, &[0, 1, 2, 9, 4, 7, 0]).await;
    let snapshot = snapshot(&house).await;
    let mut floor = acta_domain::Floor::default();
    for event in house.events().await {
        if let AnyEvent::Floor(fact) = event.decode().unwrap() {
            floor.apply(fact);
        }
    }
    let ids = |list: &Value, id: fn(&Value) -> &Value| -> Vec<Value> {
        list.as_array().unwrap().iter().map(|one| id(one).clone()).collect()
    };
    let queue = ids(&snapshot["floor"]["queue"], |waiting| &waiting["request_id"]);
    assert_eq!(json!(queue), json!(floor.queue()));
    let turns = ids(&snapshot["floor"]["turns"], |turn| &turn["request"]["request_id"]);
    assert_eq!(json!(turns), json!(floor.turns().map(|turn| turn.request_id).collect::<Vec<_>>()));
    assert_eq!(snapshot["title"], "Annual assembly");
    assert_eq!((&snapshot["status"], &snapshot["sealed"]), (&json!("active"), &json!(false)));
    assert_eq!(snapshot["position"], house.head().get());
}

#[tokio::test]
async fn every_event_has_a_message_of_the_form_that_is_published() {
    let house = House::open().await;
    Script::begin(&house).await;
    for event in everything() {
        house.append(vec![event]).await;
    }
    let mut seat = house.enter(Some(Position::default())).await;
    let mut frames = read_to(&mut seat, house.head()).await;
    frames.extend(next(&mut house.enter(None).await).await.unwrap());
    frames.push(Arc::new(message::lagged(Position::new(1), Position::new(2)).unwrap()));
    let schemas = schemas();
    for frame in &frames {
        for reads_persons in [true, false] {
            let data: Value = serde_json::from_str(frame.payload(reads_persons).data.get()).unwrap();
            let fits = schemas.iter().filter(|(name, schema)| *name == frame.name && schema.is_valid(&data));
            assert!(fits.count() >= 1, "{} {data}", frame.name);
        }
    }
    let names: BTreeSet<_> = frames.iter().map(|frame| frame.name).collect();
    assert_eq!(names, schemas.iter().map(|(name, _)| *name).collect());
}

#[tokio::test]
async fn words_are_for_those_who_may_read_them() {
    let house = House::open().await;
    let mut script = Script::begin(&house).await;
    script.play(&house, &[0, 5]).await;
    script.speak(&house, 1).await;
    let mut seat = house.enter(Some(Position::default())).await;
    let frames = read_to(&mut seat, house.head()).await;
    let both = |frame: &Frame, member: &str, seal: &str| {
        let shut: Value = serde_json::from_str(frame.payload(false).data.get()).unwrap();
        let open = said(frame);
        (open[member].clone(), open[seal] == true, shut[member].clone(), shut[seal] == true)
    };
    let hidden = |words: &str| (json!(words), false, Value::Null, true);
    assert_eq!(both(&frames[1], "title", "words_sealed"), hidden("Annual assembly"));
    assert_eq!(both(&frames[3], "topic", "sealed"), hidden("The budget"));
    assert_eq!(both(&frames[4], "reason", "sealed"), hidden("The list is closed"));
    assert_eq!(both(&frames[5], "text", "sealed"), hidden("Sentence 1"));
}

/// What somebody is shown who enters when the room knows everything that is in the log.
async fn snapshot(house: &House) -> Value {
    loop {
        let mut seat = house.enter(None).await;
        let snapshot = said(&next(&mut seat).await.unwrap()[0]);
        if seat.position() == house.head() {
            return snapshot;
        }
        read_to(&mut seat, house.head()).await;
    }
}

/// Has all read models reflect what is in the log.
async fn reflect(house: &House) {
    let (log, views): (Arc<dyn EventLog>, Arc<dyn Views>) = (house.log.clone(), house.views.clone());
    let tenures = Tenures::new(Arc::new(SoleInstance), HolderId(Uuid::nil()));
    let stop = CancellationToken::new();
    let running = Projections::start(&log, &views, Pace::default(), &tenures, &stop);
    let read = [ProjectionKind::Sessions, ProjectionKind::Floor].map(ProjectionKind::view);
    assert_eq!(until_reflected(&*views, &read, house.head(), PATIENCE).await.unwrap(), house.head());
    running.stop().await;
}

fn schemas() -> Vec<(&'static str, jsonschema::Validator)> {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let named = message::schemas(&mut generator);
    let definitions: BTreeMap<String, Value> = generator.take_definitions(true).into_iter().collect();
    let whole = |schema: schemars::Schema| {
        let mut schema = schema.to_value();
        schema["$defs"] = json!(definitions);
        jsonschema::validator_for(&schema).unwrap()
    };
    named.into_iter().map(|(name, schema)| (name, whole(schema))).collect()
}

/// At least one of every event that a session can have, but those that it begins with.
fn everything() -> Vec<(AnyEvent, PersonalPart)> {
    let plain = |event: AnyEvent| (event, PersonalPart::default());
    let mut all: Vec<_> = floor().into_iter().map(|event| plain(event.into())).collect();
    let (overridden, denied) = (all.len() - 1, all.len() - 2);
    all[overridden].1 = words("reason", "Their train leaves");
    all[denied].1 = words("reason", "The list is closed");
    all.extend(attendance().into_iter().map(|event| (event.into(), words("name", "Ada"))));
    all.extend(unspoken().into_iter().map(plain));
    let chunk = ChunkNumber::new(1).unwrap();
    all.push(Script::default().chunk());
    let corrected = TranscriptEvent::Corrected { chunk, language: None, at: moment(3) };
    all.push((corrected.into(), words("text", "Sentence one")));
    all.extend(life().into_iter().map(|event| plain(event.into())));
    all
}

fn floor() -> Vec<FloorEvent> {
    let request = |number| SpeechRequestId::new(Uuid::from_u128(number));
    let (person_id, at) = (person(1), moment(2));
    let asked = |number| FloorEvent::Requested {
        request_id: request(number),
        person_id,
        kind: SpeechKind::Speech,
        priority: Priority::default(),
        at,
    };
    let request_id = request(1);
    vec![
        asked(1),
        asked(2),
        asked(3),
        FloorEvent::Withdrawn { request_id: request(2), person_id, at },
        FloorEvent::RulesSet {
            queue_policy: QueuePolicy::BalanceV1,
            warning_seconds: WarningTime::new(10).ok(),
            at,
        },
        FloorEvent::GroupAssigned { person_id, group: GroupName::parse("left").ok(), at },
        FloorEvent::GroupAssigned { person_id, group: None, at },
        FloorEvent::TimeAccountSet {
            account: TimeAccount::Person(person_id),
            limit_seconds: TimeBudget::new(600).ok(),
            at,
        },
        FloorEvent::Approved { request_id, person_id, time_limit_seconds: TimeLimit::new(60).ok(), at },
        FloorEvent::Warned { request_id, person_id, remaining_seconds: WarningTime::new(10).unwrap(), at },
        FloorEvent::Paused { request_id, person_id, at },
        FloorEvent::Resumed { request_id, person_id, at },
        FloorEvent::Finished { request_id, person_id, by: FinishedBy::Clock, at: moment(9) },
        FloorEvent::Muted { person_id, at },
        FloorEvent::Unmuted { person_id, at },
        asked(4),
        FloorEvent::Approved { request_id: request(4), person_id, time_limit_seconds: None, at },
        FloorEvent::Denied { request_id: request(3), person_id, at },
        FloorEvent::Overridden {
            request_id: request(4),
            person_id,
            rules: vec![OverriddenRule::QueueOrder],
            at,
        },
    ]
}

fn attendance() -> Vec<AttendanceEvent> {
    let (person_id, method, at) = (person(1), AttendanceMethod::Manual, moment(2));
    vec![
        AttendanceEvent::Validated { person_id, method, evidence: None, voting_weight: None, at },
        AttendanceEvent::Left { person_id, at },
        AttendanceEvent::Returned { person_id, method, evidence: None, at },
        AttendanceEvent::Refused { person_id, method, reason: RefusalReason::Other, at },
        AttendanceEvent::CodeIssued {
            person_id,
            code_id: CodeId::new(Uuid::from_u128(7)),
            method: AttendanceMethod::Sms,
            evidence: EvidenceDigest::new([7; 32]),
            expires_at: moment(9),
            at,
        },
        AttendanceEvent::Overridden { person_id, rules: vec![AttendanceRule::Capacity], at },
    ]
}

/// What stands in the attendance and the record of presence without anybody's words.
fn unspoken() -> Vec<AnyEvent> {
    let (person_id, at) = (person(1), moment(2));
    let people = vec![EligiblePerson { person_id, voting_weight: None }];
    let roll_id = RollId::new(Uuid::from_u128(8));
    let signal = Signal {
        person_id,
        observed_at: at,
        source: SignalSource::Socket,
        channel: ChannelId::new(Uuid::from_u128(9)),
        sign: Sign::Arrived,
    };
    vec![
        AttendanceEvent::EligibilityImported { roll_id, part: 1, parts: 1, people, at }.into(),
        PresenceEvent::Signalled { signals: vec![signal], at }.into(),
    ]
}

fn life() -> Vec<SessionEvent> {
    let at = moment(4);
    let assembly_id = AssemblyId::parse("assembly-7").unwrap();
    let vote_id = VoteId::parse("vote-3").unwrap();
    vec![
        SessionEvent::AssemblyActivated { assembly_id: assembly_id.clone(), at },
        SessionEvent::GovernanceNotified {
            assembly_id: assembly_id.clone(),
            notice: GovernanceNotice::SessionStarted,
            at,
        },
        SessionEvent::GovernanceDataRecorded {
            assembly_id: assembly_id.clone(),
            digest: ContentDigest::new([7; 32]),
            bytes: 2,
            at,
        },
        SessionEvent::VoteOpened { vote_id: vote_id.clone(), at },
        SessionEvent::VoteClosed { vote_id, at },
        SessionEvent::AssemblyCompleted { assembly_id, at },
        SessionEvent::Ended { at },
        SessionEvent::Sealed { at },
    ]
}
