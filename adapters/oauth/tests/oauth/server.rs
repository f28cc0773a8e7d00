//! An HTTP server of keys that answers as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What is answered on `/keys`; elsewhere nothing is found, but metadata where there is some.
#[derive(Clone)]
pub(crate) enum Answer {
    Keys(Vec<Value>),
    Text(String),
    Status(StatusCode),
    Redirect(String),
    /// It takes the request and never answers.
    Silence,
}

struct Behaviour {
    answer: Answer,
    max_age: u32,
    /// Where metadata is, and what it says.
    metadata: Option<(String, Value)>,
}

struct Shared {
    behaviour: Mutex<Behaviour>,
    requests: watch::Sender<usize>,
}

/// A server of keys on the loopback.
pub(crate) struct KeyServer {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

impl KeyServer {
    pub(crate) async fn start(answer: Answer) -> Self {
        let behaviour = Mutex::new(Behaviour { answer, max_age: 600, metadata: None });
        let shared = Arc::new(Shared { behaviour, requests: watch::Sender::new(0) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answered).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// From now on this is the answer.
    pub(crate) fn answer(&self, answer: Answer) {
        self.shared.behaviour.lock().unwrap().answer = answer;
    }

    /// From now on there is metadata at `path` that says that the keys of `issuer` are here.
    pub(crate) fn publish_metadata(&self, path: &str, issuer: &str) {
        let metadata = json!({ "issuer": issuer, "jwks_uri": self.url("/keys") });
        self.shared.behaviour.lock().unwrap().metadata = Some((path.to_owned(), metadata));
    }

    /// How often the keys were asked for.
    pub(crate) fn requests(&self) -> usize {
        *self.shared.requests.borrow()
    }

    /// Waits until the keys were asked for so often.
    pub(crate) async fn has_been_asked(&self, times: usize) {
        self.shared.requests.subscribe().wait_for(|requests| *requests >= times).await.unwrap();
    }
}

async fn answered(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let (answer, max_age, metadata) = {
        let behaviour = shared.behaviour.lock().unwrap();
        (behaviour.answer.clone(), behaviour.max_age, behaviour.metadata.clone())
    };
    match metadata {
        Some((path, metadata)) if path == uri.path() => return metadata.to_string().into_response(),
        _ if uri.path() != "/keys" => return StatusCode::NOT_FOUND.into_response(),
        _ => {}
    }
    shared.requests.send_modify(|requests| *requests += 1);
    let cached = [(header::CACHE_CONTROL, format!("public, max-age={max_age}"))];
    match answer {
        Answer::Keys(keys) => (cached, json!({ "keys": keys }).to_string()).into_response(),
        Answer::Text(text) => (cached, text).into_response(),
        Answer::Status(status) => status.into_response(),
        Answer::Redirect(to) => Redirect::temporary(&to).into_response(),
        Answer::Silence => std::future::pending().await,
    }
}
