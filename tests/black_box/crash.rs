//! `kill -9` under load, of the service and of `PostgreSQL`: what was acknowledged is found again, once, where it was said to be, and
//! nothing stands between.

mod client;
mod judge;
mod load;
mod trial;
mod witness;

use acta_throwaway::{Cluster, Options};

use crate::folder::Folder;
pub(crate) use trial::Trial;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_kill_9() {
    let folder = Folder::embedded();
    Trial { kills: 8, ..Trial::default() }.hold(&folder, None, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_by_three_instances_is_lost_or_doubled_by_kill_9_of_them_or_of_postgres() {
    Trial { instances: 3, kills: 6, stops: 2, ..Trial::default() }.hold_on_postgres().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "two hundred kills take minutes: `make chaos`"]
async fn chaos_nothing_acknowledged_is_lost_or_doubled_by_two_hundred_kills() {
    let folder = Folder::embedded();
    Trial { kills: 200, ..Trial::default() }.hold(&folder, None, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "hundreds of kills take minutes: `make chaos`"]
async fn chaos_nothing_acknowledged_by_three_instances_is_lost_by_500_kills_and_50_stops_of_postgres() {
    Trial { instances: 3, kills: 500, stops: 50, ..Trial::default() }.hold_on_postgres().await;
}

impl Trial {
    /// Holds it on a `PostgreSQL` of its own, whose commits wait for the disk.
    async fn hold_on_postgres(self) {
        let cluster = Cluster::start(Options::default().with_connections(200)).await.unwrap();
        let folder = Folder::on(cluster.server()).await;
        self.hold(&folder, Some(&cluster), None).await;
    }
}
