use acta_application::access::Role;
use acta_proof::head::verify_head;
use acta_proof::key::VerifyingKey;
use acta_proof::receipt::{verify_consistency_receipt, verify_inclusion_receipt};
use acta_proof::verify::{VerifyOptions, verify_file};
use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::service::{Answer, Service, person};

async fn root(service: &Service, path: &str) -> Answer {
    service.stranger().send(Request::get(path).body(Body::empty()).unwrap()).await.expect(StatusCode::OK)
}

async fn published_key(service: &Service) -> VerifyingKey {
    VerifyingKey::from_spki_pem(root(service, "/.well-known/evidence-keys.pem").await.text()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_verifies_the_public_proof() {
    let service = Service::start().await;
    let id = service.session_with(&[person(1)]).await;
    let proof = service.stranger().get(&format!("/sessions/{id}/audit-proof")).await.expect(StatusCode::OK);
    assert_eq!(proof.header("content-type"), "application/vnd.acta.proof+cbor");
    assert!(proof.header("content-disposition").contains(".acta\""));
    let trusted_keys = vec![published_key(&service).await];
    let report =
        verify_file(&proof.body, &VerifyOptions { trusted_keys, ..VerifyOptions::default() }).unwrap();
    assert_eq!(report.size, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_is_for_those_with_the_right() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/dossier", service.session_with(&[person(1)]).await);
    service.stranger().get(&path).await.is_problem(401, "unauthorized");
    service.chair().get(&path).await.is_problem(403, "permission-needed");
    let dossier = service.client(Role::Auditor, person(7)).get(&path).await.expect(StatusCode::OK);
    let trusted_keys = vec![published_key(&service).await];
    let report =
        verify_file(&dossier.body, &VerifyOptions { trusted_keys, ..VerifyOptions::default() }).unwrap();
    assert_eq!((report.events.len(), report.unreadable_parts), (4, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_comes_as_json_cose_and_jose() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/heads", service.session(true).await);
    let latest = format!("{path}/latest");
    let json = service.stranger().get_with(&latest, &[]).await.expect(StatusCode::OK).json();
    assert_eq!((json["size"].as_u64(), json["state"].as_str()), (Some(3), Some("open")));
    let cose =
        service.stranger().get_with(&latest, &[("accept", "application/cose")]).await.expect(StatusCode::OK);
    let claims = verify_head(&cose.body, &published_key(&service).await).unwrap();
    assert_eq!(claims.size, 3);
    let jose =
        service.stranger().get_with(&latest, &[("accept", "application/jose")]).await.expect(StatusCode::OK);
    assert_eq!(jose.text(), json["jws"].as_str().unwrap());
    service.stranger().get_with(&latest, &[("accept", "text/html")]).await.is_problem(406, "not-acceptable");
    let heads = service.stranger().get_with(&path, &[]).await.expect(StatusCode::OK).json();
    assert_eq!(heads["heads"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_verify_under_the_published_key() {
    let service = Service::start().await;
    let id = service.session_with(&[person(1)]).await;
    let (path, key) = (format!("/sessions/{id}/receipts"), published_key(&service).await);
    let inclusion =
        service.stranger().get_with(&format!("{path}/inclusion?index=1"), &[]).await.expect(StatusCode::OK);
    let entry = hex::decode(inclusion.header("acta-entry")).unwrap();
    let receipt = verify_inclusion_receipt(&inclusion.body, &entry, &key).unwrap();
    assert_eq!((receipt.index, receipt.size), (1, 4));
    let old = service
        .stranger()
        .get_with(&format!("{path}/inclusion?index=0&size=2"), &[])
        .await
        .expect(StatusCode::OK);
    let entry = hex::decode(old.header("acta-entry")).unwrap();
    let old_root = verify_inclusion_receipt(&old.body, &entry, &key).unwrap().root;
    let consistency = service.stranger().get_with(&format!("{path}/consistency?from=2&to=4"), &[]).await;
    let receipt =
        verify_consistency_receipt(&consistency.expect(StatusCode::OK).body, &old_root, &key).unwrap();
    assert_eq!(receipt.new_root, verify_inclusion_root(&service, &path, &key).await);
    service
        .stranger()
        .get_with(&format!("{path}/inclusion?index=4"), &[])
        .await
        .is_problem(404, "outside-the-record");
    service.stranger().get_with(&format!("{path}/inclusion"), &[]).await.is_problem(400, "invalid-parameter");
}

async fn verify_inclusion_root(service: &Service, path: &str, key: &VerifyingKey) -> acta_proof::tree::Hash {
    let answer = service.stranger().get_with(&format!("{path}/inclusion?index=0&size=4"), &[]).await;
    let entry = hex::decode(answer.header("acta-entry")).unwrap();
    verify_inclusion_receipt(&answer.body, &entry, key).unwrap().root
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_are_published_in_three_forms() {
    let service = Service::start().await;
    let jwks = root(&service, "/.well-known/jwks.json").await.json();
    let purposes: Vec<_> =
        jwks["keys"].as_array().unwrap().iter().map(|key| key["acta_purpose"].as_str().unwrap()).collect();
    assert_eq!(purposes, ["evidence", "tokens"]);
    assert_eq!(jwks["keys"][0]["use"], "sig");
    let cose = root(&service, "/.well-known/cose-keys").await;
    assert_eq!(cose.header("content-type"), "application/cose-key-set");
    assert!(acta_proof::cbor::decode(&cose.body).unwrap().is_array());
    assert!(
        root(&service, "/.well-known/evidence-keys.pem")
            .await
            .text()
            .starts_with("-----BEGIN PUBLIC KEY-----")
    );
}
