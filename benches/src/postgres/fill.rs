//! Long streams, made through the log's port as fast as it takes them.

use std::collections::VecDeque;

use acta_application::log::{
    Append, AppendTicket, EventLog, ExpectedVersion, MAX_EVENTS, NewEvent, Sequence, Snapshot, StreamId,
};
use acta_domain::{Session, SessionEvent, SessionId};
use cqrs_es::{Aggregate, DomainEvent as _};

use super::decision::{context, metadata, tenant, updated};

/// Appends that wait for their commit at the same time.
const UNDER_WAY: usize = 32;
/// How far a snapshot is behind its stream, on average: the service keeps one every 1,000 events.
const BEHIND: u64 = 500;

/// Appends changes to `session` until its stream has `length` events, and keeps a snapshot as the service would have.
pub(super) async fn fill(log: &dyn EventLog, session: SessionId, length: u64) -> anyhow::Result<()> {
    let stream = StreamId::of_session(Session::TYPE, session);
    let mut state = Session::default();
    let mut version = Sequence::default();
    for event in log.stream(tenant(), &stream, version, MAX_EVENTS).await? {
        state.apply(event.decode_as::<SessionEvent>()?);
        version = event.sequence;
    }
    let mut under_way = VecDeque::<AppendTicket>::new();
    while version.get() < length {
        if under_way.len() == UNDER_WAY
            && let Some(first) = under_way.pop_front()
        {
            first.await?;
        }
        let count = (length - version.get()).min(MAX_EVENTS as u64);
        let events: Vec<_> = (0..count).map(|n| updated(version.get() + n)).collect();
        let append = append(session, &stream, version, &events)?;
        under_way.push_back(log.submit(append).await?);
        version = version.plus(count);
        for event in events {
            state.apply(event);
        }
    }
    for last in under_way {
        last.await?;
    }
    let sequence = Sequence::new(length.saturating_sub(BEHIND).max(1));
    let snapshot = Snapshot { sequence, state: serde_json::to_string(&state)? };
    Ok(log.keep_snapshot(tenant(), &stream, snapshot).await?)
}

fn append(
    session: SessionId,
    stream: &StreamId,
    version: Sequence,
    events: &[SessionEvent],
) -> anyhow::Result<Append> {
    let context = context();
    Ok(Append {
        tenant_id: tenant(),
        session_id: session,
        stream: stream.clone(),
        expected: ExpectedVersion::Exactly(version),
        guards: Vec::new(),
        rests_on: Vec::new(),
        metadata: metadata(&context),
        command_digest: context.command_digest,
        events: events.iter().map(new_event).collect::<Result<_, _>>()?,
    })
}

fn new_event(event: &SessionEvent) -> anyhow::Result<NewEvent> {
    Ok(NewEvent {
        event_type: event.event_type(),
        event_version: event.event_version().parse()?,
        payload: serde_json_canonicalizer::to_string(event)?,
        sealed: None,
    })
}
