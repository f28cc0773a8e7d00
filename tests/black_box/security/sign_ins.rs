//! A sign-in from its beginning to its end: the refresh token is a cookie that is good once, and the record tells what became of it.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::sign_in::{PASSWORD, proof_without_token, sign_in, user};
use crate::api::{Answer, Api, send};
use crate::folder::Folder;
use crate::meeting::{any_id, feed, session_called};
use crate::service::Service;

const LOGIN: &str = "ada@example.org";

/// Ada, a user with these roles, and who administers her.
struct Ada {
    administrator: Api,
    user: Uuid,
}

impl Ada {
    async fn with(service: &Service, roles: &[&str]) -> Self {
        let administrator = service.administrator(any_id()).await;
        let user = user(&administrator, LOGIN, roles).await;
        Self { administrator, user }
    }

    async fn signs_in(&self) -> Answer {
        sign_in(&self.administrator, LOGIN, PASSWORD).await
    }

    /// Shows the cookie at `path`, with a proof by the key of `holder`.
    async fn shows(&self, holder: &Api, cookie: &str, path: &str) -> Answer {
        let request = Api::new(holder.base(), None).request(Method::POST, path).header("Cookie", cookie);
        send(request.header("DPoP", proof_without_token(holder, path))).await
    }

    async fn refreshes(&self, cookie: &str) -> Answer {
        self.shows(&self.administrator, cookie, "//v2/refresh").await
    }

    /// Her client, with the access token that was just given.
    fn client(&self, given: &Answer) -> Api {
        self.administrator.with_token(&given.member("access_token"))
    }

    /// The types of all events in the register that are about sign-ins, in order.
    async fn told(&self) -> Vec<String> {
        let kind = |event: &Value| event["type"].as_str().unwrap().to_owned();
        let all = feed(&self.administrator).await;
        all.iter().map(kind).filter(|kind| kind.starts_with("sign-in.")).collect()
    }
}

/// The cookie that an answer gives, as it is sent back.
#[track_caller]
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie");
    let attributes = ["; HttpOnly", "; SameSite=Strict", "; Path=/v2", "; Secure"];
    assert!(attributes.iter().all(|one| set.contains(one)), "{set}");
    assert_eq!(answer.header("cache-control"), "no-store");
    set.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_shown_again_it_ends_the_sign_in() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let ada = Ada::with(&service, &["chair"]).await;
    let first = cookie(&ada.signs_in().await.expect(200));
    let renewed = ada.refreshes(&first).await.expect(200);
    ada.client(&renewed).post("/sessions", &session_called("General meeting")).await.expect(201);
    let second = cookie(&renewed);
    ada.refreshes(&first).await.problem(401, "refresh-reused");
    let over = ada.refreshes(&second).await.expect(401);
    assert!(over.member("type").contains("refresh-"), "whoever stole it is out, too: {}", over.text());
    let told = ada.told().await;
    assert_eq!(told[..3], ["sign-in.started.v1", "sign-in.renewed.v1", "sign-in.reuse-detected.v1"]);
    service.stop().await;
}

#[tokio::test]
async fn a_refresh_token_is_worth_nothing_without_its_key_or_altered() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let ada = Ada::with(&service, &["chair"]).await;
    let cookie = cookie(&ada.signs_in().await.expect(200));
    let thief = service.administrator(any_id()).await;
    ada.shows(&thief, &cookie, "//v2/refresh").await.problem(401, "refresh-refused");
    let bare = Api::new(service.url(), None).request(Method::POST, "//v2/refresh").header("Cookie", &cookie);
    send(bare).await.problem(401, "refresh-refused");
    let last = if cookie.ends_with('A') { 'B' } else { 'A' };
    let altered = format!("{}{last}", &cookie[..cookie.len() - 1]);
    ada.refreshes(&altered).await.problem(401, "refresh-refused");
    ada.refreshes(&cookie).await.expect(200);
    service.stop().await;
}

#[tokio::test]
async fn what_a_user_may_changes_with_the_next_token_and_ends_when_they_are_disabled() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let ada = Ada::with(&service, &["observer"]).await;
    let session = session_called("General meeting");
    let given = ada.signs_in().await.expect(200);
    ada.client(&given).post("/sessions", &session).await.problem(403, "permission-needed");
    let path = |rest: &str| format!("//v2/users/{}/{rest}", ada.user);
    send(ada.administrator.request(Method::PUT, &path("roles/chair"))).await.ok();
    let given = ada.refreshes(&cookie(&given)).await.expect(200);
    ada.client(&given).post("/sessions", &session).await.expect(201);
    let removal = ada.administrator.request(Method::PUT, &path("permissions/sessions:manage"));
    send(removal.json(&json!({ "effect": "remove" }))).await.ok();
    let given = ada.refreshes(&cookie(&given)).await.expect(200);
    ada.client(&given).post("/sessions", &session).await.problem(403, "permission-needed");
    ada.administrator.act(&path("disable")).await.ok();
    ada.refreshes(&cookie(&given)).await.expect(401);
    ada.signs_in().await.problem(401, "login-refused");
    ada.administrator.act(&path("enable")).await.ok();
    ada.signs_in().await.expect(200);
    service.stop().await;
}

#[tokio::test]
async fn whoever_signs_out_is_out() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let ada = Ada::with(&service, &["chair"]).await;
    let cookie = cookie(&ada.signs_in().await.expect(200));
    let out = ada.shows(&ada.administrator, &cookie, "//v2/logout").await.ok();
    assert!(out.header("set-cookie").starts_with("acta_refresh=;"), "{}", out.header("set-cookie"));
    ada.refreshes(&cookie).await.expect(401);
    assert_eq!(ada.told().await, ["sign-in.started.v1", "sign-in.ended.v1"]);
    service.stop().await;
}

#[tokio::test]
async fn nobody_gives_others_more_than_they_have() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let tenant = any_id();
    let administrator = service.administrator(tenant).await;
    let clerk = json!({ "name": "clerk", "permissions": ["users:manage", "sessions:read"] });
    administrator.post("//v2/roles", &clerk).await.ok();
    user(&administrator, "clerk@example.org", &["clerk"]).await;
    let given = sign_in(&administrator, "clerk@example.org", PASSWORD).await.expect(200);
    let clerk = administrator.with_token(&given.member("access_token"));
    let other = user(&clerk, LOGIN, &["observer"]).await;
    let grant = clerk.request(Method::PUT, &format!("//v2/users/{other}/roles/chair"));
    send(grant).await.problem(403, "grants-more-than-held");
    let wide = json!({ "name": "wide", "permissions": ["persons:erase"] });
    clerk.post("//v2/roles", &wide).await.problem(403, "grants-more-than-held");
    let client = json!({ "name": "scheduler", "roles": ["service"] });
    clerk.post("//v2/clients", &client).await.problem(403, "grants-more-than-held");
    service.stop().await;
}
