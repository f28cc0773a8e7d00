//! The archive of issued heads.

use acta_application::evidence::{HeadArchive, IssuedHead};
use acta_domain::{SessionId, TenantId};
use acta_proof::head::{HeadState, SignedHead};
use acta_proof::key::KeyId;
use uuid::Uuid;

use crate::store::{SESSION, Store, TENANT};

fn head(size: u64, state: HeadState) -> IssuedHead {
    IssuedHead {
        size,
        state,
        issued_at: 1_767_225_600,
        key_id: KeyId([9; 32]),
        signed: SignedHead { cose: vec![1, 2, 3], jws: format!("a.{size}.c") },
    }
}

#[tokio::test]
async fn heads_are_kept_in_the_order_in_which_they_were_issued() {
    let store = Store::new();
    let log = store.open().await;
    assert_eq!(log.latest_head(TENANT, SESSION).await.unwrap(), None);
    let issued = [head(1, HeadState::Open), head(5, HeadState::Open), head(5, HeadState::Closed)];
    for head in &issued {
        log.keep_head(TENANT, SESSION, head).await.unwrap();
    }
    log.close().await.unwrap();
    let log = store.open().await;
    assert_eq!(log.latest_head(TENANT, SESSION).await.unwrap(), Some(issued[2].clone()));
    assert_eq!(log.heads(TENANT, SESSION, 0, 2).await.unwrap(), issued[..2]);
    assert_eq!(log.heads(TENANT, SESSION, 2, 2).await.unwrap(), issued[2..]);
}

#[tokio::test]
async fn heads_of_another_tenant_or_session_are_not_shown() {
    let store = Store::new();
    let log = store.open().await;
    log.keep_head(TENANT, SESSION, &head(1, HeadState::Open)).await.unwrap();
    let other = Uuid::from_u128(77);
    assert_eq!(log.latest_head(TenantId::new(other), SESSION).await.unwrap(), None);
    assert_eq!(log.latest_head(TENANT, SessionId::new(other)).await.unwrap(), None);
}
