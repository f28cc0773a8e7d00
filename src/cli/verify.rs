//! `acta verify`

mod session;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acta_proof::key::VerifyingKey;
use acta_proof::verify::{Finding, KeyTrust, Report, VerifyFailure, VerifyOptions, verify_file};
use anyhow::Context as _;
use clap::Args;

/// What a command line that cannot be followed exits with, so that it is never taken for a verdict.
const CANNOT_CHECK: u8 = 2;

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The proof file: a public proof or a dossier
    file: PathBuf,

    /// A public key that you trust, or several (SPKI PEM); without it, the file is checked against the key that it names
    #[arg(long = "key")]
    keys: Vec<PathBuf>,

    /// An older head of the same session that you kept (COSE): shows that history was only appended to
    #[arg(long)]
    against: Option<PathBuf>,

    /// Who must have issued the proof
    #[arg(long)]
    issuer: Option<String>,

    /// Print no findings when all is well; without --key, the warning stays
    #[arg(long, short)]
    quiet: bool,
}

/// Checks a file and says what was checked: 0 if all holds, 1 if anything does not, 2 if it could not be checked.
pub(crate) fn run(args: &VerifyArgs) -> ExitCode {
    match check(args) {
        Ok(Ok(report)) => {
            if args.quiet {
                warn(&report);
            } else {
                show(&report);
            }
            ExitCode::SUCCESS
        }
        Ok(Err(failure)) => {
            eprintln!("refused: {}", with_causes(&failure));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("acta: {error:#}");
            ExitCode::from(CANNOT_CHECK)
        }
    }
}

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Proof(#[from] VerifyFailure),
    #[error(transparent)]
    Session(#[from] session::SessionFailure),
}

fn check(args: &VerifyArgs) -> anyhow::Result<Result<Report, Refusal>> {
    let file = read(&args.file)?;
    let older_head = args.against.as_deref().map(read).transpose()?;
    let mut trusted_keys = Vec::new();
    for path in &args.keys {
        trusted_keys.extend(read_keys(path)?);
    }
    let options =
        VerifyOptions { trusted_keys, older_head: older_head.as_deref(), issuer: args.issuer.clone() };
    Ok(verify(&file, &options))
}

/// Everything that the format promises, and then what this service's events say; the conclusion stays the last sentence.
fn verify(file: &[u8], options: &VerifyOptions<'_>) -> Result<Report, Refusal> {
    let mut report = verify_file(file, options)?;
    let more = session::check(&report)?.into_iter().map(|what| Finding { what });
    let conclusion = report.findings.pop();
    report.findings.extend(more.chain(conclusion));
    Ok(report)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The keys in a file: one PEM block, or several one after another.
fn read_keys(path: &Path) -> anyhow::Result<Vec<VerifyingKey>> {
    const END: &str = "-----END PUBLIC KEY-----";
    let text =
        String::from_utf8(read(path)?).with_context(|| format!("{} is not a PEM file", path.display()))?;
    let blocks = text.split_inclusive(END).map(str::trim).filter(|block| !block.is_empty());
    let keys = blocks.map(VerifyingKey::from_spki_pem).collect::<Result<Vec<_>, _>>();
    let keys = keys.with_context(|| format!("{} does not hold Ed25519 public keys", path.display()))?;
    anyhow::ensure!(!keys.is_empty(), "{} holds no key", path.display());
    Ok(keys)
}

fn show(report: &Report) {
    for finding in &report.findings {
        println!("{}", finding.what);
    }
}

/// What even a quiet reader must know: who signed is not proven.
fn warn(report: &Report) {
    if report.key_trust == KeyTrust::FileOnly {
        let key_id = report.key_id;
        eprintln!("warning: key {key_id} came with the file: compare it with the issuer's published key");
    }
}

fn with_causes(failure: &dyn std::error::Error) -> String {
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
