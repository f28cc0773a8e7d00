//! The chair may depart from the order and from the accounts, and then has to say why.

use serde_json::{Value, json};

use super::{approve, ask, first, floor, floor_events, types};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::{Service, all_files, eventually};

/// Words that stand nowhere else.
const REASON: &str = "the delegate has a train to catch: xylophone";

async fn begin(folder: &Folder, members: usize) -> (Service, Meeting) {
    let service = Service::start(folder).await;
    let api = service.administrator(any_id()).await;
    let meeting = Meeting::begin(&api, "General meeting", members).await;
    (service, meeting)
}

/// The rules that the last override departed from.
fn overridden(events: &[Value]) -> &Value {
    let last = events.iter().rfind(|event| event["type"] == "floor.overridden.v1");
    &last.expect("an override is on record")["payload"]["rules"]
}

#[tokio::test]
async fn out_of_turn_needs_a_reason_which_is_recorded_and_sealed() {
    let folder = Folder::new().await;
    let (service, meeting) = begin(&folder, 2).await;
    let (first_asked, second_asked) =
        (ask(&meeting, meeting.members[0]).await, ask(&meeting, meeting.members[1]).await);
    let before = floor_events(&meeting.api, &meeting).await;
    approve(&meeting, &second_asked, &json!({})).await.problem(409, "out-of-turn");
    approve(&meeting, &second_asked, &json!({ "override_reason": " " })).await.problem(400, "invalid-body");
    let long = "x".repeat(301);
    approve(&meeting, &second_asked, &json!({ "override_reason": long })).await.problem(400, "invalid-body");
    assert_eq!(floor_events(&meeting.api, &meeting).await, before, "a refusal leaves no event");

    approve(&meeting, &second_asked, &json!({ "override_reason": REASON })).await.ok();
    let events = floor_events(&meeting.api, &meeting).await;
    assert_eq!(types(&events[before.len()..]), ["speech.approved.v1", "floor.overridden.v1"]);
    let record = first(&events, "floor.overridden.v1");
    assert_eq!(record["payload"]["rules"], json!(["queue-order"]), "{record}");
    assert_eq!(record["payload"]["person_id"], json!(meeting.members[1]), "{record}");
    assert_eq!(record["sealed"]["subject"], format!("person:{}", meeting.members[1]), "{record}");
    assert!(!json!(events).to_string().contains("xylophone"), "the feed tells the reason to nobody");

    // Whoever is next needs no reason, and a reason without need is none.
    meeting.act(&format!("{second_asked}/finish")).await;
    approve(&meeting, &first_asked, &json!({ "override_reason": REASON })).await.ok();
    let events = floor_events(&meeting.api, &meeting).await;
    assert_eq!(types(&events).iter().filter(|name| **name == "floor.overridden.v1").count(), 1);
    service.stop().await;
    for (path, bytes) in all_files(folder.path()) {
        let is_told = String::from_utf8_lossy(&bytes).contains("xylophone");
        assert!(!is_told, "{} holds the reason in the open", path.display());
    }
}

#[tokio::test]
async fn whoever_cannot_be_called_now_does_not_hold_up_those_behind_them() {
    let folder = Folder::new().await;
    let (service, meeting) = begin(&folder, 2).await;
    let (muted, next) = (ask(&meeting, meeting.members[0]).await, ask(&meeting, meeting.members[1]).await);
    meeting.act(&format!("/floor/attendees/{}/mute", meeting.members[0])).await;
    approve(&meeting, &muted, &json!({ "override_reason": REASON })).await.problem(409, "person-muted");
    approve(&meeting, &next, &json!({})).await.ok();
    service.stop().await;
}

/// Waits until the clock has ended so many turns.
async fn ended_by_the_clock(meeting: &Meeting, turns: u64) -> Value {
    eventually("the clock ends the turn", async || {
        floor(&meeting.api, meeting).await.filter(|floor| floor["counters"]["finished"] == turns)
    })
    .await
}

#[tokio::test]
async fn whose_time_is_used_up_speaks_only_for_a_reason() {
    let folder = Folder::new().await;
    let (service, meeting) = begin(&folder, 2).await;
    let (ada, bea) = (meeting.members[0], meeting.members[1]);
    for member in [ada, bea] {
        meeting.put(&format!("/floor/attendees/{member}/group"), &json!({ "group": "north" })).await;
    }
    meeting.put("/floor/accounts/group:north", &json!({ "limit_seconds": 1 })).await;
    let request = ask(&meeting, ada).await;
    approve(&meeting, &request, &json!({ "time_limit_seconds": 600 })).await.ok();
    let floor = ended_by_the_clock(&meeting, 1).await;
    assert!(floor["history"][0]["spoke_ms"].as_u64() >= Some(1_000), "{floor}");
    let group = floor["accounts"].as_array().unwrap().iter().find(|one| one["account"] == "group:north");
    let group = group.unwrap_or_else(|| panic!("the group has an account: {floor}"));
    assert_eq!((&group["limit_seconds"], &group["spent_ms"]), (&json!(1), &floor["history"][0]["spoke_ms"]));
    let events = floor_events(&meeting.api, &meeting).await;
    assert_eq!(first(&events, "speech.approved.v1")["payload"]["time_limit_seconds"], 1, "no more was left");

    // It is the time of the group: another one of it has none either.
    let request = ask(&meeting, bea).await;
    approve(&meeting, &request, &json!({})).await.problem(409, "time-account-exhausted");
    let with_reason = json!({ "time_limit_seconds": 60, "override_reason": REASON });
    approve(&meeting, &request, &with_reason).await.ok();
    let events = floor_events(&meeting.api, &meeting).await;
    assert_eq!(*overridden(&events), json!(["time-account"]));
    let approvals: Vec<_> = events.iter().filter(|event| event["type"] == "speech.approved.v1").collect();
    assert_eq!(approvals[1]["payload"]["time_limit_seconds"], 60, "the limit is as it was given");
    meeting.act(&format!("{request}/finish")).await;

    // Without the limit, or outside the group, nothing is in the way.
    meeting.put(&format!("/floor/attendees/{ada}/group"), &json!({ "group": null })).await;
    let request = ask(&meeting, ada).await;
    approve(&meeting, &request, &json!({})).await.ok();
    meeting.act(&format!("{request}/finish")).await;
    meeting.put("/floor/accounts/group:north", &json!({ "limit_seconds": null })).await;
    let request = ask(&meeting, bea).await;
    approve(&meeting, &request, &json!({})).await.ok();
    service.stop().await;
}
