//! The pass over the log.

use std::collections::BTreeMap;

use acta_proof::key::VerifyingKey;

use super::chains::{Chains, at};
use super::{Check, Findings, heads};
use crate::evidence::HeadArchive;
use crate::log::{EventLog, FeedScope, LogError, Position, RecordedEvent};

const PAGE: usize = 1_000;
/// So many rows that cannot be read end the pass: then there is something else to do than to go on.
const MOST_UNREADABLE: u64 = 1_000;

/// What came of an examination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examined {
    /// Where the log ended when it began.
    pub head: Position,
    /// How far the examination came.
    pub end: Position,
    /// How many events were read.
    pub events: u64,
    /// How many sessions they begin.
    pub sessions: u64,
    /// How many heads were checked.
    pub heads: u64,
    findings: BTreeMap<Check, Findings>,
}

impl Examined {
    /// What `check` found.
    pub fn findings(&self, check: Check) -> Findings {
        self.findings.get(&check).cloned().unwrap_or_default()
    }

    /// Whether nothing was found.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn fault(&mut self, check: Check, what: String) {
        self.findings.entry(check).or_default().add(what);
    }
}

/// Examines everything up to where the log ends now, with `keys` as all keys that ever signed heads. `report` is told how far it
/// is, out of the whole. Rows that cannot be read, or are not there, are found and passed over; a thousand of them end the pass.
///
/// # Errors
/// [`LogError::Unavailable`] when the store does not answer.
pub async fn examine(
    log: &dyn EventLog,
    archive: &dyn HeadArchive,
    keys: &[VerifyingKey],
    mut report: impl FnMut(Position, Position) + Send,
) -> Result<Examined, LogError> {
    let head = *log.head().borrow();
    let mut pass = Pass {
        log,
        archive,
        keys,
        chains: Chains::new(),
        at: Position::default(),
        found: Examined::default(),
    };
    pass.found.head = head;
    while pass.at < head && pass.found.findings(Check::Rows).faults < MOST_UNREADABLE {
        pass.page(head).await?;
        report(pass.at, head);
    }
    pass.found.end = pass.at;
    Ok(pass.found)
}

/// A pass under way.
struct Pass<'a> {
    log: &'a dyn EventLog,
    archive: &'a dyn HeadArchive,
    keys: &'a [VerifyingKey],
    chains: Chains,
    at: Position,
    found: Examined,
}

impl Pass<'_> {
    /// Examines a page; where it cannot be read, event by event.
    async fn page(&mut self, head: Position) -> Result<(), LogError> {
        match self.read(PAGE, head).await {
            Err(LogError::Damaged { .. }) => {}
            read => return read,
        }
        let end = self.at.plus(PAGE as u64).min(head);
        while self.at < end {
            match self.read(1, head).await {
                Err(LogError::Damaged { what, .. }) => {
                    self.at = self.at.plus(1);
                    self.found.fault(Check::Rows, format!("at position {}: {what}", self.at));
                }
                read => read?,
            }
        }
        Ok(())
    }

    /// Examines the next events, at most `limit`.
    async fn read(&mut self, limit: usize, head: Position) -> Result<(), LogError> {
        let page = self.log.feed(FeedScope::All, self.at, limit).await?;
        if page.reached <= self.at {
            let what = format!("the log ends at {}, in front of its head {head}", self.at);
            self.found.fault(Check::Positions, what);
            self.at = head;
            return Ok(());
        }
        for event in page.events.iter().filter(|event| event.position <= head) {
            self.event(event).await?;
        }
        self.at = page.reached.min(head);
        Ok(())
    }

    async fn event(&mut self, event: &RecordedEvent) -> Result<(), LogError> {
        let Self { log, chains, found, .. } = self;
        found.events += 1;
        if event.position != self.at.plus(1) {
            found.fault(Check::Positions, at(event, &format!("stands right behind position {}", self.at)));
        }
        self.at = event.position;
        if !event.commitment.opens_to(&event.salt, &event.statement().encode()) {
            found.fault(Check::Commitments, at(event, "is not what was committed to"));
        }
        chains.check(*log, event, |check, what| found.fault(check, what)).await?;
        if event.session_index.get() == 0 {
            self.heads(event).await?;
        }
        Ok(())
    }

    /// The heads of the session that `event` begins.
    async fn heads(&mut self, event: &RecordedEvent) -> Result<(), LogError> {
        let Self { log, archive, keys, found, .. } = self;
        found.sessions += 1;
        let session = (event.tenant_id, event.session_id);
        let mut faults = Vec::new();
        match heads::check(*log, *archive, keys, session, |what| faults.push(what)).await {
            Ok(heads) => found.heads += heads,
            Err(LogError::Damaged { place, what }) => faults.push(format!("at {place}: {what}")),
            Err(error) => return Err(error),
        }
        for what in faults {
            found.fault(Check::Heads, what);
        }
        Ok(())
    }
}
