//! The one who moderates, on a socket like everybody's.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use super::dialect::Said;
use super::seen::{Moment, Tally};
use super::socket::{Socket, Ticket};

/// The chair.
pub(super) struct Chair {
    socket: Socket,
    ticket: Ticket,
    tally: Arc<Tally>,
    asked: u64,
    /// How many bytes the data of each message had, by its name.
    sizes: BTreeMap<String, usize>,
}

/// What came of something that was asked.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) sent: Moment,
    pub(super) acknowledged: Moment,
    /// The index of the event in the session.
    pub(super) index: u32,
    pub(super) outcome: Value,
}

impl Chair {
    pub(super) async fn come(ticket: Ticket, tally: &Arc<Tally>) -> anyhow::Result<Self> {
        let socket = Socket::open(&ticket, None, |_| Ok(())).await?;
        Ok(Self { socket, ticket, tally: Arc::clone(tally), asked: 0, sizes: BTreeMap::new() })
    }

    /// Asks for `name` with `data`, and waits for the outcome.
    pub(super) async fn ask(&mut self, name: &str, data: &Value) -> anyhow::Result<Done> {
        self.asked += 1;
        let (asked, sizes) = (self.asked, &mut self.sizes);
        let text = self.ticket.dialect.asked(asked, name, data);
        let sent = self.tally.now();
        self.socket.send(&text).await?;
        let mut outcome = None;
        while outcome.is_none() {
            let hear = |said: &Said<'_>| {
                match *said {
                    Said::Acknowledged(number, text) if number == asked => {
                        outcome = Some((self.tally.now(), serde_json::from_str::<Value>(text)?));
                    }
                    Said::Told("closing" | "problem", data) | Said::Refused(data) => bail!("refused: {data}"),
                    Said::Told(name, data) => drop(sizes.insert(name.to_owned(), data.len())),
                    _ => {}
                }
                Ok(())
            };
            self.socket.receive(hear).await?;
        }
        let (acknowledged, outcome) = outcome.context("there is one")?;
        ensure!(outcome.get("problem").is_none(), "{name} {data}: {outcome}");
        let index = outcome["session_index"].as_u64().context("an outcome has an index")?;
        Ok(Done { sent, acknowledged, index: u32::try_from(index)?, outcome })
    }

    /// How large the data of each message was, by its name.
    pub(super) fn sizes(&self) -> &BTreeMap<String, usize> {
        &self.sizes
    }
}
