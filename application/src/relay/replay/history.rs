//! The events that are published once more, in order of position, each with the commitment of the session's event before it.

use acta_domain::{SessionId, TenantId};

use crate::log::{EventLog, FeedScope, LogError, Position, RecordedEvent, SessionIndex};
use crate::relay::PreviousCommitment;
use crate::relay::previous::Previous;

/// Events that are read at a time.
const PAGE: usize = 1_000;

/// Whose events.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    All,
    Session(TenantId, SessionId),
}

/// Where the next page begins.
#[derive(Debug, Clone, Copy)]
enum Next {
    After(Position),
    From(SessionIndex),
    /// It is not known yet where the session's events behind the position begin.
    Somewhere,
    End,
}

/// The events after a position, up to another one.
pub(super) struct History<'a> {
    log: &'a dyn EventLog,
    scope: Scope,
    after: Position,
    to: Position,
    next: Next,
    page: std::vec::IntoIter<RecordedEvent>,
    previous: Previous,
}

impl<'a> History<'a> {
    pub(super) fn new(log: &'a dyn EventLog, scope: Scope, after: Position, to: Position) -> Self {
        let next = match scope {
            Scope::All => Next::After(after),
            Scope::Session(..) => Next::Somewhere,
        };
        Self { log, scope, after, to, next, page: Vec::new().into_iter(), previous: Previous::new() }
    }

    /// The next event; [`None`] at the end.
    pub(super) async fn next(&mut self) -> Result<Option<(RecordedEvent, PreviousCommitment)>, LogError> {
        loop {
            if let Some(event) = self.page.next() {
                if event.position > self.to {
                    return Ok(None);
                }
                let previous = self.previous.before(self.log, &event).await?;
                return Ok(Some((event, previous)));
            }
            if matches!(self.next, Next::End) {
                return Ok(None);
            }
            self.page = self.read().await?.into_iter();
        }
    }

    async fn read(&mut self) -> Result<Vec<RecordedEvent>, LogError> {
        match self.scope {
            Scope::All => self.read_all().await,
            Scope::Session(tenant, session) => self.read_session(tenant, session).await,
        }
    }

    async fn read_all(&mut self) -> Result<Vec<RecordedEvent>, LogError> {
        let Next::After(after) = self.next else { return Ok(Vec::new()) };
        let page = self.log.feed(FeedScope::All, after, PAGE).await?;
        let at_the_end = page.reached >= self.to || page.reached == after;
        self.next = if at_the_end { Next::End } else { Next::After(page.reached) };
        Ok(page.events)
    }

    async fn read_session(
        &mut self,
        tenant: TenantId,
        session: SessionId,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        let from = match self.next {
            Next::From(index) => index,
            _ => first_behind(self.log, tenant, session, self.after).await?,
        };
        let events = self.log.session(tenant, session, from, PAGE).await?;
        self.next = match events.last() {
            Some(last) if last.position < self.to => Next::From(last.session_index.next()),
            _ => Next::End,
        };
        Ok(events)
    }
}

/// The index of the session's first event behind `after`: positions grow with the index, so half of what is left is left out each time.
async fn first_behind(
    log: &dyn EventLog,
    tenant: TenantId,
    session: SessionId,
    after: Position,
) -> Result<SessionIndex, LogError> {
    let (mut low, mut high) = (0, log.session_size(tenant, session).await?);
    while low < high {
        let middle = u64::midpoint(low, high);
        let event = log.session(tenant, session, SessionIndex::new(middle), 1).await?;
        match event.first() {
            Some(event) if event.position <= after => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(SessionIndex::new(low))
}
