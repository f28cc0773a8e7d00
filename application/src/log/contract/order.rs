//! Places: gapless, in the order of commits.

use std::collections::HashMap;

use tokio::task::JoinSet;

use super::LogHarness;
use super::fixture::{Scene, command, expecting, moment, session, stream, tenant};
use crate::log::{
    AppendError, EventLog, FeedScope, Position, RecordedEvent, Sequence, SessionIndex, StreamId,
};
use acta_domain::SessionId;

const WRITERS: u128 = 64;
const APPENDS: u128 = 8;
const SESSIONS: u128 = 10;

/// Given 64 writers over ten sessions, some of whose appends conflict, positions, session indexes and sequences have no gap.
pub async fn many_writers_leave_no_gap<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let log = scene.log.clone();
        writers.spawn(async move {
            let mut written = 0;
            for number in 0..APPENDS {
                let id = writer * APPENDS + number;
                let words: &[&str] = if id.is_multiple_of(3) { &["a", "b", "c"] } else { &["d"] };
                let append = command(id, id % SESSIONS, words);
                let append = if id.is_multiple_of(5) { expecting(append, 3) } else { append };
                match log.append(append).await {
                    Ok(_) => written += words.len(),
                    Err(AppendError::Conflict { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            written
        });
    }
    let written: usize = writers.join_all().await.into_iter().sum();
    let events = everything(&*scene.log).await;
    assert_eq!(events.len(), written);
    assert_gapless(&events);
}

/// Every event of the log, by pages of the feed.
async fn everything(log: &impl EventLog) -> Vec<RecordedEvent> {
    let mut events = Vec::new();
    let mut reached = Position::default();
    loop {
        let page = log.feed(FeedScope::All, reached, 100).await.expect("the feed can be read");
        reached = page.reached;
        if page.events.is_empty() {
            return events;
        }
        events.extend(page.events);
    }
}

fn assert_gapless(events: &[RecordedEvent]) {
    let mut sessions: HashMap<SessionId, SessionIndex> = HashMap::new();
    let mut streams: HashMap<StreamId, Sequence> = HashMap::new();
    for (event, position) in events.iter().zip(1..) {
        assert_eq!(event.position, Position::new(position));
        let index = sessions.entry(event.session_id).or_default();
        assert_eq!(event.session_index, *index, "in session {}", event.session_id);
        *index = index.next();
        let sequence = streams.entry(event.stream.clone()).or_default();
        *sequence = sequence.next();
        assert_eq!(event.sequence, *sequence, "in stream {}", event.stream);
    }
}

/// Given appends that one task queues without waiting, they stand in the log in that order.
pub async fn one_submitters_appends_keep_their_order<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let mut tickets = Vec::new();
    for number in 0..100 {
        let append = expecting(command(number, 1, &["word"]), u64::try_from(number).expect("it is small"));
        tickets.push(scene.log.submit(append).await.expect("the log is open"));
    }
    for (ticket, position) in tickets.into_iter().zip(1..) {
        assert_eq!(ticket.await.expect("nobody else writes").first, Position::new(position));
    }
}

/// Given an append of three events, they stand side by side; given one that is refused, none of its events is there.
pub async fn an_append_is_written_whole_or_not_at_all<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let outcome = scene.say(command(1, 1, &["a", "b", "c"])).await.expect("it is the first");
    assert_eq!((outcome.first, outcome.last), (Position::new(1), Position::new(3)));
    assert_eq!((outcome.sequence, outcome.session_index), (Sequence::new(3), SessionIndex::new(2)));

    let refused = scene.say(expecting(command(2, 1, &["d", "e"]), 2)).await;
    assert!(matches!(refused, Err(AppendError::Conflict { .. })));
    assert_eq!(everything(&*scene.log).await.len(), 3);
}

/// Given a clock that is set back, the next event is not older than the one in front of it.
pub async fn recorded_times_never_go_back<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.clock.set(moment(100));
    scene.say(command(1, 1, &["a"])).await.expect("it is the first");
    scene.clock.set(moment(10));
    let set_back = scene.say(command(2, 1, &["b"])).await.expect("a clock refuses nothing");
    assert_eq!(set_back.recorded_at, moment(100));

    let scene = scene.restart().await;
    let restarted = scene.say(command(3, 1, &["c"])).await.expect("a clock refuses nothing");
    assert_eq!(restarted.recorded_at, moment(100));
    scene.clock.set(moment(200));
    let later = scene.say(command(4, 1, &["d"])).await.expect("a clock refuses nothing");
    assert_eq!(later.recorded_at, moment(200));
}

/// Given somebody who follows the head, they see it move, and an acknowledged append is never beyond it.
pub async fn the_head_is_told_to_whoever_follows_it<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let mut head = scene.log.head();
    assert_eq!(*head.borrow_and_update(), Position::default());
    let outcome = scene.say(command(1, 1, &["a", "b"])).await.expect("it is the first");
    head.changed().await.expect("the log is open");
    assert_eq!(*head.borrow_and_update(), outcome.last);

    let refused = scene.say(expecting(command(2, 1, &["c"]), 7)).await;
    assert!(refused.is_err());
    assert!(!head.has_changed().expect("the log is open"));
    let events = scene.log.stream(tenant(1), &stream("floor", 1), Sequence::default(), 10).await;
    assert_eq!(events.expect("the log can be read").last().map(|event| event.session_id), Some(session(1)));
}
