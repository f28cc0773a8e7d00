//! What happens when the files change.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use acta_application::log::contract::moment;
use acta_http::internal::{InternalTls, Reload};
use rcgen::{SerialNumber, date_time_ymd};
use rustls::AlertDescription;
use tokio_util::sync::CancellationToken;

use super::authority::{Authority, Paper, client, server};
use super::stage::{Folder, assert_is_governance, soon, write_key};

fn state(tls: &InternalTls) -> (bool, &'static str) {
    let health = tls.health();
    assert_eq!(health.name, "internal-tls");
    (health.well, health.state)
}

#[tokio::test]
async fn after_a_reload_clients_of_the_new_authority_get_in_and_those_of_the_old_one_do_not() {
    let stage = Folder::new().serve().await;
    let (old, new_authority) = (stage.governance(), Authority::new("The new authority"));
    let new = new_authority.issue(&client("governance.example"));
    assert_eq!(stage.refuses(Some(&new)).await, AlertDescription::UnknownCA);
    fs::write(&stage.folder.files.client_ca, new_authority.pem()).unwrap();
    assert_is_governance(stage.ask(Some(&old)).await);
    assert_eq!(stage.tls.reload().await, Reload::Renewed);
    assert_eq!(stage.refuses(Some(&old)).await, AlertDescription::UnknownCA);
    assert_is_governance(stage.ask(Some(&new)).await);
    assert_eq!(stage.tls.reload().await, Reload::Unchanged);
}

#[tokio::test]
async fn two_authorities_in_one_file_are_both_trusted() {
    let stage = Folder::new().serve().await;
    let second = Authority::new("The second authority");
    let both = stage.folder.authority.pem() + &second.pem();
    fs::write(&stage.folder.files.client_ca, both).unwrap();
    assert_eq!(stage.tls.reload().await, Reload::Renewed);
    assert_is_governance(stage.ask(Some(&stage.governance())).await);
    assert_is_governance(stage.ask(Some(&second.issue(&client("governance.example")))).await);
}

#[tokio::test]
async fn the_files_are_looked_at_again_and_again() {
    let stage = Folder::new().serve().await;
    let stop = CancellationToken::new();
    let watching = tokio::spawn(Arc::clone(&stage.tls).watch(Duration::from_millis(5), stop.clone()));
    let new_authority = Authority::new("The new authority");
    let new = new_authority.issue(&client("governance.example"));
    fs::write(&stage.folder.files.client_ca, new_authority.pem()).unwrap();
    soon(async { while stage.ask(Some(&new)).await.is_err() {} }).await;
    fs::write(&stage.folder.files.client_ca, "").unwrap();
    soon(async {
        while stage.tls.health().well {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_is_governance(stage.ask(Some(&new)).await);
    stop.cancel();
    soon(watching).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_used_changes_nothing_and_shows_in_health_until_it_is_mended() {
    let stage = Folder::new().serve().await;
    let files = &stage.folder.files;
    let good = fs::read_to_string(&files.client_ca).unwrap();
    assert_eq!(state(&stage.tls), (true, "serving"));
    for broken in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        fs::write(&files.client_ca, broken).unwrap();
        assert_eq!(stage.tls.reload().await, Reload::Refused);
        assert_eq!(stage.tls.reload().await, Reload::Refused);
        assert_eq!(state(&stage.tls), (false, "files-refused"));
        assert_is_governance(stage.ask(Some(&stage.governance())).await);
    }
    fs::remove_file(&files.client_ca).unwrap();
    assert_eq!(stage.tls.reload().await, Reload::Refused);
    assert_is_governance(stage.ask(Some(&stage.governance())).await);
    fs::write(&files.client_ca, good).unwrap();
    assert_eq!(stage.tls.reload().await, Reload::Renewed);
    assert_eq!(state(&stage.tls), (true, "serving"));
}

#[tokio::test]
async fn a_new_certificate_counts_once_its_key_is_there_too() {
    let stage = Folder::new().serve().await;
    let files = &stage.folder.files;
    let new_authority = Authority::new("The new authority");
    let Paper { certificate, key, .. } = &new_authority.issue(&server());
    fs::write(&files.certificate, certificate).unwrap();
    assert_eq!(stage.tls.reload().await, Reload::Refused);
    assert_is_governance(stage.ask(Some(&stage.governance())).await);
    write_key(&files.key, key);
    assert_eq!(stage.tls.reload().await, Reload::Renewed);
    stage.ask(Some(&stage.governance())).await.unwrap_err();
    let client = super::client::Client::new(&new_authority.der(), Some(&stage.governance()));
    assert_is_governance(stage.ask_as(&client).await);
}

#[tokio::test]
async fn a_certificate_that_is_revoked_later_is_refused_after_a_reload() {
    let folder = Folder::new();
    let list = folder.authority.revoke(&[], (2026, 6, 1));
    let stage = folder.revoking(&list).serve().await;
    let mut params = client("governance.example");
    params.serial_number = Some(SerialNumber::from(666));
    let paper = stage.issue(&params);
    assert_is_governance(stage.ask(Some(&paper)).await);
    let list = stage.folder.authority.revoke(&[666], (2026, 6, 1));
    fs::write(stage.folder.files.crl.as_ref().unwrap(), list).unwrap();
    assert_eq!(stage.tls.reload().await, Reload::Renewed);
    assert_eq!(stage.refuses(Some(&paper)).await, AlertDescription::CertificateRevoked);
}

#[tokio::test]
async fn an_expired_certificate_of_our_own_shows_in_health() {
    let folder = Folder::new();
    let mut params = server();
    params.not_after = date_time_ymd(2026, 1, 2);
    let paper = folder.authority.issue(&params);
    fs::write(&folder.files.certificate, &paper.certificate).unwrap();
    write_key(&folder.files.key, &paper.key);
    let tls = folder.open().unwrap();
    assert_eq!(state(&tls), (true, "serving"));
    folder.clock.set(moment(25 * 60 * 60));
    assert_eq!(state(&tls), (false, "certificate-expired"));
}
