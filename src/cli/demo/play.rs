//! The sitting itself: chair, speakers, transcriber and the others in the room are tasks of their own that meet only through
//! the service, and through the signals that people in one room give each other.

mod actions;
mod others;

use std::collections::BTreeMap;
use std::sync::Arc;

use acta_domain::SpeechRequestId;
use anyhow::Context as _;
use serde_json::json;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use self::actions::Floor;
use super::answers::{ChunkAdded, Recorded, SpeechRequested};
use super::client::CallError;
use super::door::body;
use super::room::Room;
use super::script::Beat;
use super::sitting::Turn;

/// What a speaker does in one of their turns.
struct SpeakerTurn {
    beat: usize,
    /// Tells the chair that the request is made.
    requested: oneshot::Sender<SpeechRequestId>,
    /// Hears that all was said: the number of the last chunk.
    spoken: oneshot::Receiver<u64>,
    /// Tells the chair that the turn is given back.
    finished: oneshot::Sender<u64>,
}

/// The chair's side of the same turn.
struct ChairTurn {
    requested: oneshot::Receiver<SpeechRequestId>,
    spoken: oneshot::Sender<u64>,
    finished: oneshot::Receiver<u64>,
}

/// Words for the transcriber: those of a beat, and whom to tell the number of the last chunk.
struct Words {
    beat: usize,
    spoken: oneshot::Sender<u64>,
}

/// Plays the sitting; gives the head that an auditor took early on.
pub(super) async fn play(room: &Arc<Room>) -> anyhow::Result<Vec<u8>> {
    let (progress, at) = watch::channel(0);
    let (words, to_write) = mpsc::channel(1);
    let (chair_turns, speakers) = turns(&room.script.beats);
    let early_head = tokio::spawn(others::take_early_head(Arc::clone(room), at.clone()));
    let mut tasks = JoinSet::new();
    for (name, turns) in speakers {
        tasks.spawn(speak(Arc::clone(room), name, turns, at.clone()));
    }
    for people in others::groups(&room.script.bystanders()) {
        tasks.spawn(others::chat(Arc::clone(room), people, at.clone()));
    }
    tasks.spawn(write_down(Arc::clone(room), to_write));
    tasks.spawn(preside(Arc::clone(room), chair_turns, progress, words));
    // Whoever fails leaves the others waiting for a signal that never comes: they stop quietly, so the first error is the cause.
    while let Some(done) = tasks.join_next().await {
        done.context("a part of the sitting broke down")??;
    }
    early_head.await?.context("the auditor did not get an early head")
}

/// The turns of `beats`, as the chair sees them in order and as each speaker does.
fn turns(beats: &[Beat]) -> (Vec<Option<ChairTurn>>, BTreeMap<String, Vec<SpeakerTurn>>) {
    let mut speakers: BTreeMap<String, Vec<SpeakerTurn>> = BTreeMap::new();
    let mut chair = Vec::with_capacity(beats.len());
    for (beat, what) in beats.iter().enumerate() {
        if what.turn.is_none() {
            chair.push(None);
            continue;
        }
        let ((requested, is_requested), (say, spoken), (finished, is_finished)) =
            (oneshot::channel(), oneshot::channel(), oneshot::channel());
        speakers.entry(what.speaker.clone()).or_default().push(SpeakerTurn {
            beat,
            requested,
            spoken,
            finished,
        });
        chair.push(Some(ChairTurn { requested: is_requested, spoken: say, finished: is_finished }));
    }
    (chair, speakers)
}

/// A speaker asks for each of their turns some beats early, speaks, and gives the floor back.
async fn speak(
    room: Arc<Room>,
    name: String,
    turns: Vec<SpeakerTurn>,
    mut at: watch::Receiver<usize>,
) -> Result<(), CallError> {
    let client = &room.cast.member(&name).client;
    for turn in turns {
        let beat = &room.script.beats[turn.beat];
        if at.wait_for(|at| *at >= beat.asks_from).await.is_err() {
            return Ok(());
        }
        let request = ask(&room, &name, beat.turn.as_ref()).await?;
        let _ = turn.requested.send(request);
        let Ok(chunk) = turn.spoken.await else {
            return Ok(());
        };
        let _: Recorded = client.tell(&room.path(&format!("/floor/requests/{request}/finish"))).await?;
        let _ = turn.finished.send(chunk);
    }
    Ok(())
}

/// Asks for the floor.
async fn ask(room: &Room, name: &str, turn: Option<&Turn>) -> Result<SpeechRequestId, CallError> {
    let turn = turn.cloned().unwrap_or_default();
    let body = body([
        ("kind", Some(json!(turn.kind))),
        ("priority", Some(json!(turn.priority))),
        ("topic", turn.topic.map(|topic| json!(topic))),
    ]);
    let client = &room.cast.member(name).client;
    let requested: SpeechRequested = client.post(&room.path("/floor/requests"), &body).await?;
    Ok(requested.request_id)
}

/// The transcriber writes down what is said, in the order in which it is said.
async fn write_down(room: Arc<Room>, mut words: mpsc::Receiver<Words>) -> Result<(), CallError> {
    while let Some(Words { beat, spoken }) = words.recv().await {
        let beat = &room.script.beats[beat];
        let mut last = 0;
        for line in &beat.lines {
            let chunk = json!({
                "speaker_id": room.cast.member(&beat.speaker).id,
                "language": line.language,
                "start_ms": line.start_ms,
                "end_ms": line.end_ms,
                "text": line.text,
                "confidence": room.script.captions.confidence,
                "source": room.script.captions.source,
            });
            let added: ChunkAdded =
                room.cast.transcriber.post(&room.path("/transcript/chunks"), &chunk).await?;
            last = added.chunk;
            room.show.caption(&beat.speaker, &line.text);
        }
        let _ = spoken.send(last);
    }
    Ok(())
}

/// The chair gives the floor to one after the other, in the order of the sitting.
async fn preside(
    room: Arc<Room>,
    turns: Vec<Option<ChairTurn>>,
    progress: watch::Sender<usize>,
    words: mpsc::Sender<Words>,
) -> Result<(), CallError> {
    let mut floor = Floor::new(&room);
    for (number, (beat, turn)) in room.script.beats.iter().zip(turns).enumerate() {
        progress.send_replace(number);
        let Some(last) = hold_beat(&mut floor, number, turn, &words).await? else {
            return Ok(());
        };
        floor.said(&beat.speaker, last);
        room.show.advance(beat.utterances);
        if let Some(pause) = room.pause {
            tokio::time::sleep(pause).await;
        }
    }
    Ok(())
}

/// One beat; gives the number of its last chunk, or nothing if another task is gone.
async fn hold_beat(
    floor: &mut Floor<'_>,
    number: usize,
    turn: Option<ChairTurn>,
    words: &mpsc::Sender<Words>,
) -> Result<Option<u64>, CallError> {
    let beat = floor.beat(number);
    let Some(turn) = turn else {
        floor.act(&beat.before).await?;
        let (spoken, is_spoken) = oneshot::channel();
        let _ = words.send(Words { beat: number, spoken }).await;
        return Ok(is_spoken.await.ok());
    };
    let Ok(request) = turn.requested.await else {
        return Ok(None);
    };
    floor.act(&beat.before).await?;
    floor.approve(request, beat.turn.as_ref()).await?;
    let _ = words.send(Words { beat: number, spoken: turn.spoken }).await;
    Ok(turn.finished.await.ok())
}
