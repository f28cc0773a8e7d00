//! What Kafka adds: how soon a record is consumed, what an outage of the broker costs an append, and how fast the relay catches up.

mod arrivals;
mod catch_up;
mod latency;
mod limit;
mod memory;
mod outage;
mod pace;
mod relay;
mod rounds;
mod site;

use std::time::Duration;

use crate::Options;
use crate::api::{Api, Session};
use crate::commands::SPEAKERS;
use crate::load;
use crate::program::Program;
use crate::run::say;
use crate::service::Service;
use crate::table::{Table, count};
use relay::Relay;
use site::Site;

/// Enough that every partition has its share of them.
const SESSIONS: u64 = 64;
const WARM_UP: Duration = Duration::from_secs(2);

/// What is measured, and where the results go.
struct Run<'a> {
    options: &'a Options,
    site: Site,
    service: Service,
    api: Api,
    sessions: Vec<Session>,
    relay: Relay,
    table: Table,
}

/// Appends a second, and how they are told of in the table.
struct Pace {
    rate: f64,
    name: String,
}

/// Measures everything.
pub(crate) async fn all(options: &Options) -> anyhow::Result<Table> {
    let folder = match &options.folder {
        Some(path) => tempfile::tempdir_in(path)?,
        None => tempfile::tempdir()?,
    };
    let site = Site::start().await?;
    let program = Program::at(options.program()?).with(site.settings().into());
    let data = folder.path().join("data");
    let (service, _) = Service::start(&program, &data).await?;
    let api = Api::new(service.address(), program.pass(&data).await?);
    let mut run = Run::prepare(options, site, service, api).await?;
    run.show_place()?;
    let pace = run.pace().await?;
    run.latency(&pace).await?;
    run.outages(&pace).await?;
    run.service.stop().await?;
    Ok(run.table)
}

impl<'a> Run<'a> {
    /// Opens the sessions, and lets everybody speak once: the first time makes a key, and that is not what is measured.
    async fn prepare(options: &'a Options, site: Site, service: Service, api: Api) -> anyhow::Result<Self> {
        let sessions = api.sessions(SESSIONS).await?;
        let mut connection = api.connect().await?;
        for session in &sessions {
            for n in 0..=SPEAKERS {
                api.add(&mut connection, session, n).await?;
            }
        }
        let mut relay = Relay::of(&api).await?;
        relay.caught_up().await?;
        Ok(Self { options, site, service, api, sessions, relay, table: Table::default() })
    }

    fn show_place(&mut self) -> anyhow::Result<()> {
        let partitions = self.site.partitions(&self.site.chunks())?;
        self.table.heading(format!(
            "Kafka: {}, a topic for each event type, {partitions} partitions",
            self.site.description()
        ));
        Ok(())
    }

    /// Half of what the service takes while it relays; less where the broker has little room.
    async fn pace(&mut self) -> anyhow::Result<Pace> {
        if let Some(rate) = self.site.sizes().pace {
            return Ok(Pace { rate, name: format!("{} appends a second", count(rate)) });
        }
        let clients = self.options.clients;
        say(&format!("{clients} clients, and the relay behind them"));
        let time = self.options.measured();
        let load = load::run(&self.service, &self.api, &self.sessions, clients, WARM_UP, time).await?;
        self.table.row(format!("appends a second, {clients} clients, relayed"), count(load.rate));
        self.relay.caught_up().await?;
        let rate = load.rate / 2.0;
        Ok(Pace { rate, name: format!("{} appends a second (half load)", count(rate)) })
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is for people to read")]
fn whole(number: u64) -> f64 {
    number as f64
}
