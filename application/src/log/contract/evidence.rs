//! What proofs are made of.

use std::collections::HashSet;

use acta_proof::commitment::commit;

use super::LogHarness;
use super::fixture::{Scene, command, event, session, stream, tenant, with_sealed};
use crate::log::{EventLog, RecordedEvent, Sequence, SessionIndex, Snapshot};

async fn stored<H: LogHarness>(scene: &Scene<H>) -> Vec<RecordedEvent> {
    let from = SessionIndex::default();
    scene.log.session(tenant(1), session(1), from, 100).await.expect("the log can be read")
}

/// Given an event with everything that an event can have, reading gives it back.
pub async fn what_is_read_is_what_was_appended<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let mut append = with_sealed(command(1, 1, &["a", "ünï 💡\\u0000"]));
    append.metadata.causation = Some(crate::log::Position::new(9));
    append.metadata.traceparent = Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
    let outcome = scene.say(append.clone()).await.expect("it is the first");
    let events = stored(&scene).await;
    assert_eq!(events.len(), 2);
    for (read, given) in events.iter().zip(&append.events) {
        assert_eq!((&read.event_type, read.event_version), (&given.event_type, given.event_version));
        assert_eq!((&read.payload, &read.sealed), (&given.payload, &given.sealed));
        assert_eq!((read.tenant_id, read.session_id, &read.stream), (tenant(1), session(1), &append.stream));
        assert_eq!(read.recorded_at, outcome.recorded_at);
        let metadata: serde_json::Value = serde_json::from_str(&read.metadata).expect("the metadata is JSON");
        assert_eq!(metadata, serde_json::json!(append.metadata.to_map()));
    }
}

/// Given stored rows, each commitment is the salted hash of what the row says.
pub async fn commitments_can_be_computed_from_what_is_stored<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(with_sealed(command(1, 1, &["a", "b"]))).await.expect("it is the first");
    scene.say(command(2, 1, &["c"])).await.expect("anything goes");
    let events = stored(&scene.restart().await).await;
    assert_eq!(events.len(), 3);
    for event in events {
        assert_eq!(event.commitment, commit(&event.salt, &event.statement().encode()));
    }
}

/// Given two events that say the same, nobody can tell from their commitments.
pub async fn no_two_events_share_a_salt<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    for number in 0..20 {
        let mut append = command(number, 1, &["same"]);
        append.events = vec![event("same"), event("same")];
        scene.say(append).await.expect("anything goes");
    }
    let salts: HashSet<[u8; 32]> = stored(&scene).await.iter().map(|event| event.salt.0).collect();
    assert_eq!(salts.len(), 40);
}

/// Given a snapshot, an older one does not take its place and a newer one does; another tenant has none.
pub async fn a_snapshot_is_kept_until_a_newer_one_comes<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let (log, one, floor) = (&scene.log, tenant(1), stream("floor", 1));
    let snapshot =
        |sequence, state: &str| Snapshot { sequence: Sequence::new(sequence), state: state.to_owned() };
    for kept in [snapshot(5, "five"), snapshot(3, "three")] {
        log.keep_snapshot(one, &floor, kept).await.expect("the log can be written");
    }
    assert_eq!(log.snapshot(one, &floor).await.expect("the log can be read"), Some(snapshot(5, "five")));
    log.keep_snapshot(one, &floor, snapshot(8, "eight")).await.expect("the log can be written");
    assert_eq!(log.snapshot(one, &floor).await.expect("the log can be read"), Some(snapshot(8, "eight")));
    assert_eq!(log.snapshot(tenant(2), &floor).await.expect("the log can be read"), None);
}
