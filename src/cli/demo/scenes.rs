//! The parts of the demo, one after the other: the door, the sitting, the record, the proof.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::Clock as _;
use anyhow::{Context as _, bail, ensure};

use super::cast::Cast;
use super::evidence::Evidence;
use super::keep::{self, Summary};
use super::record::Record;
use super::room::Room;
use super::script::Script;
use super::show::{Show, count};
use super::{door, forget, play, tamper};
use crate::system::SystemClock;
use crate::wiring::Running;

/// Where a sitting is held.
pub(super) struct Stage<'a> {
    /// Where it is shown.
    pub(super) show: &'a Show,
    /// How long to wait between speakers.
    pub(super) pause: Option<Duration>,
    /// Where to keep its files.
    pub(super) keep: Option<&'a Path>,
    /// Who signs.
    pub(super) issuer: &'a str,
}

impl Stage<'_> {
    /// Holds the sitting of `script` and checks its record.
    pub(super) async fn hold(&self, script: Script, running: &Running) -> anyhow::Result<()> {
        let (show, cast) = (self.show, Cast::of(&script, running)?);
        let bar = show.with_bar(script.utterances());
        let room = Arc::new(Room::open(cast, Arc::new(script), bar, self.pause, SystemClock.now()).await?);
        let started = open(&room, show).await?;
        let early_head = sit(&room, show).await?;
        let record = read_back(&room, show, &started).await?;
        let evidence = prove(&room, show, early_head, self.issuer).await?;
        if let Some(folder) = self.keep {
            keep::keep(folder, &evidence, &record, &summary(&room, &record, &evidence)?)?;
        }
        forget::forget(&room, show, &evidence).await
    }
}

async fn open(room: &Arc<Room>, show: &Show) -> anyhow::Result<String> {
    show.section("2  The door");
    show.say("Several desks let people in at once; some people show a signed code that is good for one person, once.");
    let door = door::admit(room).await?;
    let people = count(room.script.people.len() as u64, "person", "people");
    let how = format!(
        "{people} let in by {} desks at once, {} by hand and {} by QR code",
        room.cast.desks.len(),
        door.by_desk,
        door.by_qr
    );
    show.figure("attendance", &how);
    for refused in &room.script.refused {
        show.figure("turned away", &format!("{}, {}", refused.name, refused.reason.replace('_', " ")));
    }
    if let Some(problem) = door.replay {
        let refusal = format!("shown a second time, refused: {} {}", problem.status, problem.title);
        show.figure("a QR code", &refusal);
    }
    if door.by_desk > 0 {
        show.figure("a request", "sent a second time under its idempotency key, recorded once");
    }
    Ok(room.start().await?)
}

async fn sit(room: &Arc<Room>, show: &Show) -> anyhow::Result<Vec<u8>> {
    show.section("3  The sitting");
    show.say("Chair, speakers, transcriber and the others in the room call the service at once, each with a token of their own.");
    let early_head = play::play(room).await?;
    let took = room.show.finish();
    let played = count(room.script.utterances(), "utterance", "utterances");
    let turns = room.script.beats.iter().filter(|beat| beat.turn.is_some()).count() as u64;
    show.figure(
        "played",
        &format!("{played} in {}, {:.1} s", count(turns, "turn", "turns"), took.as_secs_f64()),
    );
    Ok(early_head)
}

async fn read_back(room: &Room, show: &Show, started: &str) -> anyhow::Result<Record> {
    let (then, now) = (room.quorum(Some(started)).await?, room.quorum(None).await?);
    room.end().await?;
    let record = Record::read(room).await?;
    record.check(room)?;
    show.section("4  On the record");
    show.say("The session is over and its record is sealed: nothing can follow. This is what the views say about it.");
    show.figure(
        "transcript",
        &format!("{}, every word in its place", count(record.chunks.len() as u64, "chunk", "chunks")),
    );
    let requests = record.requests;
    ensure!(requests.approved == requests.finished, "a turn was left open");
    let became = format!(
        "{}: {} approved, {} denied, {} withdrawn",
        requests.requested, requests.approved, requests.denied, requests.withdrawn
    );
    show.figure("speech requests", &became);
    show.figure("quorum", &format!("{} at the start, voting weight {}", then.present, then.voting_weight));
    show.figure("", &format!("{} at the end, voting weight {}", now.present, now.voting_weight));
    show_last_captions(room, show, &record)?;
    Ok(record)
}

fn show_last_captions(room: &Room, show: &Show, record: &Record) -> anyhow::Result<()> {
    let chunks = record.typed()?;
    let mut label = "last captions";
    for chunk in &chunks[chunks.len().saturating_sub(3)..] {
        let speaker = chunk.speaker_id.map_or("somebody", |id| room.cast.name_of(id));
        let text = chunk.text.as_deref().unwrap_or_default();
        show.item(std::mem::take(&mut label), &format!("{speaker}: {text}"));
    }
    Ok(())
}

async fn prove(room: &Room, show: &Show, early_head: Vec<u8>, issuer: &str) -> anyhow::Result<Evidence> {
    show.section("5  The proof");
    show.say("Anybody may download it, keep it, and check it later without this service. It holds no name and no word.");
    let evidence = Evidence::download(room, early_head, issuer).await?;
    let report = evidence.verify(&evidence.proof).context("the proof does not verify")?;
    show.figure(
        "downloaded",
        &format!(
            "audit-proof.cbor, {}, without any token",
            indicatif::HumanBytes(evidence.proof.len() as u64)
        ),
    );
    let mut label = "checked";
    for finding in &report.findings {
        show.figure(std::mem::take(&mut label), &finding.what);
    }
    let (early, now) = evidence.check_receipts()?;
    let receipts = format!(
        "one entry is in the record of {} events; since the head of {} events that an auditor kept, it only grew",
        now.size, early.size
    );
    show.figure("receipts", &receipts);
    show_tampering(show, &evidence)?;
    Ok(evidence)
}

fn show_tampering(show: &Show, evidence: &Evidence) -> anyhow::Result<()> {
    let tampered = tamper::tamper(&evidence.proof).context("the proof is empty")?;
    let change =
        format!("byte {} of the proof, from {:02x} to {:02x}", tampered.at, tampered.was, tampered.is);
    show.figure("changed", &change);
    match evidence.verify(&tampered.bytes) {
        Ok(_) => bail!("a proof with a changed byte verifies"),
        Err(failure) => show.figure("refused", &format!("{:#}", anyhow::Error::new(failure))),
    }
    Ok(())
}

fn summary(room: &Room, record: &Record, evidence: &Evidence) -> anyhow::Result<Summary> {
    Ok(Summary {
        session_id: room.session.to_string(),
        events: evidence.check_receipts()?.1.size,
        utterances: room.script.utterances(),
        silent_utterances: room.script.silent,
        chunks: record.chunks.len(),
        attendees: room.script.people.len(),
        requests: record.requests,
    })
}
