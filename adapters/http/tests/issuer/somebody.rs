//! Somebody who uses the service.

use acta_application::access::Admitted;
use acta_application::clock::Clock as _;
use acta_proof::key::SigningKey;
use acta_services::{HolderKey, RequestToProve};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use bytes::Bytes;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::service::{ISSUER, Service};

/// Somebody with a key, and a token if they are signed in.
pub(crate) struct Somebody<'a> {
    service: &'a Service,
    key: HolderKey,
    pub(crate) token: Option<String>,
}

impl<'a> Somebody<'a> {
    /// Somebody who is not signed in, with a key of their own.
    pub(crate) fn of(service: &'a Service) -> Self {
        let seed = [service.next().to_le_bytes(); 4].concat().try_into().unwrap();
        Self { service, key: HolderKey::new(SigningKey::from_seed(&seed)), token: None }
    }

    /// Signs in with a proof, and keeps the token.
    pub(crate) async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        let body = json!({ "login": login, "password": password });
        let answer = self.send(Method::POST, "/v2/login", body, true, &[]).await;
        if answer.status == StatusCode::OK {
            self.token = Some(answer.json()["access_token"].as_str().unwrap().to_owned());
        }
        answer
    }

    /// Renews with a proof, and keeps the token.
    pub(crate) async fn refresh(&mut self, refresh_token: &str) -> Answer {
        let body = json!({ "refresh_token": refresh_token });
        self.token = None;
        let answer = self.send(Method::POST, "/v2/refresh", body, true, &[]).await;
        if answer.status == StatusCode::OK {
            self.token = Some(answer.json()["access_token"].as_str().unwrap().to_owned());
        }
        answer
    }

    /// Sends a request, with the token if there is one, and with a proof if `proven`; a body of `null` is none.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Value,
        proven: bool,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method.clone()).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("DPoP {token}"));
        }
        if proven {
            request = request.header("dpop", self.proof(&method, path));
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        };
        self.raw(request.body(body).unwrap()).await
    }

    /// A proof for a request, made now.
    pub(crate) fn proof(&self, method: &Method, path: &str) -> String {
        let url = format!("{ISSUER}{path}");
        let request =
            RequestToProve { method: method.as_str(), url: &url, token: self.token.as_deref(), nonce: None };
        self.key.prove(&request, self.service.clock.now(), Uuid::from_u64_pair(1, self.service.next()))
    }

    /// Knocks at the room of `session`: who they are let in as.
    pub(crate) async fn knock(&self, session: &str) -> Option<Admitted> {
        let path = format!("/api/v1/sessions/{session}/live");
        let request = Request::get(&path)
            .header("authorization", format!("DPoP {}", self.token.as_deref().unwrap()))
            .header("dpop", self.proof(&Method::GET, &path))
            .body(Body::empty());
        let response = self.service.router.clone().oneshot(request.unwrap()).await.unwrap();
        response.extensions().get().cloned()
    }

    pub(crate) async fn raw(&self, request: Request<Body>) -> Answer {
        let response = self.service.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body, true, &[]).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, body, true, &[]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Value::Null, true, &[]).await
    }

    /// Reads what everything written so far has led to.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let head = self.service.head().to_string();
        self.send(Method::GET, path, Value::Null, self.token.is_some(), &[("acta-at-least", &head)]).await
    }

    /// What the token permits.
    pub(crate) async fn permissions(&self) -> Vec<String> {
        let me = self.get("/v2/me").await.expect(StatusCode::OK).json();
        me["permissions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }

    #[track_caller]
    pub(crate) fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// Checks that it is a problem document of this kind.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, slug: &str) {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{text}");
        assert_eq!(self.json()["type"], format!("urn:acta:problem:{slug}"), "{text}");
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The refresh token in its cookie.
    #[track_caller]
    pub(crate) fn refresh_token(&self) -> String {
        let cookie = self.header("set-cookie").strip_prefix("acta_refresh=").unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}
