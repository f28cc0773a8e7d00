//! The binary that is measured, and its subcommands that run to an end.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use acta_proof::key::{Signer as _, SigningKey};
use acta_services::HolderKey;
use anyhow::ensure;
use tokio::process::Command;

use crate::commands::TENANT;
use crate::pass::Pass;
use crate::process::Process;
use crate::stopwatch::Stopwatch;

/// Where the binary is, and what its environment says.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    path: PathBuf,
    environment: Vec<(&'static str, String)>,
}

/// How the names of variables begin that configure it.
const OURS: [&str; 18] = [
    "ACTA_",
    "CODES_SHOWN",
    "COMPLIANCE_SERVICE_",
    "DATABASE_",
    "GOVERNANCE_SERVICE_",
    "IDENTITY_SERVICE_",
    "KAFKA_",
    "NEIGHBOURS_",
    "NOTIFICATIONS_SERVICE_",
    "RATE_LIMIT_",
    "ROOM_",
    "SERVICE_ID",
    "SMTP_",
    "TENANCY_SERVICE_",
    "USER_PROFILES_SERVICE_",
    "DRAIN_",
    "MEMORY_",
    "OTEL_",
];

/// A subcommand that ran to its end.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) printed: String,
    pub(crate) took: Duration,
    pub(crate) cpu: Duration,
}

impl Program {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path, environment: Vec::new() }
    }

    /// The same with these in its environment.
    pub(crate) fn with(self, environment: Vec<(&'static str, String)>) -> Self {
        Self { environment, ..self }
    }

    /// A subcommand that nothing but its arguments and what it was given configures.
    pub(crate) fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.path);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| OURS.iter().any(|prefix| name.starts_with(prefix))) {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().cloned());
        command.arg(subcommand).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs `command` to its end, which must be a good one.
    pub(crate) async fn run(command: &mut Command) -> anyhow::Result<Ended> {
        let before = Process::this().cpu_of_children()?;
        let watch = Stopwatch::start();
        let output = command.output().await?;
        let took = watch.elapsed();
        let cpu = Process::this().cpu_of_children()?.saturating_sub(before);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{command:?} failed: {printed}{complaint}");
        Ok(Ended { printed, took, cpu })
    }

    /// A token that permits everything in the tenant, and a new key for it.
    pub(crate) async fn pass(&self, data: &Path) -> anyhow::Result<Pass> {
        let (key, file) = (SigningKey::from_seed(&rand::random()), data.with_file_name("client.pem"));
        std::fs::write(&file, key.verifying_key().to_spki_pem())?;
        let mut command = self.command("token");
        command.arg("--data").arg(data).args(["--tenant", &TENANT.to_string(), "--service", "bench"]);
        command.args(["--role", "administrator", "--lifetime", "86400", "--dpop-key"]).arg(file);
        Ok(Pass::new(Self::run(&mut command).await?.printed.trim(), HolderKey::new(key)))
    }

    /// Rebuilds the transcript from the log; gives how many events were folded.
    pub(crate) async fn rebuild_transcript(&self, data: &Path) -> anyhow::Result<(u64, Ended)> {
        let mut command = self.command("rebuild");
        command.arg("transcript").arg("--data").arg(data);
        let ended = Self::run(&mut command).await?;
        let events = ended.printed.split(' ').nth(1).and_then(|number| number.parse().ok());
        ensure!(events.is_some(), "`acta rebuild` printed something else: {}", ended.printed);
        Ok((events.unwrap_or_default(), ended))
    }

    /// Verifies a proof file.
    pub(crate) async fn verify(&self, file: &Path, key: &Path) -> anyhow::Result<Ended> {
        let mut command = self.command("verify");
        command.arg(file).arg("--key").arg(key);
        Self::run(&mut command).await
    }
}
