//! `pgbench`: what a program gets that writes one row in each transaction.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use acta_throwaway::{Database, Login};
use anyhow::{Context as _, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;
use tokio::process::Command;

use super::load::{Window, whole};
use super::place::{login, run};
use super::server::Server;
use super::used::{Cores, Used};
use crate::commands::TENANT;

/// The log's columns, constraints and indexes; neither its triggers nor its row level security, which is to its advantage.
const TABLE: &str = "CREATE TABLE plain (LIKE events INCLUDING ALL); CREATE SEQUENCE plain_position";

/// One row like those of ours. Each client has a session and a stream of its own in each run; what is not a value of ours is
/// random. Texts with colons are variables, because pgbench reads `:name` even inside of a text.
const SCRIPT: &str = r"\set n :n + 1
INSERT INTO plain (position, session_index, sequence, recorded_at, tenant_id, session_id, command_id, command_event, aggregate_type,
    aggregate_id, event_type, event_version, payload, metadata, command_digest, salt, commitment)
VALUES (nextval('plain_position'), :n::bigint - 1, :n, now(), :tenant,
    (:run::text || lpad(:client_id::text, 12, '0'))::uuid, gen_random_uuid(), 0, 'session', :run::text || lpad(:client_id::text, 12, '0'),
    'session.updated.v1', '1', :payload, :metadata, :digest, :digest, :digest);
";

/// The program, and the table that it writes to.
pub(super) struct Pgbench {
    program: PathBuf,
    login: PgConnectOptions,
    server: Server,
    folder: TempDir,
    variables: Vec<String>,
    runs: u32,
}

/// What it printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ran {
    /// Transactions a second, without the time in which it connects.
    pub(super) rate: f64,
    /// How long a transaction took, on average.
    pub(super) latency: Duration,
    pub(super) cores: Cores,
}

impl Pgbench {
    /// Makes the table in `place`, where ours has recorded something already: the rows get its payload and metadata.
    pub(super) async fn prepare(place: &Database, server: Server) -> anyhow::Result<Self> {
        run(place, Login::Owner, TABLE.to_owned()).await?;
        let mut superuser = login(&place.superuser_url()).connect().await?;
        let sample = "SELECT payload::text, metadata::text FROM events WHERE event_type = 'session.updated.v1' LIMIT 1";
        let (payload, metadata): (String, String) = sqlx::query_as(sample).fetch_one(&mut superuser).await?;
        let folder: String = sqlx::query_scalar("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
            .fetch_one(&mut superuser)
            .await?;
        superuser.close().await?;
        let variables = [
            ("n", "0"),
            ("tenant", &TENANT.to_string()),
            ("payload", &payload),
            ("metadata", &metadata),
            ("digest", &format!(r"\x{}", "5a".repeat(32))),
        ];
        let variables = variables.map(|(name, value)| format!("{name}={value}"));
        let script = tempfile::tempdir()?;
        fs::write(script.path().join("insert.sql"), SCRIPT)?;
        Ok(Self {
            program: PathBuf::from(folder).join("pgbench"),
            login: login(&place.url_of(Login::Owner)),
            server,
            folder: script,
            variables: variables.to_vec(),
            runs: 0,
        })
    }

    /// Runs it with `clients` connections.
    pub(super) async fn run(&mut self, clients: usize, window: Window) -> anyhow::Result<Ran> {
        self.runs += 1;
        let before = Used::now(self.server)?;
        let output = self.command(clients, window).output().await.context("pgbench cannot be run")?;
        let cores = Used::now(self.server)?.since(&before);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "pgbench failed: {printed}{complaint}");
        let rate = progress(&complaint, window.warm_up);
        let rate = rate.with_context(|| format!("pgbench printed something else: {printed}{complaint}"))?;
        Ok(Ran { rate, latency: Duration::from_secs_f64(whole(clients) / rate), cores })
    }

    fn command(&self, clients: usize, window: Window) -> Command {
        let seconds = (window.warm_up + window.measured).as_secs();
        let threads = clients.min(2).to_string();
        let mut command = Command::new(&self.program);
        command.args(["-M", "prepared", "-n", "-P", "1", "-j", &threads, "-f"]);
        command.arg(self.folder.path().join("insert.sql"));
        command.args([
            "-c",
            &clients.to_string(),
            "-T",
            &seconds.to_string(),
            "-D",
            &format!("run={:08}-0000-4000-8000-", self.runs),
        ]);
        for variable in &self.variables {
            command.arg("-D").arg(variable);
        }
        command.args(["-h", self.login.get_host(), "-p", &self.login.get_port().to_string()]);
        command.args(["-U", self.login.get_username()]).arg(self.login.get_database().unwrap_or_default());
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

/// The mean of the rates that it tells each second, behind `warm_up`.
fn progress(complaint: &str, warm_up: Duration) -> Option<f64> {
    let mut rates = Vec::new();
    for line in complaint.lines().filter_map(|line| line.strip_prefix("progress: ")) {
        let (moment, rest) = line.split_once(" s, ")?;
        let rate: f64 = rest.split_once(" tps")?.0.parse().ok()?;
        if moment.parse::<f64>().ok()? > warm_up.as_secs_f64() + 0.5 {
            rates.push(rate);
        }
    }
    (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / whole(rates.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_second_is_not_counted() {
        let printed = "pgbench (15.18)\n\
            progress: 1.0 s, 1000.0 tps, lat 9.6 ms stddev 4.1, 0 failed\n\
            progress: 2.0 s, 6000.0 tps, lat 9.6 ms stddev 4.1, 0 failed\n\
            progress: 3.0 s, 7000.0 tps, lat 9.6 ms stddev 4.1, 0 failed\n";
        assert_eq!(progress(printed, Duration::from_secs(1)), Some(6_500.0));
    }
}
