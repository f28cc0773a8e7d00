//! People come when they come, however long the ones before them take.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::method::Method;
use super::people::{People, Person};
use crate::api::Api;
use crate::stopwatch::Stopwatch;

/// Connections on which they come in turn.
const DOORS: usize = 64;
/// Those who wait at one door.
const QUEUE: usize = 4_096;
/// Before the first one comes.
const BREATH: Duration = Duration::from_millis(200);

/// Somebody who came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came {
    pub(super) method: Method,
    /// From when they were due until they were told.
    took: Duration,
    pub(super) is_in: bool,
}

impl Came {
    /// How long it took without what the identity service took for itself.
    pub(super) fn beyond(&self, own_time: Duration) -> Duration {
        self.took.saturating_sub(if self.method.asks_identity() { own_time } else { Duration::ZERO })
    }
}

struct Due {
    person: Person,
    at: Duration,
}

/// Everybody comes, so many in a second, evenly spaced; gives how it went, and how long until the last one was told.
pub(super) async fn arrive(api: &Api, people: People, rate: u32) -> anyhow::Result<(Vec<Came>, Duration)> {
    let (watch, mut doors, mut queues) = (Stopwatch::start(), JoinSet::new(), Vec::new());
    for _ in 0..DOORS {
        let (queue, due) = mpsc::channel(QUEUE);
        doors.spawn(door(api.clone(), people.path.clone(), due, watch));
        queues.push(queue);
    }
    // The timers of the runtime tick once a millisecond, which is too coarse here.
    let pacer = std::thread::spawn(move || pace(people.all, &queues, rate, watch));
    let mut came = Vec::new();
    while let Some(some) = doors.join_next().await {
        came.extend(some??);
    }
    pacer.join().map_err(|_| anyhow::anyhow!("the pacer panicked"))?;
    Ok((came, watch.elapsed().saturating_sub(BREATH)))
}

fn pace(people: Vec<Person>, queues: &[mpsc::Sender<Due>], rate: u32, watch: Stopwatch) {
    for ((number, person), queue) in (0_u32..).zip(people).zip(queues.iter().cycle()) {
        let at = BREATH + Duration::from_secs(1) * number / rate;
        std::thread::sleep(at.saturating_sub(watch.elapsed()));
        if queue.blocking_send(Due { person, at }).is_err() {
            return; // The door failed, and says so itself.
        }
    }
}

/// One connection, on which one after the other comes.
async fn door(
    api: Api,
    path: String,
    mut queue: mpsc::Receiver<Due>,
    watch: Stopwatch,
) -> anyhow::Result<Vec<Came>> {
    let (mut connection, mut came) = (api.connect().await?, Vec::new());
    while let Some(Due { person, at }) = queue.recv().await {
        let request = api.post(&format!("{path}/{}", person.method.path()), &person.body);
        let answer = connection.send(&request).await?;
        let is_in = answer.status == 200;
        if !is_in {
            eprintln!("{}: {} {}", person.method.name(), answer.status, String::from_utf8_lossy(answer.body));
        }
        came.push(Came { method: person.method, took: watch.elapsed().saturating_sub(at), is_in });
    }
    Ok(came)
}
