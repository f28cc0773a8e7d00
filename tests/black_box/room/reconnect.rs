//! Whoever is cut off comes back, fast, and has missed nothing.

use std::time::Duration;

use serde_json::json;

use super::clients::{Clients, done};
use super::{assert_all_seen, recorded};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::Service;

/// How often the connection breaks.
const CUTS: usize = 20;

#[tokio::test]
async fn whoever_is_cut_off_again_and_again_misses_nothing() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let tenant = any_id();
    let api = service.administrator(tenant).await;
    let meeting = Meeting::begin(&api, "General meeting", 1).await;
    let clients = Clients::start();
    let member = clients.person(&folder, tenant, meeting.members[0], &["participant"]).await;
    let more = json!({ "after": 0, "pause": 0 });
    clients.open(&member, &meeting.session, &[service.url()], more).await;
    let mut times = Vec::new();
    for _ in 0..CUTS {
        let cutting = clients.ask(json!({ "do": "cut", "client": member.name }));
        let mute = format!("/floor/attendees/{}/mute", member.user);
        let happening = meeting.act(&mute);
        let (cut, _) = tokio::join!(cutting, happening);
        times.push(Duration::from_secs_f64(cut["ms"].as_f64().unwrap() / 1000.0));
        meeting.act(&format!("/floor/attendees/{}/unmute", member.user)).await;
    }
    let last = done(&clients.emit(&member, "request_speech", json!({ "kind": "speech" })).await);
    clients.reached(last).await;
    let events = recorded(&api, &meeting.session, 0).await;
    assert_all_seen("the member", &clients.seen(&member).await, &events, 0);
    times.sort_unstable();
    let (median, p95) = (times[CUTS / 2], times[CUTS * 95 / 100 - 1]);
    eprintln!("back after a cut: median {median:?}, p95 {p95:?}, longest {:?}", times[CUTS - 1]);
    let metrics = api.get("//metrics").await.expect(200).text();
    let counted = metrics.lines().find_map(|line| line.strip_prefix("ws_reconnect_p95_seconds_count"));
    let counted = counted.and_then(|line| line.rsplit(' ').next()?.parse::<usize>().ok());
    assert!(counted >= Some(CUTS), "{counted:?} returns are counted: {metrics}");
    service.stop().await;
}
