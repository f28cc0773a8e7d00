//! Who gets in, and who does not.

use axum::http::StatusCode;
use rcgen::{DnType, DnValue, ExtendedKeyUsagePurpose, SanType, SerialNumber, date_time_ymd};
use rustls::AlertDescription;

use super::authority::{Authority, Paper, client, server};
use super::stage::{Folder, assert_is_governance};

#[tokio::test]
async fn a_certificate_of_the_authority_for_an_allowed_subject_gets_in() {
    let stage = Folder::new().serve().await;
    assert_is_governance(stage.ask(Some(&stage.governance())).await);
}

#[tokio::test]
async fn a_service_may_be_named_by_a_uri() {
    let stage = Folder::new().serve().await;
    let mut params = client("anybody");
    params.subject_alt_names = vec![SanType::URI("spiffe://example/identity".try_into().unwrap())];
    let (status, answer) = stage.ask(Some(&stage.issue(&params))).await.unwrap();
    assert_eq!((status, answer.as_str()), (StatusCode::OK, "identity by HTTP/1.1"));
}

#[tokio::test]
async fn without_a_certificate_the_handshake_fails() {
    let stage = Folder::new().serve().await;
    assert_eq!(stage.refuses(None).await, AlertDescription::CertificateRequired);
}

#[tokio::test]
async fn a_certificate_of_a_foreign_authority_is_refused_in_the_handshake() {
    let stage = Folder::new().serve().await;
    let foreign = Authority::new("A foreign authority").issue(&client("governance.example"));
    assert_eq!(stage.refuses(Some(&foreign)).await, AlertDescription::UnknownCA);
}

#[tokio::test]
async fn an_authority_of_the_same_name_with_another_key_is_a_foreign_one() {
    let stage = Folder::new().serve().await;
    let namesake = Authority::new("The authority").issue(&client("governance.example"));
    assert_eq!(stage.refuses(Some(&namesake)).await, AlertDescription::DecryptError);
}

#[tokio::test]
async fn a_certificate_that_signed_itself_is_refused_in_the_handshake() {
    let stage = Folder::new().serve().await;
    assert_eq!(
        stage.refuses(Some(&Paper::self_signed(&client("governance.example")))).await,
        AlertDescription::UnknownCA
    );
}

#[tokio::test]
async fn an_expired_certificate_is_refused_in_the_handshake() {
    let stage = Folder::new().serve().await;
    let mut params = client("governance.example");
    params.not_after = date_time_ymd(2025, 12, 31);
    assert_eq!(stage.refuses(Some(&stage.issue(&params))).await, AlertDescription::CertificateExpired);
}

#[tokio::test]
async fn a_certificate_whose_time_has_not_come_is_refused_in_the_handshake() {
    let stage = Folder::new().serve().await;
    let mut params = client("governance.example");
    params.not_before = date_time_ymd(2026, 1, 2);
    assert_eq!(stage.refuses(Some(&stage.issue(&params))).await, AlertDescription::CertificateExpired);
}

#[tokio::test]
async fn a_certificate_for_servers_is_refused_in_the_handshake() {
    let stage = Folder::new().serve().await;
    let mut params = server();
    params.distinguished_name.push(DnType::CommonName, "governance.example");
    assert_eq!(stage.refuses(Some(&stage.issue(&params))).await, AlertDescription::UnsupportedCertificate);
    params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
    assert_is_governance(stage.ask(Some(&stage.issue(&params))).await);
}

#[tokio::test]
async fn a_client_cannot_issue_certificates_itself() {
    let stage = Folder::new().serve().await;
    let authority_of_its_own = stage.folder.authority.beneath("An authority beneath");
    let paper = authority_of_its_own.issue(&client("governance.example"));
    assert_eq!(stage.refuses(Some(&paper)).await, AlertDescription::UnknownCA);
    assert_is_governance(stage.ask(Some(&paper.with_issuer(&authority_of_its_own))).await);
}

#[tokio::test]
async fn the_right_authority_with_a_wrong_subject_gets_in_and_stands_for_no_service() {
    let stage = Folder::new().serve().await;
    let mut params = client("unheard-of.example");
    for name in ["unheard-of.example", "governance.example.org", "Governance.example", "*.example", ""] {
        params.distinguished_name.push(DnType::CommonName, name);
        let (status, _) = stage.ask(Some(&stage.issue(&params))).await.unwrap();
        assert_eq!(status, StatusCode::FORBIDDEN, "{name}");
    }
}

#[tokio::test]
async fn a_common_name_with_a_nul_stands_for_no_service() {
    let stage = Folder::new().serve().await;
    for name in ["governance.example\0", "governance.example\0.evil.example"] {
        let mut params = client("governance.example");
        params.distinguished_name.push(DnType::CommonName, DnValue::Utf8String(name.to_owned()));
        let (status, _) = stage.ask(Some(&stage.issue(&params))).await.unwrap();
        assert_eq!(status, StatusCode::FORBIDDEN, "{name:?}");
    }
}

#[tokio::test]
async fn two_common_names_stand_for_no_service() {
    let stage = Folder::new().serve().await;
    let mut params = client("governance.example");
    let common_name_again = DnType::CustomDnType(vec![2, 5, 4, 3]);
    params.distinguished_name.push(common_name_again, "governance.example");
    let (status, _) = stage.ask(Some(&stage.issue(&params))).await.unwrap();
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_revoked_certificate_is_refused_in_the_handshake() {
    let folder = Folder::new();
    let list = folder.authority.revoke(&[666], (2026, 6, 1));
    let stage = folder.revoking(&list).serve().await;
    let mut params = client("governance.example");
    params.serial_number = Some(SerialNumber::from(666));
    assert_eq!(stage.refuses(Some(&stage.issue(&params))).await, AlertDescription::CertificateRevoked);
    params.serial_number = Some(SerialNumber::from(667));
    assert_is_governance(stage.ask(Some(&stage.issue(&params))).await);
}

#[tokio::test]
async fn when_the_revocation_list_is_outdated_everybody_is_refused_and_health_says_so() {
    let folder = Folder::new();
    let list = folder.authority.revoke(&[666], (2025, 12, 1));
    let stage = folder.revoking(&list).serve().await;
    assert_eq!(stage.refuses(Some(&stage.governance())).await, AlertDescription::UnknownCA);
    let health = stage.tls.health();
    assert_eq!((health.well, health.state), (false, "revocation-list-outdated"));
}

#[tokio::test]
async fn whom_no_revocation_list_speaks_of_is_refused() {
    let folder = Folder::new();
    let list = Authority::new("A foreign authority").revoke(&[666], (2026, 6, 1));
    let stage = folder.revoking(&list).serve().await;
    assert_eq!(stage.refuses(Some(&stage.governance())).await, AlertDescription::UnknownCA);
}
