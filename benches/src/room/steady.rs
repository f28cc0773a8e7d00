//! Requests over HTTP that come when they come, however long the ones before them take.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::task::JoinSet;

use super::seen::{Moment, Tally, between};
use crate::connection::{Answer, Connection};

/// Clients that send them in turns.
const CLIENTS: u32 = 16;

/// Makes request number `n`.
pub(super) type Requests = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// What is sent, and how often.
#[derive(Clone)]
pub(super) struct Steady {
    pub(super) address: SocketAddr,
    pub(super) requests: Requests,
    pub(super) every: Duration,
    pub(super) count: u32,
}

/// Something that happened because of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Happened {
    /// Its index in the session.
    pub(super) index: u32,
    /// When its request was sent.
    pub(super) sent: Moment,
    pub(super) acknowledged: Moment,
}

impl Steady {
    /// Sends them all.
    pub(super) async fn send(self, tally: &Arc<Tally>) -> anyhow::Result<Vec<Happened>> {
        let (begun, mut clients) = (tally.now(), JoinSet::new());
        for number in 0..CLIENTS.min(self.count) {
            clients.spawn(self.clone().client(number, begun, Arc::clone(tally)));
        }
        let mut all = Vec::new();
        while let Some(one) = clients.join_next().await {
            all.extend(one??);
        }
        all.sort_unstable_by_key(|happened: &Happened| happened.index);
        Ok(all)
    }

    async fn client(self, first: u32, begun: Moment, tally: Arc<Tally>) -> anyhow::Result<Vec<Happened>> {
        let mut connection = Connection::open(self.address).await?;
        let mut all = Vec::new();
        for number in (first..self.count).step_by(usize::try_from(CLIENTS)?) {
            // Made before it is due: that is no part of what is measured.
            let request = (self.requests)(u64::from(number));
            let due = self.every * number;
            tokio::time::sleep(due.saturating_sub(between(begun, tally.now()))).await;
            let sent = tally.now();
            let index = index(&connection.send(&request).await?)?;
            all.push(Happened { index, sent, acknowledged: tally.now() });
        }
        Ok(all)
    }
}

fn index(answer: &Answer<'_>) -> anyhow::Result<u32> {
    let text = String::from_utf8_lossy(answer.body);
    ensure!(matches!(answer.status, 200 | 201), "{}: {text}", answer.status);
    let recorded: Value = serde_json::from_str(&text)?;
    Ok(recorded["session_index"].as_u64().context("what is recorded has an index")?.try_into()?)
}
