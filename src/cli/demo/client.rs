//! A small client of the service's HTTP API: every call has a time-out and an idempotency key, every error names the request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acta_services::RequestToProve;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cli::dpop::Holder;

const TIME_OUT: Duration = Duration::from_secs(30);
const POSITION: &str = "acta-position";

/// The service as everybody in the demo reaches it.
#[derive(Debug, Clone)]
pub(super) struct Api {
    http: reqwest::Client,
    url: Arc<str>,
    /// The last position that anybody was told of; whoever reads asks to see at least that.
    seen: Arc<AtomicU64>,
}

/// Somebody who calls the service, with a token and a key of their own.
#[derive(Debug, Clone)]
pub(super) struct Client {
    api: Api,
    name: Arc<str>,
    pass: Option<Arc<Pass>>,
    sent: Arc<AtomicU64>,
}

/// A token, and the key that it is bound to.
#[derive(Debug)]
pub(super) struct Pass {
    pub(super) token: String,
    pub(super) holder: Holder,
}

/// Why a call did not give what it should.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// There was no answer, or not all of it.
    #[error("{request} got no answer")]
    NoAnswer {
        request: String,
        #[source]
        source: reqwest::Error,
    },
    /// The service said no.
    #[error("{request} was refused: {problem}")]
    Refused { request: String, problem: Problem },
    /// The answer is not what the API promises.
    #[error("{request} got an answer that is not what the API promises")]
    Unreadable {
        request: String,
        #[source]
        source: serde_json::Error,
    },
    /// The service said yes where it must say no.
    #[error("{request} was accepted and should have been refused as {expected}")]
    NotRefused { request: String, expected: &'static str },
    /// The service did not recognise a request that it had seen before.
    #[error("{request} was sent twice and recorded twice")]
    NotRecognised { request: String },
}

/// A problem document (RFC 9457).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Problem {
    /// What kind, as a URN.
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    /// The kind in words.
    #[serde(default)]
    pub(super) title: String,
    /// The HTTP status.
    #[serde(default)]
    pub(super) status: u16,
    /// What is wrong this time.
    #[serde(default)]
    pub(super) detail: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({}, {})", self.status, self.title, self.detail, self.kind)
    }
}

/// A file that was downloaded.
#[derive(Debug, Clone)]
pub(super) struct Download {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    headers: HeaderMap,
}

impl Download {
    /// A header that came with it, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Api {
    /// The service at `url`.
    pub(super) fn at(url: &str) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().timeout(TIME_OUT).no_proxy().build()?;
        Ok(Self { http, url: url.into(), seen: Arc::default() })
    }

    /// Somebody with a token.
    pub(super) fn client(&self, name: &str, pass: Pass) -> Client {
        Client { pass: Some(pass.into()), ..self.stranger(name) }
    }

    /// Somebody without one.
    pub(super) fn stranger(&self, name: &str) -> Client {
        Client { api: self.clone(), name: name.into(), pass: None, sent: Arc::default() }
    }
}

impl Client {
    /// Sends a command without a body.
    pub(super) async fn tell<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        self.write(Method::POST, path, None).await
    }

    /// Sends a command.
    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, CallError> {
        self.write(Method::POST, path, Some(body)).await
    }

    /// Deletes something.
    pub(super) async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        self.write(Method::DELETE, path, None).await
    }

    /// Sends a command that must be refused with the problem `expected`, and gives the problem.
    pub(super) async fn post_in_vain(
        &self,
        path: &str,
        body: Option<&Value>,
        expected: &'static str,
    ) -> Result<Problem, CallError> {
        match self.write::<Value>(Method::POST, path, body).await {
            Err(CallError::Refused { problem, .. }) if problem.kind.ends_with(&format!(":{expected}")) => {
                Ok(problem)
            }
            Err(error) => Err(error),
            Ok(_) => Err(CallError::NotRefused { request: named(&Method::POST, path), expected }),
        }
    }

    /// Sends a command twice, as a client does that did not hear the answer; it must be done once.
    pub(super) async fn post_twice<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, CallError> {
        let (request, key) = (named(&Method::POST, path), self.next_key());
        let send = || self.sending(Method::POST, path).header("idempotency-key", &key).json(body);
        let first = self.answer(&request, send()).await?;
        let again = self.answer(&request, send()).await?;
        let known = again.headers().get("idempotent-replayed").is_some_and(|value| value == "true");
        if !known || first.headers().get(POSITION) != again.headers().get(POSITION) {
            return Err(CallError::NotRecognised { request });
        }
        json(request, first).await
    }

    /// Reads something, no older than what anybody was told of.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        let request = named(&Method::GET, path);
        let answer = self.answer(&request, self.reading(path)).await?;
        json(request, answer).await
    }

    /// Downloads a file of the media type `media`.
    pub(super) async fn download(&self, path: &str, media: &str) -> Result<Download, CallError> {
        let request = named(&Method::GET, path);
        let answer = self.answer(&request, self.reading(path).header(ACCEPT, media)).await?;
        let headers = answer.headers().clone();
        Ok(Download { bytes: bytes(&request, answer).await?, headers })
    }

    async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, CallError> {
        let request = named(&method, path);
        let sending = self.sending(method, path).header("idempotency-key", self.next_key());
        let sending = match body {
            Some(body) => sending.json(body),
            None => sending,
        };
        json(request.clone(), self.answer(&request, sending).await?).await
    }

    fn next_key(&self) -> String {
        format!("{}-{}", self.name, self.sent.fetch_add(1, Ordering::Relaxed))
    }

    fn reading(&self, path: &str) -> RequestBuilder {
        let seen = self.api.seen.load(Ordering::Relaxed);
        self.sending(Method::GET, path).header("acta-at-least", seen)
    }

    fn sending(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.api.url);
        let proof = self.pass.as_ref().map(|pass| (pass, pass.prove(&method, &url)));
        let sending = self.api.http.request(method, url);
        match proof {
            Some((pass, proof)) => {
                sending.header(AUTHORIZATION, format!("DPoP {}", pass.token)).header("dpop", proof)
            }
            None => sending,
        }
    }

    async fn answer(&self, request: &str, sending: RequestBuilder) -> Result<Response, CallError> {
        let answer = sending.send().await.map_err(|source| no_answer(request, source))?;
        if !answer.status().is_success() {
            let (request, status) = (request.to_owned(), answer.status());
            let body = bytes(&request, answer).await?;
            return Err(CallError::Refused { request, problem: problem(status, &body) });
        }
        let position = answer.headers().get(POSITION).and_then(|value| value.to_str().ok()?.parse().ok());
        self.api.seen.fetch_max(position.unwrap_or(0), Ordering::Relaxed);
        Ok(answer)
    }
}

impl Pass {
    /// The proof that goes with one request (RFC 9449).
    fn prove(&self, method: &Method, url: &str) -> String {
        let request = RequestToProve { method: method.as_str(), url, token: Some(&self.token), nonce: None };
        self.holder.prove(&request)
    }
}

fn named(method: &Method, path: &str) -> String {
    format!("{method} {path}")
}

fn no_answer(request: &str, source: reqwest::Error) -> CallError {
    CallError::NoAnswer { request: request.to_owned(), source: source.without_url() }
}

async fn bytes(request: &str, answer: Response) -> Result<Vec<u8>, CallError> {
    let bytes = answer.bytes().await.map_err(|source| no_answer(request, source))?;
    Ok(bytes.into())
}

async fn json<T: DeserializeOwned>(request: String, answer: Response) -> Result<T, CallError> {
    let body = bytes(&request, answer).await?;
    serde_json::from_slice(&body).map_err(|source| CallError::Unreadable { request, source })
}

/// The problem in `body`; where there is none, at least its status.
fn problem(status: StatusCode, body: &[u8]) -> Problem {
    serde_json::from_slice(body).unwrap_or_else(|_| Problem {
        kind: "no problem document".to_owned(),
        title: status.canonical_reason().unwrap_or("Refused").to_owned(),
        status: status.as_u16(),
        detail: String::from_utf8_lossy(body).chars().take(200).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_document_is_shown_with_its_status_its_words_and_its_type() {
        let body = br#"{"type":"urn:acta:problem:person-muted","title":"The person is muted","status":409,"detail":"x"}"#;
        let problem = problem(StatusCode::CONFLICT, body);
        assert_eq!(problem.to_string(), "409 The person is muted (x, urn:acta:problem:person-muted)");
    }

    #[test]
    fn an_answer_that_is_no_problem_document_still_says_what_it_was() {
        assert_eq!(
            problem(StatusCode::BAD_GATEWAY, b"<html>").to_string(),
            "502 Bad Gateway (<html>, no problem document)"
        );
    }
}
