//! What came in by one connection and waits to be carried out, in its order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use futures::FutureExt as _;
use tokio_util::task::TaskTracker;

use super::incoming::Incoming;
use crate::connection::{Closing, Connection};
use crate::message_in::Outcome;
use crate::refusal::{Refusal, RoomProblem};

/// So many messages of one connection may wait,
const MOST: usize = 32;
/// so many bytes of them,
const MOST_BYTES: usize = 256 * 1024;
/// and so many more refused than taken are no mistake any more.
const FLOOD: u32 = 100;

/// What came in by one connection. A task carries it out while there is something; an idle connection has none.
pub(super) struct Inbox {
    /// The engine keeps the inbox until it has forgotten the client, which may be long after the connection has ended.
    connection: Weak<Connection>,
    tasks: TaskTracker,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    messages: VecDeque<Incoming>,
    bytes: usize,
    /// Whether a task carries them out.
    is_worked_on: bool,
    /// How many more were refused than taken; never below nothing.
    excess: u32,
}

/// What is to be done about a message that came in.
enum Next {
    /// A task has to begin with it.
    Begin,
    /// A task will come to it.
    Wait,
    /// It is one too many.
    Refuse { message: Incoming, flooding: bool },
}

impl Inbox {
    pub(super) fn new(connection: &Arc<Connection>, tasks: TaskTracker) -> Arc<Self> {
        Arc::new(Self { connection: Arc::downgrade(connection), tasks, waiting: Mutex::default() })
    }

    /// Takes a message; never waits.
    pub(super) fn take(self: &Arc<Self>, message: Incoming) {
        let Some(connection) = self.connection.upgrade() else { return };
        if connection.ending().is_cancelled() {
            return;
        }
        if let Some(closing) = message.breach() {
            connection.end(closing);
            return;
        }
        let next = self.waiting().put(message);
        match next {
            Next::Wait => {}
            Next::Begin => {
                let inbox = Arc::clone(self);
                self.tasks.spawn(async move { inbox.work(&connection).await });
            }
            Next::Refuse { message, flooding } => refuse(&connection, &message, flooding),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries messages out until none is left.
    async fn work(&self, connection: &Connection) {
        loop {
            let next = self.waiting().next();
            let Some(message) = next else { return };
            carry_out(connection, &message).await;
        }
    }
}

async fn carry_out(connection: &Connection, message: &Incoming) {
    let (event, outcome) = match message.said() {
        Ok(said) => {
            let outcome = connection.handle(&said.event, &said.data).await;
            (said.event, outcome)
        }
        Err(refusal) => (message.event(), Outcome::Refused(refusal)),
    };
    // A client that is gone has no use for it.
    let _gone = message.answer.give(connection.position(), &event, &outcome).await;
}

fn refuse(connection: &Connection, message: &Incoming, flooding: bool) {
    if flooding {
        connection.end(Closing::flooding());
    }
    let refusal = Refusal::after(RoomProblem::TooManyRequests, "as many messages wait as may", 1);
    // Whoever sends more than it may and takes nothing is not waited for.
    let outcome = Outcome::Refused(refusal);
    let _lost = message.answer.give(connection.position(), &message.event(), &outcome).now_or_never();
}

impl Waiting {
    fn put(&mut self, message: Incoming) -> Next {
        if self.messages.len() >= MOST || self.bytes + message.len() > MOST_BYTES {
            self.excess = self.excess.saturating_add(1);
            return Next::Refuse { message, flooding: self.excess >= FLOOD };
        }
        self.excess = self.excess.saturating_sub(1);
        self.bytes += message.len();
        self.messages.push_back(message);
        if std::mem::replace(&mut self.is_worked_on, true) { Next::Wait } else { Next::Begin }
    }

    fn next(&mut self) -> Option<Incoming> {
        let message = self.messages.pop_front();
        self.is_worked_on = message.is_some();
        match &message {
            Some(message) => self.bytes -= message.len(),
            // An idle connection keeps no room for messages.
            None => self.messages = VecDeque::new(),
        }
        message
    }
}
