//! `acta demo`: a sitting from beginning to end, as several clients at once would hold it. It is a check, too: whatever is not as
//! it should be ends it with an error.

mod answers;
mod cast;
mod client;
mod door;
mod evidence;
mod forget;
mod keep;
mod play;
mod record;
mod room;
mod script;
mod show;
mod sitting;
mod tamper;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::Clock as _;
use anyhow::{Context as _, bail, ensure};
use clap::Args;

use self::cast::Cast;
use self::evidence::Evidence;
use self::keep::Summary;
use self::record::Record;
use self::room::Room;
use self::script::Script;
use self::show::{Show, count};
use self::sitting::Sitting;
use crate::config::Config;
use crate::system::SystemClock;
use crate::wiring::{self, Running};

const ASSEMBLY: &str = include_str!("assembly.json");
/// Between speakers, for those who look on.
const PAUSE: Duration = Duration::from_millis(300);

#[derive(Debug, Args)]
#[command(after_long_help = FILES)]
pub struct DemoArgs {
    /// Play this sitting instead of the assembly that comes with the program:
    /// {"source": …, "utterances": [{"speaker": …, "content": …}, …]}.
    /// Speakers whose name holds "Chair" preside, else the first one does
    #[arg(long, value_name = "FILE")]
    sitting: Option<PathBuf>,

    /// Keep the proof, the receipts and the transcript in this folder
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,

    /// Do not pause between speakers
    #[arg(long)]
    fast: bool,
}

const FILES: &str = "\
Files that --keep writes:
  audit-proof.cbor     the public proof of the session
  dossier.cbor         the dossier: every event, with what an auditor may read
  head.cose            the signed head over the closed record
  head-early.cose      a signed head of the first fifth of the sitting
  inclusion.cose       a receipt (RFC 9942) that the entry in inclusion-entry.hex is in the record
  inclusion-entry.hex  that entry
  consistency.cose     a receipt that the record was only appended to since head-early.cose
  evidence-key.pem     the service's public key
  transcript.txt, transcript.vtt, transcript.json
                       the transcript; the last one as the API gives its chunks
  summary.json         session_id, events, utterances, silent_utterances, chunks, attendees, requests
They are taken when the session is sealed, before anybody is forgotten.";

/// Plays a sitting through a service of its own and checks everything that can be checked.
pub async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let script = args.script()?;
    let show = Show::new();
    show.title(&format!("Acta: {}", script.title));
    let folder = tempfile::tempdir().context("there is no place for temporary files")?;
    let config = Config::for_folder(folder.path());
    let running = wiring::start(&config).await?;
    show.section("1  The service");
    show.figure("listens on", &running.url());
    show.figure("its data", &format!("{} (gone when the demo ends)", config.data.display()));
    let held = hold(&args, script, &show, &running, &config.public_url).await;
    let stopped = running.stop().await;
    held?;
    stopped.context("the service did not stop as it should")?;
    next_steps(&args, &show);
    Ok(())
}

impl DemoArgs {
    fn script(&self) -> anyhow::Result<Script> {
        let Some(path) = &self.sitting else {
            return Ok(Script::of(Sitting::parse(ASSEMBLY)?));
        };
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let sitting = Sitting::parse(&text).with_context(|| format!("cannot play {}", path.display()))?;
        Ok(Script::of(sitting))
    }

    fn pause(&self, show: &Show) -> Option<Duration> {
        (show.is_live() && self.sitting.is_none() && !self.fast).then_some(PAUSE)
    }
}

async fn hold(args: &DemoArgs, script: Script, show: &Show, running: &Running, issuer: &str) -> anyhow::Result<()> {
    let cast = Cast::of(&script, running)?;
    let bar = show.with_bar(script.utterances());
    let pause = args.pause(show);
    let room = Arc::new(Room::open(cast, Arc::new(script), bar, pause, SystemClock.now()).await?);
    let started = open(&room, show).await?;
    let early_head = sit(&room, show).await?;
    let record = read_back(&room, show, &started).await?;
    let evidence = prove(&room, show, early_head, issuer).await?;
    if let Some(folder) = &args.keep {
        keep::keep(folder, &evidence, &record, &summary(&room, &record, &evidence)?)?;
    }
    forget::forget(&room, show, &evidence).await
}

async fn open(room: &Arc<Room>, show: &Show) -> anyhow::Result<String> {
    show.section("2  The door");
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
    show.figure("played", &format!("{played} in {}, {:.1} s", count(turns, "turn", "turns"), took.as_secs_f64()));
    Ok(early_head)
}

async fn read_back(room: &Room, show: &Show, started: &str) -> anyhow::Result<Record> {
    let (then, now) = (room.quorum(Some(started)).await?, room.quorum(None).await?);
    room.end().await?;
    let record = Record::read(room).await?;
    record.check(room)?;
    show.section("4  On the record");
    show.figure("transcript", &format!("{}, every word in its place", count(record.chunks.len() as u64, "chunk", "chunks")));
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
        show.figure(std::mem::take(&mut label), &show::one_line(&format!("{speaker}: {text}"), 80));
    }
    Ok(())
}

async fn prove(room: &Room, show: &Show, early_head: Vec<u8>, issuer: &str) -> anyhow::Result<Evidence> {
    show.section("5  The proof");
    let evidence = Evidence::download(room, early_head, issuer).await?;
    let report = evidence.verify(&evidence.proof).context("the proof does not verify")?;
    show.figure("downloaded", &format!("audit-proof.cbor, {}, without any token", indicatif::HumanBytes(evidence.proof.len() as u64)));
    for finding in &report.findings {
        show.figure("checked", &finding.what);
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
    let change = format!("byte {} of the proof, from {:02x} to {:02x}", tampered.at, tampered.was, tampered.is);
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

fn next_steps(args: &DemoArgs, show: &Show) {
    show.section("All is as it should be. Next:");
    show.figure("run the service", "acta serve, then open http://127.0.0.1:3014/docs for the API reference");
    show.figure("make a token", "acta token --tenant <UUID> --user <UUID> --role chair");
    match &args.keep {
        Some(folder) => {
            let (proof, key) = (folder.join("audit-proof.cbor"), folder.join("evidence-key.pem"));
            show.figure("check the proof", &format!("acta verify {} --key {}", proof.display(), key.display()));
        }
        None => show.figure("keep the proof", "acta demo --keep proof, then acta verify proof/audit-proof.cbor"),
    }
}
