//! The whole run, one measurement after another, on one data folder.

use std::path::PathBuf;
use std::time::Duration;

use crate::api::{Added, Api, Session};
use crate::commands::SPEAKERS;
use crate::lengths::{Cost, Lengths};
use crate::load::{self, Load};
use crate::program::Program;
use crate::quantiles::Quantiles;
use crate::service::Service;
use crate::stopwatch::Stopwatch;
use crate::table::{Table, count, megabytes, ms, seconds};
use crate::{Options, baseline, disk, lag, proof};

/// How long the disk and the baseline are measured.
const ALONE: Duration = Duration::from_secs(3);
const WARM_UP: Duration = Duration::from_secs(2);

/// What is measured, and where the results go.
struct Run<'a> {
    options: &'a Options,
    program: Program,
    folder: tempfile::TempDir,
    table: Table,
    /// Fsyncs a second that the disk gives when nobody else asks for any.
    fsyncs: f64,
    /// Durable inserts a second, one for each command.
    inserts: f64,
}

/// Measures everything.
pub(crate) async fn all(options: &Options) -> anyhow::Result<Table> {
    let folder = match &options.folder {
        Some(path) => tempfile::tempdir_in(path)?,
        None => tempfile::tempdir()?,
    };
    let program = Program::at(options.program()?);
    let mut run = Run { options, program, folder, table: Table::default(), fsyncs: 0.0, inserts: 0.0 };
    run.disk().await?;
    let long = run.service().await?;
    run.restart(&long).await?;
    run.rebuild().await?;
    run.verify().await?;
    Ok(run.table)
}

impl Run<'_> {
    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the disk gives, and what one durable INSERT for each command would.
    async fn disk(&mut self) -> anyhow::Result<()> {
        say("the disk alone");
        let fsyncs = disk::fsyncs(self.folder.path(), ALONE)?;
        self.fsyncs = rate(&fsyncs);
        self.inserts = baseline::inserts_per_second(self.folder.path(), ALONE).await?;
        self.table.heading("The disk");
        self.table.row("4 KiB and fsync", spread(&fsyncs));
        self.table.row("fsyncs a second, nobody else", count(self.fsyncs));
        self.table.row("SQLite INSERTs a second, durable, one by one", count(self.inserts));
        Ok(())
    }

    /// Everything that is asked of the running service; gives the long session.
    async fn service(&mut self) -> anyhow::Result<Session> {
        let (service, _) = Service::start(&self.program, &self.data()).await?;
        let idle = service.resident_when_idle().await?;
        let api = Api::new(service.address(), self.program.pass(&self.data()).await?);
        self.lag_alone(&api).await?;
        self.many_sessions(&service, &api).await?;
        let long = self.one_session(&service, &api).await?;
        self.lengths(&service, &api, &long).await?;
        self.table.heading("Memory");
        self.table.row_with_goal("idle, after the start", megabytes(idle), "40 MB");
        let peak = megabytes(service.process().resident_peak()?);
        self.table.row_with_goal("most, over everything above", peak, "200 MB");
        service.stop().await?;
        Ok(long)
    }

    async fn lag_alone(&mut self, api: &Api) -> anyhow::Result<()> {
        say("the lag of an idle service");
        let session = api.sessions(1).await?;
        let lag = lag::measure(api, &session[0], ALONE).await?;
        self.table.heading("From the acknowledgement until a reader sees it");
        self.table.row("one client alone", spread(&lag));
        Ok(())
    }

    async fn many_sessions(&mut self, service: &Service, api: &Api) -> anyhow::Result<()> {
        let clients = self.options.clients;
        say(&format!("{clients} clients, each in a session of its own"));
        let sessions = api.sessions(u64::from(clients) + 1).await?;
        let (probe, sessions) = sessions.split_last().expect("there is one more session than clients");
        let time = self.options.measured();
        let (load, lag) = tokio::join!(
            load::run(service, api, sessions, clients, WARM_UP, time),
            lag::measure(api, probe, WARM_UP + time),
        );
        self.table.row("under the load of the next lines", spread(&lag?));
        let caught_up = caught_up(api, probe).await?;
        self.table.row("everything seen, after the end of that load", ms(caught_up));
        self.load(&format!("{clients} clients, {clients} sessions"), &load?);
        Ok(())
    }

    /// Gives the session.
    async fn one_session(&mut self, service: &Service, api: &Api) -> anyhow::Result<Session> {
        let clients = self.options.clients;
        say(&format!("{clients} clients in one session"));
        let sessions = api.sessions(1).await?;
        let load = load::run(service, api, &sessions, clients, WARM_UP, self.options.measured()).await?;
        self.load(&format!("{clients} clients, one session"), &load);
        Ok(sessions[0].clone())
    }

    fn load(&mut self, name: &str, load: &Load) {
        self.table.heading(name);
        self.table.row("commands a second", count(load.rate));
        self.table.row("latency", spread(&load.latencies));
        self.table
            .row("commands for each fsync that the disk could do", format!("{:.1}", load.rate / self.fsyncs));
        self.table.row("times the durable INSERTs", format!("{:.1}", load.rate / self.inserts));
        let cores = format!("{:.2}, and this client {:.2}", load.service_cores, load.client_cores);
        self.table.row("cores that the service used", cores);
        let each = load.service_cores / load.rate * 1e6;
        self.table.row("processor time for each command", format!("{each:.0} µs"));
        self.table.row("written for each command", format!("{} bytes", count(load.written_each)));
        self.table.row("memory, most so far", megabytes(load.resident_peak));
    }

    async fn lengths(&mut self, service: &Service, api: &Api, long: &Session) -> anyhow::Result<()> {
        let longest = self.options.longest;
        say(&format!("growing a stream to {longest} events"));
        let mut connection = api.connect().await?;
        let added = api.add(&mut connection, long, 0).await?;
        load::grow(api, long, self.options.clients, longest.saturating_sub(added.version)).await?;
        say("what a command costs in streams of different lengths");
        let costs = Lengths::new(service, api).await?.measure(long, longest.max(added.version)).await?;
        self.table.heading("One client, streams of different lengths, in turns on one log");
        for cost in &costs {
            let name = format!("around {} events", count(whole(cost.length)));
            let cpu = format!("{} µs of processor time", cost.cpu.as_micros());
            self.table.row(name, format!("{cpu}, latency {}", spread(&cost.latencies)));
        }
        self.table.row_with_goal("between the cheapest and the dearest", apart(&costs), "20 %");
        Ok(())
    }

    /// The cold start, with everything in the log that was measured so far.
    async fn restart(&mut self, long: &Session) -> anyhow::Result<()> {
        say("a restart");
        let (service, took) = Service::start(&self.program, &self.data()).await?;
        let api = Api::new(service.address(), self.program.pass(&self.data()).await?);
        let mut connection = api.connect().await?;
        let mut latencies = Vec::new();
        // As many as there are speakers and nobody: each has a key that is read anew.
        for n in 0..=2 * SPEAKERS {
            let request = api.chunk(long, n);
            let watch = Stopwatch::start();
            Added::from(&connection.send(&request).await?)?;
            latencies.push(watch.elapsed());
        }
        self.table.heading("After a restart");
        self.table.row("until it listens", ms(took));
        let name = format!("first command in the stream of {} events", count(whole(self.options.longest)));
        self.table
            .row(name, format!("{}, the ones after it {}", ms(latencies[0]), ms(median(&latencies[1..]))));
        service.stop().await
    }

    async fn rebuild(&mut self) -> anyhow::Result<()> {
        say("`acta rebuild transcript`");
        let (events, ended) = self.program.rebuild_transcript(&self.data()).await?;
        self.table.heading("`acta rebuild transcript`, with its comparison");
        let rate = whole(events) / ended.took.as_secs_f64();
        self.table.row(
            "events a second",
            format!("{} ({} in {})", count(rate), count(whole(events)), seconds(ended.took)),
        );
        self.table.row("processor time", seconds(ended.cpu));
        Ok(())
    }

    async fn verify(&mut self) -> anyhow::Result<()> {
        say("`acta verify`");
        let size = self.options.proof;
        let proof = proof::write(self.folder.path(), size)?;
        let ended = self.program.verify(&proof.file, &proof.key).await?;
        self.table.heading(format!(
            "`acta verify`, a public proof over {} events ({})",
            count(whole(size)),
            megabytes(proof.bytes)
        ));
        self.table.row_with_goal("processor time", seconds(ended.cpu), "0.5 s");
        self.table.row("time", seconds(ended.took));
        Ok(())
    }
}

/// What is measured now, for whoever waits.
pub(crate) fn say(what: &str) {
    eprintln!("measuring: {what}");
}

/// How long it takes until a command that is sent now is seen.
async fn caught_up(api: &Api, session: &Session) -> anyhow::Result<Duration> {
    let mut connection = api.connect().await?;
    let added = api.add(&mut connection, session, 0).await?;
    let watch = Stopwatch::start();
    api.shown(&mut connection, session, added.position).await?;
    Ok(watch.elapsed())
}

pub(crate) fn spread(durations: &Quantiles) -> String {
    let [half, most, all] = [durations.at(0.5), durations.at(0.99), durations.longest()].map(ms);
    format!("p50 {half}, p99 {most}, most {all}")
}

fn median(durations: &[Duration]) -> Duration {
    durations.iter().copied().collect::<Quantiles>().at(0.5)
}

/// How many there are in a second of doing nothing else.
fn rate(durations: &Quantiles) -> f64 {
    whole(durations.count() as u64) / durations.sum().as_secs_f64()
}

fn apart(costs: &[Cost]) -> String {
    let cpu = || costs.iter().map(|cost| cost.cpu.as_secs_f64());
    let (least, most) = (cpu().fold(f64::INFINITY, f64::min), cpu().fold(0.0, f64::max));
    format!("{:.0} % more processor time", (most / least - 1.0) * 100.0)
}

#[expect(clippy::cast_precision_loss, reason = "it is for people to read")]
fn whole(number: u64) -> f64 {
    number as f64
}
