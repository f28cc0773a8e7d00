//! A client of the HTTP API, as anybody would write one.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Body, Method, Request, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use crate::pass::Pass;

/// A client with one token and the key that it is bound to, or none.
#[derive(Clone)]
pub(crate) struct Api {
    http: reqwest::Client,
    base: String,
    pass: Option<Arc<Pass>>,
}

/// A request that is about to be sent; what lets it in is made when it is.
#[must_use]
pub(crate) struct Call {
    what: String,
    http: RequestBuilder,
    pass: Option<Arc<Pass>>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) what: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Api {
    pub(crate) fn new(base: &str, pass: Option<Pass>) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(40)).build().unwrap();
        Self { http, base: base.to_owned(), pass: pass.map(Arc::new) }
    }

    /// One without a token that sends what it sends by `http`.
    pub(crate) fn by(http: reqwest::Client, base: &str) -> Self {
        Self { http, base: base.to_owned(), pass: None }
    }

    /// The same client, and the same key, with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { pass: Some(Arc::new(self.pass().with_token(token))), ..self.clone() }
    }

    /// The same client of the instance at `base`.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// Where the service answers.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// What lets it in.
    pub(crate) fn pass(&self) -> &Pass {
        self.pass.as_ref().expect("this client has a token")
    }

    /// Where `path` is: below `/api/v1` unless it begins with `//`.
    pub(crate) fn url(&self, path: &str) -> String {
        match path.strip_prefix('/') {
            Some(rooted) if rooted.starts_with('/') => format!("{}{rooted}", self.base),
            _ => format!("{}/api/v1{path}", self.base),
        }
    }

    /// A request, to be given headers and a body.
    pub(crate) fn request(&self, method: Method, path: &str) -> Call {
        let what = format!("{method} {path}");
        Call { what, http: self.http.request(method, self.url(path)), pass: self.pass.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    /// What `path` answers with `Accept: accept`.
    pub(crate) async fn get_as(&self, path: &str, accept: &str) -> Answer {
        send(self.request(Method::GET, path).header("Accept", accept)).await
    }

    /// What the view at `path` says once it reflects `position`.
    pub(crate) async fn get_at(&self, path: &str, position: u64) -> Answer {
        send(self.request(Method::GET, path).header("Acta-At-Least", position)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).json(body)).await
    }

    /// A command under an idempotency key.
    pub(crate) async fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        send(self.request(Method::POST, path).header("Idempotency-Key", key).json(body)).await
    }

    /// A command without a body.
    pub(crate) async fn act(&self, path: &str) -> Answer {
        send(self.request(Method::POST, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }
}

impl Call {
    pub(crate) fn header(self, name: impl TryInto<HeaderName>, value: impl Display) -> Self {
        let name = name.try_into().unwrap_or_else(|_| panic!("no name of a header"));
        Self { http: self.http.header(name, value.to_string()), ..self }
    }

    pub(crate) fn body(self, body: impl Into<Body>) -> Self {
        Self { http: self.http.body(body), ..self }
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        Self { http: self.http.json(body), ..self }
    }

    /// Sends it, and once more if the service wants a nonce in the proof (RFC 9449 §8); the answer's body is not read yet.
    pub(crate) async fn send(self) -> reqwest::Result<Response> {
        let (client, request) = self.http.build_split();
        let (mut request, pass) = (request?, self.pass.as_deref());
        let again = request.try_clone();
        let_in(&mut request, pass, None);
        let response = client.execute(request).await?;
        match (wanted_nonce(&response), again) {
            (Some(nonce), Some(mut again)) => {
                let_in(&mut again, pass, Some(&nonce));
                client.execute(again).await
            }
            _ => Ok(response),
        }
    }
}

/// Adds what lets the request in.
fn let_in(request: &mut Request, pass: Option<&Pass>, nonce: Option<&str>) {
    let Some(pass) = pass else { return };
    let headers = pass.headers(request.method().as_str(), request.url().as_str(), nonce);
    request.headers_mut().extend(headers);
}

/// The nonce without which the request was refused.
fn wanted_nonce(response: &Response) -> Option<String> {
    let header = |name: HeaderName| response.headers().get(name)?.to_str().ok();
    let why = header(WWW_AUTHENTICATE)?;
    let is_wanted = response.status() == StatusCode::UNAUTHORIZED && why.contains("use_dpop_nonce");
    header(HeaderName::from_static("dpop-nonce")).filter(|_| is_wanted).map(str::to_owned)
}

/// Sends a request that must be answered, whatever the answer.
pub(crate) async fn send(call: Call) -> Answer {
    try_send(call).await.expect("the service answers")
}

/// Sends a request that may be lost on the way.
pub(crate) async fn try_send(call: Call) -> reqwest::Result<Answer> {
    let what = call.what.clone();
    let response = call.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.bytes().await?.to_vec();
    Ok(Answer { what, status, headers, body })
}

impl Answer {
    /// The answer, which must have this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text());
        self
    }

    /// The answer, which must be a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "{} gave {}: {}", self.what, self.status, self.text());
        self
    }

    /// The answer, which must be the problem `slug`.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, slug: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.what);
        let problem = answer.json();
        assert_eq!(problem["type"], format!("urn:acta:problem:{slug}"), "{}: {problem}", answer.what);
        assert_eq!(problem["status"], status, "{}", answer.what);
        answer
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} is not JSON: {}", self.what, self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let name: HeaderName = name.parse().unwrap();
        self.headers.get(name).map(HeaderValue::to_str).transpose().unwrap().unwrap_or_default()
    }

    /// The position that the answer reflects, or that was written.
    #[track_caller]
    pub(crate) fn position(&self) -> u64 {
        let text = self.header("acta-position");
        text.parse().unwrap_or_else(|_| panic!("{} names no position: {}", self.what, self.text()))
    }

    /// A text member of the body.
    #[track_caller]
    pub(crate) fn member(&self, name: &str) -> String {
        let json = self.json();
        json[name].as_str().unwrap_or_else(|| panic!("{} gives no {name}: {json}", self.what)).to_owned()
    }
}
