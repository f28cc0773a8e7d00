//! Users of the built-in issuer, and how they sign in.

use std::net::IpAddr;
use std::time::Duration;

use acta_services::RequestToProve;
use serde_json::{Value, json};
use uuid::Uuid;

use reqwest::Method;

use crate::api::{Answer, Api, send};
use crate::meeting::any_id;
use crate::pass::now;

/// The password of those who have one.
pub(super) const PASSWORD: &str = "twelve green bottles";

/// Has `administrator` create a user with these roles, who signs in as `login`; gives their id.
pub(super) async fn user(administrator: &Api, login: &str, roles: &[&str]) -> Uuid {
    let body = json!({ "login": login, "password": PASSWORD, "roles": roles });
    administrator.post("//v2/users", &body).await.expect(201).member("user_id").parse().unwrap()
}

/// What somebody types.
pub(super) fn typed(tenant: Uuid, login: &str, password: &str) -> Value {
    json!({ "tenant_id": tenant, "login": login, "password": password })
}

/// A client without a token that comes from `address` of this machine.
pub(super) fn from(address: impl Into<IpAddr>, base: &str) -> Api {
    let http = reqwest::Client::builder().local_address(address.into()).timeout(Duration::from_mins(1));
    Api::by(http.build().unwrap(), base)
}

/// Signs in with a proof that the key of `holder` is held, and gives `holder` with the token that is bound to it.
pub(super) async fn signed_in(holder: &Api, login: &str, password: &str) -> Api {
    let answer = sign_in(holder, login, password).await.expect(200);
    assert_eq!(answer.member("token_type"), "DPoP");
    holder.with_token(&answer.member("access_token"))
}

/// What the service answers to somebody who signs in with the key of `holder`, in the tenant of `holder`.
pub(super) async fn sign_in(holder: &Api, login: &str, password: &str) -> Answer {
    let stranger = Api::new(holder.base(), None);
    let proof = proof_without_token(holder, "//v2/login");
    let request = stranger.request(Method::POST, "//v2/login").header("DPoP", proof);
    send(request.json(&typed(holder.pass().tenant(), login, password))).await
}

/// A proof for a POST to `path`, where a token is asked for.
pub(super) fn proof_without_token(holder: &Api, path: &str) -> String {
    let url = holder.url(path);
    let request = RequestToProve { method: "POST", url: &url, token: None, nonce: None };
    holder.pass().key().prove(&request, now(), any_id())
}
