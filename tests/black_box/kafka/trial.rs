//! `kill -9` of the relay and of the broker under load: in the end the topics hold every event, once and in order for whoever follows
//! the chain.

use acta_throwaway::{Broker, Memory};

use super::place::Topics;
use crate::crash::Trial;
use crate::folder::Folder;

/// Which troubles there are.
#[derive(Clone, Copy)]
struct Troubles {
    relay: usize,
    broker: usize,
}

impl Troubles {
    async fn on_embedded(self, memory: Memory) {
        let Some(broker) = broker(memory).await else { return };
        let topics = Topics::on(&broker);
        let folder = Folder::embedded().publishing_to(&topics);
        let trial = Trial { kills: self.relay, broker_kills: self.broker, ..Trial::default() };
        trial.hold(&folder, None, Some((&broker, &topics))).await;
    }

    async fn on_postgres(self, memory: Memory) {
        let Some(broker) = broker(memory).await else { return };
        let topics = Topics::on(&broker);
        let folder = Folder::postgres().await.publishing_to(&topics);
        let trial = Trial { instances: 2, kills: self.relay, broker_kills: self.broker, ..Trial::default() };
        trial.hold(&folder, None, Some((&broker, &topics))).await;
    }
}

async fn broker(memory: Memory) -> Option<Broker> {
    if memory == Memory::Forgetful {
        return Some(Broker::start(memory).await.unwrap());
    }
    let durable = Broker::durable().await.unwrap();
    if durable.is_none() {
        eprintln!("not run: {} names no broker", acta_throwaway::DURABLE_BROKER);
    }
    durable
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_relay_and_a_forgetful_broker_are_killed() {
    Troubles { relay: 6, broker: 4 }.on_embedded(Memory::Forgetful).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_another_instance_takes_the_relay_over() {
    Troubles { relay: 4, broker: 1 }.on_postgres(Memory::Forgetful).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "hundreds of kills take minutes: `make chaos`"]
async fn chaos_nothing_is_lost_by_300_kills_of_the_relay() {
    Troubles { relay: 300, broker: 0 }.on_embedded(Memory::Forgetful).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "dozens of kills take minutes: `make chaos`"]
async fn chaos_nothing_is_lost_by_30_kills_of_a_broker_that_forgets() {
    Troubles { relay: 0, broker: 30 }.on_embedded(Memory::Forgetful).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "dozens of kills take minutes: `make chaos`"]
async fn chaos_nothing_is_lost_by_30_kills_of_a_broker_that_keeps() {
    Troubles { relay: 0, broker: 30 }.on_embedded(Memory::Durable).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "dozens of kills take minutes: `make chaos`"]
async fn chaos_nothing_is_lost_by_kills_of_both_at_once() {
    Troubles { relay: 60, broker: 30 }.on_embedded(Memory::Forgetful).await;
    Troubles { relay: 60, broker: 30 }.on_embedded(Memory::Durable).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "dozens of kills take minutes: `make chaos`"]
async fn chaos_nothing_is_lost_by_kills_of_two_instances_and_of_the_broker() {
    Troubles { relay: 60, broker: 20 }.on_postgres(Memory::Forgetful).await;
}
