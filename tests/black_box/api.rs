//! A client of the HTTP API, as anybody would write one.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// A client with one token, or none.
#[derive(Clone)]
pub(crate) struct Api {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
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
    pub(crate) fn new(base: &str, token: Option<String>) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(40)).build().unwrap();
        Self { http, base: base.to_owned(), token }
    }

    /// The same client with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same client of the instance at `base`.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// Where the service answers.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().expect("this client has a token")
    }

    /// A request, to be given headers and a body. `path` is below `/api/v1` unless it begins with `//`.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path
            .strip_prefix('/')
            .filter(|path| path.starts_with('/'))
            .map_or_else(|| format!("/api/v1{path}"), str::to_owned);
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
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

/// Sends a request that must be answered, whatever the answer.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    try_send(request).await.expect("the service answers")
}

/// Sends a request that may be lost on the way.
pub(crate) async fn try_send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let (client, request) = request.build_split();
    let request = request?;
    let what = format!("{} {}", request.method(), request.url().path());
    let response = client.execute(request).await?;
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
