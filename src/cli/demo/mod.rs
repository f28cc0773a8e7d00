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
mod scenes;
mod script;
mod show;
mod sitting;
mod tamper;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use self::scenes::Stage;
use self::script::Script;
use self::show::Show;
use self::sitting::Sitting;
use crate::config::Config;
use crate::wiring;

const ASSEMBLY: &str = include_str!("assembly.json");
/// Between speakers, for those who look on.
const PAUSE: Duration = Duration::from_millis(300);

#[derive(Debug, Args)]
#[command(after_long_help = FILES)]
pub(super) struct DemoArgs {
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
pub(super) async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let script = args.script()?;
    let show = Show::new();
    show.title(&format!("Acta: {}", script.title));
    let folder = tempfile::tempdir().context("there is no place for temporary files")?;
    let config = Config::for_folder(folder.path());
    let running = wiring::start(&config).await?;
    show.section("1  The service");
    show.say("A fresh service has started. All that follows goes through its HTTP API.");
    show.figure("listens on", &running.url());
    show.figure("its data", &format!("{} (gone when the demo ends)", config.data.display()));
    show.figure("its clients", "each proves with every request that it holds the key its token is bound to");
    let stage = Stage {
        show: &show,
        pause: args.pause(&show),
        keep: args.keep.as_deref(),
        issuer: &config.public_url,
    };
    let held = stage.hold(script, &running).await;
    let stopped = running.stop(Duration::ZERO).await;
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
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let sitting = Sitting::parse(&text).with_context(|| format!("cannot play {}", path.display()))?;
        Ok(Script::of(sitting))
    }

    fn pause(&self, show: &Show) -> Option<Duration> {
        (show.is_live() && self.sitting.is_none() && !self.fast).then_some(PAUSE)
    }
}

fn next_steps(args: &DemoArgs, show: &Show) {
    show.section("All is as it should be. Next:");
    show.figure("run the service", "acta serve, then open http://127.0.0.1:3014/docs for the API reference");
    show.command(
        "make a token",
        "acta token --tenant <UUID> --user <UUID> --role chair --new-dpop-key client.pem",
    );
    match &args.keep {
        Some(folder) => {
            let (proof, key) = (folder.join("audit-proof.cbor"), folder.join("evidence-key.pem"));
            show.command(
                "check the proof",
                &format!("acta verify {} --key {}", proof.display(), key.display()),
            );
        }
        None => {
            show.command("keep the proof", "acta demo --keep proof, then acta verify proof/audit-proof.cbor");
        }
    }
}
