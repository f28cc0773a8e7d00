//! What comes to `/socket.io/`: requests of the engine, and wires that it takes over.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_TYPE, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use socketioxide::service::SocketIoService;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_util::task::TaskTracker;
use tower::{Service as _, ServiceExt as _};

use super::line::Line;

/// The engine behind `/socket.io/`.
#[derive(Clone)]
pub(super) struct Engine {
    pub(super) service: SocketIoService<Router>,
    pub(super) tasks: TaskTracker,
    /// How long nothing may go through a wire that something is written to.
    pub(super) patience: Duration,
}

/// Answers a request of the engine.
pub(super) async fn answer(State(engine): State<Engine>, mut request: Request) -> Response {
    match wire_of(&mut request) {
        Some((key, upgrade)) => engine.take_over(&key, upgrade, &request),
        None => engine.pass_on(request).await,
    }
}

/// The key and the wire of a request for a WebSocket.
fn wire_of(request: &mut Request) -> Option<(HeaderValue, OnUpgrade)> {
    let query = request.uri().query()?;
    let is_websocket = query.split('&').any(|pair| pair == "transport=websocket");
    let is_of_the_engine = query.split('&').any(|pair| pair == "EIO=4");
    if !(is_websocket && is_of_the_engine && request.method() == Method::GET) {
        return None;
    }
    let key = request.headers().get(SEC_WEBSOCKET_KEY)?.clone();
    Some((key, request.extensions_mut().remove()?))
}

impl Engine {
    /// Takes the wire over once the answer is on it; of the request, only what it asks for is kept.
    fn take_over(self, key: &HeaderValue, upgrade: OnUpgrade, request: &Request) -> Response {
        let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes()));
        let accept = accept.expect("base64 can be sent in a header");
        let (line, patience) = (Line::new(), self.patience);
        let mut kept = axum::http::Request::new(());
        *kept.uri_mut() = copied(request.uri());
        kept.extensions_mut().insert(line.clone());
        let mut service = self.service;
        self.tasks.spawn(async move {
            // A client that is gone by now needs nothing.
            let Ok(upgraded) = upgrade.await else { return };
            let wire = line.over(TokioIo::new(upgraded), patience);
            // What the engine finds wrong with it ends the wire.
            let _taken = service.call((wire, kept)).await;
        });
        let upgraded = [
            (UPGRADE, HeaderValue::from_static("websocket")),
            (CONNECTION, HeaderValue::from_static("Upgrade")),
            (SEC_WEBSOCKET_ACCEPT, accept),
        ];
        (StatusCode::SWITCHING_PROTOCOLS, upgraded).into_response()
    }

    /// Has the engine answer; it keeps what it is given for as long as the connection lasts, so it is given little.
    async fn pass_on(self, mut request: Request) -> Response {
        let content_type = request.headers_mut().remove(CONTENT_TYPE);
        request.headers_mut().clear();
        request.headers_mut().extend(content_type.map(|value| (CONTENT_TYPE, value)));
        request.extensions_mut().clear();
        *request.uri_mut() = copied(request.uri());
        let answered = self.service.oneshot(request).await;
        answered.unwrap_or_else(|never: std::convert::Infallible| match never {}).map(Body::new)
    }
}

/// The same address in memory of its own: as it came, it is a piece of all that was read with it, and keeps that.
fn copied(uri: &Uri) -> Uri {
    uri.to_string().try_into().expect("a URI is one")
}
