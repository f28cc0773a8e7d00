//! A turn's clock: it warns, stands while the turn is paused, and ends the turn, whatever happens to the service meanwhile.

use std::time::Duration;

use acta_domain::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{first, floor, floor_events, give_turn, types};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::{Service, eventually};

/// How many seconds the turn may take, and how many before the end it is warned.
const LIMIT: u32 = 4;
const WARNING: u32 = 2;

/// The moment at which the event was decided, in microseconds.
fn moment(event: &Value) -> i64 {
    Timestamp::parse(event["payload"]["at"].as_str().expect("an event has a moment")).unwrap().as_micros()
}

/// Looks for longer than the turn may take: its clock must stand all the while.
async fn stands_still(meeting: &Meeting) {
    eventually("the view has the pause", async || {
        floor(&meeting.api, meeting).await.filter(|floor| floor["turns"][0]["paused_at"].is_string())
    })
    .await;
    let begin = Instant::now();
    eventually("the pause is longer than the turn", async || {
        let floor = floor(&meeting.api, meeting).await?;
        assert!(floor["turns"][0]["paused_at"].is_string(), "it is paused: {floor}");
        assert_eq!(floor["turns"][0].get("ends_at"), None, "nobody knows when it ends: {floor}");
        (begin.elapsed() > Duration::from_secs(u64::from(LIMIT) + 1)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_turn_is_warned_and_ended_by_the_clock_across_a_pause_and_two_crashes() {
    let folder = Folder::new().await;
    let tenant = any_id();
    let service = Service::start(&folder).await;
    let mut meeting = Meeting::begin(&service.administrator(tenant).await, "Meeting", 1).await;
    let rules = json!({ "queue_policy": "priority-v1", "warning_seconds": WARNING });
    meeting.put("/floor/rules", &rules).await;
    let request = give_turn(&meeting, meeting.members[0], LIMIT).await;
    meeting.act(&format!("{request}/pause")).await;
    service.kill().await;

    let service = Service::start(&folder).await;
    meeting.api = service.administrator(tenant).await;
    stands_still(&meeting).await;
    meeting.act(&format!("{request}/resume")).await;
    eventually("the turn is warned", async || {
        let floor = floor(&meeting.api, &meeting).await?;
        (floor["turns"][0]["warned"] == true || floor["counters"]["finished"] == 1).then_some(())
    })
    .await;
    service.kill().await;

    let service = Service::start(&folder).await;
    let api = service.administrator(tenant).await;
    let over = eventually("the turn ends", async || {
        floor(&api, &meeting).await.filter(|floor| floor["counters"]["finished"] == 1)
    })
    .await;
    let past = &over["history"][0];
    assert_eq!(past["finished_by"], "clock", "{over}");

    let events = floor_events(&api, &meeting).await;
    let story = [
        "floor.rules-set.v1",
        "speech.requested.v1",
        "speech.approved.v1",
        "turn.paused.v1",
        "turn.resumed.v1",
        "turn.warned.v1",
        "speech.finished.v1",
    ];
    assert_eq!(types(&events), story, "each once");
    let at = |event_type| moment(first(&events, event_type));
    let before_the_pause = at("turn.paused.v1") - at("speech.approved.v1");
    let spoken_until = |event_type| before_the_pause + at(event_type) - at("turn.resumed.v1");
    assert!(spoken_until("turn.warned.v1") >= i64::from(LIMIT - WARNING) * 1_000_000, "not too early");
    assert_eq!(first(&events, "turn.warned.v1")["payload"]["remaining_seconds"], WARNING);
    let spoken = spoken_until("speech.finished.v1");
    assert!(spoken >= i64::from(LIMIT) * 1_000_000, "not too early");
    assert_eq!(past["spoke_ms"], spoken / 1_000, "pauses are no speaking time: {past}");
    eprintln!("the clock ended a turn of {LIMIT} s after {spoken} µs, with two crashes in between");
    service.stop().await;
}
