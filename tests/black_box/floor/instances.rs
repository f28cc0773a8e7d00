//! Time limits hold across instances: when the one that keeps the clock is killed, another one keeps it.

use std::time::Duration;

use acta_domain::Timestamp;
use serde_json::json;

use super::{first, floor, floor_events, give_turn, types};
use crate::folder::Folder;
use crate::instances::Instances;
use crate::meeting::{Meeting, any_id};
use crate::service::within;
use crate::together::{TAKEOVER, at_each, leases};

/// How many seconds the turn may take, and how many before the end it is warned.
const LIMIT: u32 = 3;
const WARNING: u32 = 2;

#[tokio::test]
async fn a_turn_ends_in_time_although_the_instance_that_kept_its_clock_was_killed() {
    let folder = Folder::postgres().await;
    // Alone at first, it takes all the work.
    let mut keeper = Instances::start(&folder, 1).await;
    let tenant = any_id();
    let meeting = Meeting::begin(&at_each(&keeper, tenant).await[0], "General meeting", 1).await;
    let rules = json!({ "queue_policy": "balance-v1", "warning_seconds": WARNING });
    let set = meeting.put("/floor/rules", &rules).await.position();
    meeting.api.get_at(&meeting.path("/floor"), set).await.expect(200);
    assert!(!leases(&folder).await.is_empty(), "the only instance has all the work");

    let mut other = Instances::start(&folder, 1).await;
    let api = at_each(&other, tenant).await.remove(0);
    give_turn(&meeting, meeting.members[0], LIMIT).await;
    keeper.kill(0).await;
    let patience = Duration::from_secs(u64::from(LIMIT)) + TAKEOVER;
    within(patience, "the other instance ends the turn", async || {
        floor(&api, &meeting).await.filter(|floor| floor["history"][0]["finished_by"] == "clock")
    })
    .await;

    let events = floor_events(&api, &meeting).await;
    let ends = types(&events).into_iter().filter(|name| *name == "speech.finished.v1").count();
    assert_eq!(ends, 1, "the clock ends a turn once: {events:?}");
    let at = |event_type| {
        let at = first(&events, event_type)["payload"]["at"].as_str().expect("an event has a moment");
        Timestamp::parse(at).unwrap().as_micros()
    };
    let late = at("speech.finished.v1") - at("speech.approved.v1") - i64::from(LIMIT) * 1_000_000;
    assert!(late >= 0, "not too early: {events:?}");
    eprintln!("the turn ended {late} µs late; its clock was killed with an instance");
    other.stop().await;
}
