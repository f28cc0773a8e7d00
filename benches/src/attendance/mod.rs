//! Attendance: many people, each let in once, by every method, while the neighbours take their time.

mod arrivals;
mod method;
mod people;

use std::path::PathBuf;
use std::time::Duration;

use acta_neighbours::House;
use clap::Args;
use tempfile::TempDir;

use self::arrivals::{Came, arrive};
use self::method::Method;
use self::people::People;
use crate::Options;
use crate::api::Api;
use crate::program::Program;
use crate::quantiles::Quantiles;
use crate::run::say;
use crate::service::Service;
use crate::table::{Table, ms, seconds};

/// What 95 of 100 are to be let in within, beyond the neighbour's own time.
const GOAL: Duration = Duration::from_millis(100);

/// How many come.
#[derive(Debug, Args)]
pub(crate) struct AttendanceOptions {
    /// People who are let in by one method or another; 600 make a quick look
    #[arg(long, default_value = "10000", value_parser = clap::value_parser!(u32).range(50..=100_000))]
    attendees: u32,

    /// How many of them come in a second
    #[arg(long, default_value = "300", value_parser = clap::value_parser!(u32).range(1..=5_000))]
    arrivals: u32,

    /// What each neighbour takes for itself over every answer, in milliseconds
    #[arg(long, default_value = "20", value_parser = clap::value_parser!(u64).range(0..=1_000))]
    own_time: u64,
}

/// A service with all its neighbours, and where it keeps what it has.
struct Site {
    house: House,
    service: Service,
    api: Api,
    _folder: TempDir,
}

pub(crate) async fn all(options: &Options) -> anyhow::Result<Table> {
    let (wanted, mut table) = (&options.attendance, Table::default());
    let own_time = Duration::from_millis(wanted.own_time);
    let site = Site::start(options).await?;
    say(&format!("preparing {} people", wanted.attendees));
    let people = People::prepare(&site.api, &site.house, wanted.attendees).await?;
    site.house.set_own_time(own_time);
    say(&format!("{} people, {} a second", wanted.attendees, wanted.arrivals));
    let (came, took) = arrive(&site.api, people, wanted.arrivals).await?;
    site.house.assert_contracts_kept();
    report(&mut table, wanted, &came, took, own_time);
    site.service.stop().await?;
    Ok(table)
}

impl Site {
    async fn start(options: &Options) -> anyhow::Result<Self> {
        let folder = match &options.folder {
            Some(path) => tempfile::tempdir_in(path)?,
            None => tempfile::tempdir()?,
        };
        let (house, data): (House, PathBuf) = (House::plain().await?, folder.path().join("data"));
        let program = Program::at(options.program()?).with(house.settings().to_vec());
        let (service, _) = Service::start(&program, &data).await?;
        let api = Api::new(service.address(), program.pass(&data).await?);
        Ok(Self { house, service, api, _folder: folder })
    }
}

fn report(table: &mut Table, wanted: &AttendanceOptions, came: &[Came], took: Duration, own_time: Duration) {
    let (people, rate) = (wanted.attendees, wanted.arrivals);
    table.heading(format!(
        "{people} people let in, {rate} a second, beyond the neighbour's own {}",
        ms(own_time)
    ));
    for method in Method::ALL {
        let beyond = came.iter().filter(|one| one.method == method).map(|one| one.beyond(own_time));
        table.row(method.name(), spread(&beyond.collect()));
    }
    let all: Quantiles = came.iter().map(|one| one.beyond(own_time)).collect();
    let verdict = if all.at(0.95) <= GOAL { "met" } else { "missed" };
    table.row_with_goal("all of them", spread(&all), format!("p95 at most {}, {verdict}", ms(GOAL)));
    let refused = came.iter().filter(|one| !one.is_in).count();
    let verdict = if refused == 0 { "met" } else { "missed" };
    table.row_with_goal("refused", refused.to_string(), format!("0, {verdict}"));
    table.row("until the last one was in", seconds(took));
}

fn spread(durations: &Quantiles) -> String {
    let [half, most, nearly_all, all] =
        [durations.at(0.5), durations.at(0.95), durations.at(0.99), durations.longest()].map(ms);
    format!("p50 {half}, p95 {most}, p99 {nearly_all}, most {all}")
}
