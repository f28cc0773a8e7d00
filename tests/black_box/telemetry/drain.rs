//! A service that is asked to stop lets those who balance the load know first.

use crate::folder::Folder;
use crate::meeting::{any_id, session_called};
use crate::service::{Service, eventually};

#[tokio::test]
async fn it_says_that_it_is_not_ready_and_still_answers() {
    let folder = Folder::new().await;
    let mut serve = folder.serve();
    serve.env("DRAIN_SECONDS", "3");
    let service = Service::spawn(&folder, serve).await;
    let api = service.administrator(any_id()).await;
    service.ready().await;

    service.ask_to_stop().await;
    eventually("readiness is taken back", async || {
        (api.get("//health/ready").await.status == 503).then_some(())
    })
    .await;
    // On a new connection, too.
    service.stranger().get("//health/live").await.expect(200);
    api.post("/sessions", &session_called("The last one")).await.expect(201);
    service.ended().await;

    let again = Service::start(&folder).await;
    let log = again.administrator(any_id()).await.get("//health").await.json();
    assert!(log["log"]["head"].as_u64() > Some(0));
    again.stop().await;
}
