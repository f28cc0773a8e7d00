//! One request and its answer, with what goes wrong between them.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use futures::{StreamExt as _, stream};
use hyper::Request;
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::part::Part;
use crate::{Answer, Fault, Received, Switches};

/// The longest body that is read.
const LONGEST: usize = 64 << 20;
/// How much of a huge body is sent at a time.
const PIECE: usize = 64 << 10;
/// How long half an answer has for its way.
const BEFORE_THE_CUT: Duration = Duration::from_millis(50);
/// Where a redirect leads.
const ELSEWHERE: &str = "/elsewhere";

/// The connection is closed without an answer.
#[derive(Debug)]
pub(super) struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

/// A part, its faults, and what it answered to whom.
pub(super) struct Exchange<P> {
    part: Arc<P>,
    switches: Switches,
    /// By path and idempotency key: what was done once is not done again.
    done: Mutex<HashMap<(String, String), Answer>>,
}

impl<P: Part> Exchange<P> {
    pub(super) fn new(part: Arc<P>, switches: Switches) -> Self {
        Self { part, switches, done: Mutex::default() }
    }

    pub(super) const fn switches(&self) -> &Switches {
        &self.switches
    }

    /// Reads a request whole, and answers it as the fault of the moment has it.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Result<Response, Cut> {
        let request = read(request).await?;
        self.switches.note(&request);
        tokio::time::sleep(self.switches.own_time()).await;
        match self.switches.fault() {
            Fault::Slow(long) => {
                tokio::time::sleep(long).await;
                Ok(sent(&self.done_once(&request)))
            }
            Fault::StatusTimes(status, _) if self.switches.take_failure() => Ok(failed(status)),
            Fault::Status(status) => Ok(failed(status)),
            Fault::TooMany { retry_after } => Ok(too_many(retry_after)),
            Fault::Cut | Fault::Refuse => Err(Cut),
            Fault::AnswerLost => {
                self.done_once(&request);
                Err(Cut)
            }
            Fault::CutMidBody => Ok(cut_in_the_middle(&self.done_once(&request))),
            Fault::WrongJson => Ok(respond(200, Body::from("{\"valid\": tru"))),
            Fault::WrongForm => Ok(sent(&Answer::ok(json!("an answer to something else")))),
            Fault::Huge(bytes) => Ok(huge(bytes)),
            Fault::Redirect if request.path != ELSEWHERE => Ok(redirected()),
            Fault::None | Fault::WrongCertificate | Fault::StatusTimes(..) | Fault::Redirect => {
                Ok(sent(&self.done_once(&request)))
            }
        }
    }

    /// What the part answers; what was done under an idempotency key is answered again, and not done again.
    fn done_once(&self, request: &Received) -> Answer {
        let Some(key) = request.header("idempotency-key") else { return self.part.answer(request) };
        let of = (request.path.clone(), key.to_owned());
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = done.get(&of) {
            return answer.clone();
        }
        let answer = self.part.answer(request);
        if answer.is_success() {
            done.insert(of, answer.clone());
        }
        answer
    }
}

async fn read(request: Request<Incoming>) -> Result<Received, Cut> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(Body::new(body), LONGEST).await.map_err(|_| Cut)?.to_vec();
    let (method, path) = (head.method.to_string(), head.uri.path().to_owned());
    Ok(Received { at: Instant::now(), method, path, headers: headers(&head.headers), body })
}

fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    map.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

fn respond(status: u16, body: Body) -> Response {
    let status = StatusCode::from_u16(status).expect("a fault's status is one of HTTP");
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    response.body(body).expect("these headers are good")
}

fn sent(answer: &Answer) -> Response {
    let body = if answer.body == Value::Null { Body::empty() } else { Body::from(answer.body.to_string()) };
    respond(answer.status, body)
}

fn failed(status: u16) -> Response {
    sent(&Answer::error(status, "this fault was switched on"))
}

fn too_many(retry_after: Option<u32>) -> Response {
    let mut response = failed(429);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn redirected() -> Response {
    let mut response = failed(307);
    response.headers_mut().insert(header::LOCATION, header::HeaderValue::from_static(ELSEWHERE));
    response
}

/// The first half of an answer, whose whole length was announced.
fn cut_in_the_middle(answer: &Answer) -> Response {
    let text = answer.body.to_string();
    let half = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
    let cut = async {
        // The half is on its way by then.
        tokio::time::sleep(BEFORE_THE_CUT).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    };
    let pieces = stream::iter([Ok(half)]).chain(stream::once(cut));
    let mut response = respond(answer.status, Body::from_stream(pieces));
    response.headers_mut().insert(header::CONTENT_LENGTH, text.len().into());
    response
}

/// `["aaaa…` of so many bytes, without end.
fn huge(bytes: u64) -> Response {
    let begin = Bytes::from_static(b"[\"");
    let pieces = usize::try_from(bytes / PIECE as u64).unwrap_or(usize::MAX);
    let piece = Bytes::from(vec![b'a'; PIECE]);
    let rest = std::iter::repeat_n(piece, pieces).chain([Bytes::from_static(b"\"]")]);
    let all = std::iter::once(begin).chain(rest).map(Ok::<_, io::Error>);
    respond(200, Body::from_stream(stream::iter(all)))
}
