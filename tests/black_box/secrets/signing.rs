//! Keys that sign are rotated and retired while the service runs.

use super::{done, refused};
use crate::folder::Folder;
use crate::meeting::{any_id, session_called};
use crate::service::{Service, eventually};

#[tokio::test]
async fn tokens_of_an_older_key_are_good_until_it_is_retired_and_nothing_needs_a_restart() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let (tenant, session) = (any_id(), session_called("Meeting"));
    let old = service.administrator(tenant).await;
    old.post("/sessions", &session).await.expect(201);
    assert!(done(&folder, &["rotate", "tokens", "--now"]).await.contains("key 2 for tokens is there"));
    let new = service.administrator(tenant).await;
    eventually("the service sees the new key", async || {
        (new.get("/sessions").await.status == 200).then_some(())
    })
    .await;
    new.post("/sessions", &session).await.expect(201);
    old.post("/sessions", &session).await.expect(201);

    done(&folder, &["retire", "tokens", "1"]).await;
    eventually("the service misses the old key", async || {
        (old.get("/sessions").await.status == 401).then_some(())
    })
    .await;
    new.post("/sessions", &session).await.expect(201);
    service.stop().await;
}

#[tokio::test]
async fn a_key_that_still_waits_signs_nothing() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let tenant = any_id();
    for kind in ["tokens", "issuer"] {
        let said = done(&folder, &["rotate", kind]).await;
        assert!(said.contains(&format!("key 2 for {kind} is there; it signs from 20")), "{said}");
    }
    // Made after the rotation, and good at once: the service has not seen the new key yet.
    service.administrator(tenant).await.get("/sessions").await.expect(200);
    let said = done(&folder, &["list"]).await;
    for kind in ["tokens", "issuer"] {
        let of_kind: Vec<_> = said.lines().filter(|line| line.starts_with(kind)).collect();
        assert!(
            of_kind.len() == 2 && of_kind[0].ends_with("signs") && of_kind[1].contains("signs from"),
            "{said}"
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn keys_that_are_needed_are_not_retired() {
    let folder = Folder::new().await;
    Service::start(&folder).await.stop().await;
    for kind in ["tokens", "issuer", "master"] {
        let said = refused(&folder, &["retire", kind, "1"]).await;
        assert!(said.contains("key 1 is in use"), "{kind}: {said}");
    }
    done(&folder, &["rotate", "evidence"]).await;
    let said = refused(&folder, &["retire", "evidence", "1"]).await;
    assert!(said.contains("never retired"), "{said}");
    assert!(refused(&folder, &["retire", "tokens", "7"]).await.contains("there is no key 7"));
}
