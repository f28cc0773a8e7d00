//! A broker that is away costs the delay and nothing else.

use serde_json::json;

use super::checker::{assert_complete, check_if_it_can_be};
use super::place::{Topics, everyday_broker, feature, head, relay_is, relayed_up_to};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::{Service, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_broker_is_away_the_record_goes_on_and_is_published_afterwards() {
    let broker = everyday_broker().await;
    let topics = Topics::on(&broker);
    broker.stop().await.unwrap();
    let folder = Folder::new().await.publishing_to(&topics);
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let mut meeting = Meeting::begin(&api, "Without a broker", 2).await;
    relay_is(&api, "waiting").await;

    broker.start_again().await.unwrap();
    relayed_up_to(&api, head(&api).await).await;
    broker.stop().await.unwrap();
    let member = meeting.members[0];
    for _ in 0..20 {
        meeting.say(member, "And yet it is recorded.").await;
    }
    let (relay, health) = eventually("the relay is behind", async || {
        let (relay, health) = feature(&api, "relay").await;
        (relay["lag"].as_u64() >= Some(20) && relay["status"] == "degraded").then_some((relay, health))
    })
    .await;
    assert_eq!((&health["status"], &relay["state"]), (&json!("degraded"), &json!("waiting")), "{health}");
    let metrics = api.get("//metrics").await.expect(200).text();
    assert!(metrics.contains("acta_relay_lag "), "{metrics}");

    broker.start_again().await.unwrap();
    let all = head(&api).await;
    relayed_up_to(&api, all).await;
    let (relay, health) = relay_is(&api, "relaying").await;
    assert_eq!(relay["status"], "ok", "{health}");
    assert_complete(&topics, &api, all).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_forgets_while_nothing_happens_is_given_again_what_it_lacks() {
    let broker = everyday_broker().await;
    let topics = Topics::on(&broker);
    let folder = Folder::new().await.publishing_to(&topics);
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let mut meeting = Meeting::begin(&api, "Forgotten", 2).await;
    let member = meeting.members[0];
    for _ in 0..5 {
        meeting.say(member, "Soon to be forgotten.").await;
        relayed_up_to(&api, head(&api).await).await;
        broker.kill().await.unwrap();
        broker.start_again().await.unwrap();
    }
    let all = head(&api).await;
    let complete = eventually("the topics are whole again", async || {
        let found = check_if_it_can_be(&topics, &api).await?;
        (found["findings"] == json!([]) && found["events"] == all).then_some(found)
    });
    complete.await;
    service.stop().await;
}
