//! What every store of credentials must do, as tests that any store runs.
//!
//! Implement [`CredentialsHarness`] for the store, then `acta_application::credentials_contract!(YourHarness);` in a test file.

#![expect(clippy::missing_panics_doc, reason = "a case that panics is a case that failed")]

use std::sync::Arc;

use acta_domain::{CredentialId, TenantId};
use async_trait::async_trait;
use tokio::task::JoinSet;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Credential, Credentials};

/// An empty store of its own for one case.
#[async_trait]
pub trait CredentialsHarness: Sized + Send + Sync + 'static {
    /// The store under test.
    type Credentials: Credentials;

    /// A store without credentials.
    async fn new() -> Self;

    /// Opens the store. It is open once at a time.
    async fn open(&self) -> Arc<Self::Credentials>;

    /// Closes what [`Self::open`] gave, as an orderly stop does.
    async fn close(&self, credentials: Arc<Self::Credentials>);
}

/// One test for each case of the contract, against the [`CredentialsHarness`](crate::issuer::contract::CredentialsHarness) `$harness`.
#[macro_export]
macro_rules! credentials_contract {
    ($harness:ty) => {
        $crate::contract_cases!(
            $crate::issuer::contract,
            $harness,
            [
                what_was_put_is_found,
                what_nobody_put_is_not_there,
                putting_again_replaces,
                what_was_removed_is_gone,
                removing_one_leaves_the_others,
                the_credentials_of_another_tenant_do_not_exist,
                a_restart_keeps_credentials,
                many_at_once_are_all_kept,
            ]
        );
    };
}

/// Tenant number `number`.
pub fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(0x7e00_0000 + number))
}

/// Credential number `number`.
pub fn credential_id(number: u128) -> CredentialId {
    CredentialId::new(Uuid::from_u128(0xc4ed_0000 + number))
}

/// The hash of a password, `text`.
pub fn password(text: &str) -> Credential {
    Credential::Password(Zeroizing::new(text.to_owned()))
}

async fn opened<H: CredentialsHarness>() -> (H, Arc<H::Credentials>) {
    let harness = H::new().await;
    let credentials = harness.open().await;
    (harness, credentials)
}

async fn put(credentials: &impl Credentials, of: u128, number: u128, credential: &Credential) {
    let put = credentials.put(tenant(of), credential_id(number), credential).await;
    put.expect("the credentials can be written");
}

async fn found(credentials: &impl Credentials, of: u128, number: u128) -> Option<Credential> {
    credentials.get(tenant(of), credential_id(number)).await.expect("the credentials can be read")
}

async fn removed(credentials: &impl Credentials, of: u128, number: u128) -> bool {
    credentials.remove(tenant(of), credential_id(number)).await.expect("the credentials can be written")
}

/// Given a credential of each kind, each is found as it was.
pub async fn what_was_put_is_found<H: CredentialsHarness>() {
    let (_harness, credentials) = opened::<H>().await;
    let secret = Credential::Secret([7; 32]);
    put(&*credentials, 1, 1, &password("$argon2id$one")).await;
    put(&*credentials, 1, 2, &secret).await;
    assert_eq!(found(&*credentials, 1, 1).await, Some(password("$argon2id$one")));
    assert_eq!(found(&*credentials, 1, 2).await, Some(secret));
}

/// Given no credential, none is found and none can be removed.
pub async fn what_nobody_put_is_not_there<H: CredentialsHarness>() {
    let (_harness, credentials) = opened::<H>().await;
    assert_eq!(found(&*credentials, 1, 1).await, None);
    assert!(!removed(&*credentials, 1, 1).await);
}

/// Given a credential, another one under the same id takes its place, also one of another kind.
pub async fn putting_again_replaces<H: CredentialsHarness>() {
    let (_harness, credentials) = opened::<H>().await;
    for credential in [password("$argon2id$one"), password("$argon2id$two"), Credential::Secret([9; 32])] {
        put(&*credentials, 1, 1, &credential).await;
        assert_eq!(found(&*credentials, 1, 1).await, Some(credential));
    }
}

/// Given a credential that was removed, it is not there any more, and removing it again says so.
pub async fn what_was_removed_is_gone<H: CredentialsHarness>() {
    let (_harness, credentials) = opened::<H>().await;
    put(&*credentials, 1, 1, &password("$argon2id$one")).await;
    assert!(removed(&*credentials, 1, 1).await);
    assert_eq!(found(&*credentials, 1, 1).await, None);
    assert!(!removed(&*credentials, 1, 1).await);
}

/// Given several credentials, removing one leaves the others.
pub async fn removing_one_leaves_the_others<H: CredentialsHarness>() {
    let (_harness, credentials) = opened::<H>().await;
    for number in 1..=3 {
        put(&*credentials, 1, number, &password(&number.to_string())).await;
    }
    assert!(removed(&*credentials, 1, 2).await);
    assert_eq!(found(&*credentials, 1, 1).await, Some(password("1")));
    assert_eq!(found(&*credentials, 1, 3).await, Some(password("3")));
}

/// Given a credential of one tenant, another tenant does not find it, cannot remove it, and may use its id.
pub async fn the_credentials_of_another_tenant_do_not_exist<H: CredentialsHarness>() {
    let (_harness, credentials) = opened::<H>().await;
    put(&*credentials, 1, 1, &password("one")).await;
    assert_eq!(found(&*credentials, 2, 1).await, None);
    assert!(!removed(&*credentials, 2, 1).await);
    put(&*credentials, 2, 1, &password("two")).await;
    assert_eq!(found(&*credentials, 1, 1).await, Some(password("one")));
    assert_eq!(found(&*credentials, 2, 1).await, Some(password("two")));
}

/// Given a store that was closed and opened again, what was put is there and what was removed is not.
pub async fn a_restart_keeps_credentials<H: CredentialsHarness>() {
    let (harness, credentials) = opened::<H>().await;
    put(&*credentials, 1, 1, &password("one")).await;
    put(&*credentials, 1, 2, &password("two")).await;
    removed(&*credentials, 1, 2).await;
    harness.close(credentials).await;
    let credentials = harness.open().await;
    assert_eq!(found(&*credentials, 1, 1).await, Some(password("one")));
    assert_eq!(found(&*credentials, 1, 2).await, None);
}

/// Given 64 who put a credential at the same time, all of them are kept.
pub async fn many_at_once_are_all_kept<H: CredentialsHarness>() {
    let (_harness, credentials) = opened::<H>().await;
    let mut putting = JoinSet::new();
    for number in 0..64 {
        let credentials = Arc::clone(&credentials);
        putting.spawn(async move { put(&*credentials, 1, number, &password(&number.to_string())).await });
    }
    putting.join_all().await;
    for number in 0..64 {
        assert_eq!(found(&*credentials, 1, number).await, Some(password(&number.to_string())));
    }
}
