//! What the issuer publishes.

use axum::http::StatusCode;
use serde_json::json;

use crate::service::Service;

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_tokens_are_published() {
    let service = Service::start().await;
    let keys = service.somebody().get("/v2/.well-known/jwks.json").await.expect(StatusCode::OK);
    assert_eq!(keys.header("cache-control"), "public, max-age=300");
    let keys = keys.json()["keys"].clone();
    assert_eq!((&keys[0]["kty"], &keys[0]["alg"]), (&json!("RSA"), &json!("RS256")));
    assert!(keys[0].get("d").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_issuer_can_do_is_published() {
    let service = Service::start().await;
    let metadata =
        service.somebody().get("/.well-known/oauth-authorization-server").await.expect(StatusCode::OK).json();
    assert_eq!(metadata["issuer"], "https://acta.example");
    assert_eq!(metadata["token_endpoint"], "https://acta.example/oauth/token");
    assert_eq!(metadata["jwks_uri"], "https://acta.example/v2/.well-known/jwks.json");
    assert_eq!(metadata["grant_types_supported"], json!(["client_credentials"]));
    assert_eq!(metadata["dpop_signing_alg_values_supported"], json!(["ES256", "EdDSA", "RS256"]));
}
