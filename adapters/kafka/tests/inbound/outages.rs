//! The broker goes away and comes back.

use acta_kafka::inbound::InboundState;
use acta_throwaway::{Broker, Memory};

use crate::given::{Ground, Kept, numbers};

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_not_there_is_waited_for() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let ground = Ground::on(&broker.bootstrap());
    broker.stop().await.unwrap();
    let inbox = Kept::all();
    let mut reading = ground.read(&inbox);
    reading
        .is(|health| matches!(&health.state, InboundState::Waiting { reason } if !reason.is_empty()))
        .await;
    broker.start_again().await.unwrap();
    reading.is(|health| health.state == InboundState::Consuming).await;
    ground.governance().await.says("a", "1").await;
    inbox.has(1).await;
    reading.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_of_the_broker_the_reading_goes_on() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let ground = Ground::on(&broker.bootstrap());
    let governance = ground.governance().await;
    let inbox = Kept::all();
    let mut reading = ground.read(&inbox);
    reading.is(|health| health.state == InboundState::Consuming).await;
    governance.counts(&["a", "b"], 10).await;
    inbox.has(20).await;
    broker.stop().await.unwrap();
    reading.is(|health| matches!(health.state, InboundState::Waiting { .. })).await;
    broker.start_again().await.unwrap();
    governance.says("a", "11").await;
    inbox.is(|kept| kept["a"].ends_with(&["11".to_owned()])).await;
    reading.is(|health| health.state == InboundState::Consuming && health.lag == Some(0)).await;
    reading.end().await;
    assert!(inbox.under("a").starts_with(&numbers(10)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_forgot_its_topics_is_read_anew() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let ground = Ground::on(&broker.bootstrap());
    let inbox = Kept::all();
    let mut reading = ground.read(&inbox);
    reading.is(|health| health.state == InboundState::Consuming).await;
    ground.governance().await.counts(&["a"], 10).await;
    inbox.has(10).await;
    broker.kill().await.unwrap();
    broker.start_again().await.unwrap();
    ground.governance().await.says("b", "1").await;
    inbox.is(|kept| kept.contains_key("b")).await;
    reading.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_can_be_stopped_while_the_broker_is_away() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let ground = Ground::on(&broker.bootstrap());
    let inbox = Kept::all();
    let mut reading = ground.read(&inbox);
    reading.is(|health| health.state == InboundState::Consuming).await;
    ground.governance().await.counts(&["a"], 10).await;
    inbox.has(10).await;
    broker.kill().await.unwrap();
    reading.end().await;
}
