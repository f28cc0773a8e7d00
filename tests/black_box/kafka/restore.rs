//! What the relay does not publish into.

use super::place::{Topics, head, relay_is, relayed_up_to};
use crate::binary::printed;
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::python;
use crate::service::Service;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_histories_are_never_published_into_the_same_topics() {
    let (topics, tenant) = (Topics::any().await, any_id());
    let first = Folder::new().await.publishing_to(&topics);
    let service = Service::start(&first).await;
    let api = service.administrator(tenant).await;
    Meeting::begin(&api, "The first history", 2).await;
    relayed_up_to(&api, head(&api).await).await;
    service.stop().await;

    let second = Folder::new().await.publishing_to(&topics);
    let service = Service::start(&second).await;
    let api = service.administrator(tenant).await;
    Meeting::begin(&api, "Another history", 5).await;
    let (_, health) = relay_is(&api, "halted").await;
    assert_eq!(health["status"], "degraded", "{health}");
    let log = String::from_utf8(service.log()).unwrap();
    assert!(log.contains("was an older log restored?"), "{log}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_got_more_partitions_is_not_published_into() {
    let (topics, tenant) = (Topics::any().await, any_id());
    let folder = Folder::new().await.publishing_to(&topics);
    let service = Service::start(&folder).await;
    let api = service.administrator(tenant).await;
    Meeting::begin(&api, "Three partitions", 2).await;
    relayed_up_to(&api, head(&api).await).await;
    service.stop().await;

    let arguments = [topics.brokers.clone(), format!("{}session.created.v1", topics.prefix), "5".to_owned()];
    let grown = tokio::task::spawn_blocking(move || python::run("grow_topic.py", arguments)).await.unwrap();
    assert!(grown.status.success(), "{}", printed(&grown));
    let service = Service::start(&folder).await;
    let api = service.administrator(tenant).await;
    relay_is(&api, "halted").await;
    let log = String::from_utf8(service.log()).unwrap();
    assert!(log.contains("has 5 partitions, and had 3"), "{log}");
    service.stop().await;
}
