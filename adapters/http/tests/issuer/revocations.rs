//! What lets somebody into a room can be taken back while they are in it.

use acta_application::access::{Admitted, Grant, Revocations as _, Revoked};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::clients::{ask, registered};
use crate::service::{PASSWORD, Service};
use crate::somebody::Somebody;

const ADA: &str = "ada@example.org";

/// A service with a session, by id.
async fn service() -> (Service, String) {
    let service = Service::start().await;
    let session = json!({ "title": "Meeting", "modality": "virtual", "languages": ["en"],
        "schedule": { "starts_at": "2026-11-22T10:00:00Z" } });
    let created = service.administrator().await.post("/api/v1/sessions", session).await;
    let id = created.expect(StatusCode::CREATED).json()["session_id"].as_str().unwrap().to_owned();
    (service, id)
}

/// Somebody who is signed in and in the room, with their refresh token.
async fn ada<'a>(service: &'a Service, session: &str) -> (Somebody<'a>, String, Admitted) {
    let mut ada = service.somebody();
    let refresh = ada.sign_in(ADA, PASSWORD).await.expect(StatusCode::OK).refresh_token();
    let admitted = ada.knock(session).await.unwrap();
    assert!(matches!(admitted.grant, Some(Grant::SignIn(_))), "{admitted:?}");
    assert_eq!(service.issuer.revoked(&admitted).await.unwrap(), None);
    service.pass(1);
    (ada, refresh, admitted)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_is_out_with_every_token_of_that_sign_in_and_no_other() {
    let (service, session) = service().await;
    service.user(ADA, &["observer"]).await;
    let (_, _, other) = ada(&service, &session).await;
    let (mut ada, refresh, first) = ada(&service, &session).await;
    ada.refresh(&refresh).await.expect(StatusCode::OK);
    let renewed = ada.knock(&session).await.unwrap();
    assert_eq!(renewed.grant, first.grant);
    ada.post("/v2/logout", json!({ "refresh_token": refresh })).await;
    for admitted in [first, renewed] {
        assert_eq!(service.issuer.revoked(&admitted).await.unwrap(), Some(Revoked::SignInEnded));
    }
    assert_eq!(service.issuer.revoked(&other).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_is_used_twice_puts_everybody_out() {
    let (service, session) = service().await;
    service.user(ADA, &["observer"]).await;
    let (mut ada, refresh, admitted) = ada(&service, &session).await;
    ada.refresh(&refresh).await.expect(StatusCode::OK);
    ada.refresh(&refresh).await.is_problem(401, "refresh-reused");
    assert_eq!(service.issuer.revoked(&admitted).await.unwrap(), Some(Revoked::SignInEnded));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_sign_ins_before_it() {
    let (service, session) = service().await;
    let user = service.user(ADA, &["observer"]).await;
    let (_, _, before) = ada(&service, &session).await;
    let body = json!({ "password": PASSWORD });
    service
        .administrator()
        .await
        .post(&format!("/v2/users/{user}/password"), body)
        .await
        .expect(StatusCode::OK);
    assert_eq!(service.issuer.revoked(&before).await.unwrap(), Some(Revoked::SignInEnded));
    service.pass(1);
    ada(&service, &session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_disabled_is_out_for_good() {
    let (service, session) = service().await;
    let user = service.user(ADA, &["observer"]).await;
    let (_, _, before) = ada(&service, &session).await;
    let administrator = service.administrator().await;
    for change in ["disable", "enable"] {
        administrator.post(&format!("/v2/users/{user}/{change}"), Value::Null).await.expect(StatusCode::OK);
        assert_eq!(service.issuer.revoked(&before).await.unwrap(), Some(Revoked::UserDisabled), "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_revoked_is_out() {
    let (service, session) = service().await;
    let credentials = registered(&service, &["service"]).await;
    let mut client = service.somebody();
    let token = ask(&client, &credentials, "", true).await.expect(StatusCode::OK);
    client.token = Some(token.json()["access_token"].as_str().unwrap().to_owned());
    let admitted = client.knock(&session).await.unwrap();
    assert!(matches!(admitted.grant, Some(Grant::Client(_))), "{admitted:?}");
    assert_eq!(service.issuer.revoked(&admitted).await.unwrap(), None);
    service
        .administrator()
        .await
        .delete(&format!("/v2/clients/{}", credentials.id))
        .await
        .expect(StatusCode::OK);
    assert_eq!(service.issuer.revoked(&admitted).await.unwrap(), Some(Revoked::ClientRevoked));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_nobody_knows_of_is_over() {
    let (service, session) = service().await;
    service.user(ADA, &["observer"]).await;
    let (_, _, admitted) = ada(&service, &session).await;
    let unknown =
        Admitted { grant: Some(Grant::SignIn(uuid::Uuid::from_u128(4).into())), ..admitted.clone() };
    assert_eq!(service.issuer.revoked(&unknown).await.unwrap(), Some(Revoked::SignInEnded));
    let foreign = Admitted { grant: None, ..admitted };
    assert_eq!(service.issuer.revoked(&foreign).await.unwrap(), None);
}
