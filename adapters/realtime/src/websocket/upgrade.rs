//! The upgrade of a request to a socket.

use std::sync::Arc;

use acta_application::log::Position;
use acta_domain::SessionId;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::Socket;
use super::serving::{serve, serve_stranger};
use crate::connection::{Door, Transport};
use crate::gate::Credentials;
use crate::refusal::{Refusal, RoomProblem};

/// The largest message that is read.
const MESSAGE: usize = 64 * 1024;
/// What a socket reads at a time, and keeps for it.
const READ: usize = 1024;
/// What a socket gathers before it writes.
const WRITE: usize = 4 * 1024;
/// So many sockets may wait for their handshake at once.
const STRANGERS: usize = 1_024;
const TOKEN_WANTED: &str = r#"Bearer realm="acta", DPoP realm="acta", algs="ES256 EdDSA RS256""#;
const NONCE_WANTED: &str = r#"DPoP realm="acta", error="use_dpop_nonce", algs="ES256 EdDSA RS256""#;

/// What upgrades need.
#[derive(Clone)]
pub(crate) struct WebSockets {
    door: Arc<Door>,
    strangers: Arc<Semaphore>,
}

impl WebSockets {
    /// Those that lead through `door`.
    pub(crate) fn new(door: Arc<Door>) -> Self {
        Self { door, strangers: Arc::new(Semaphore::new(STRANGERS)) }
    }
}

/// Where messages go on after.
#[derive(Deserialize)]
struct After {
    after: Option<Position>,
}

/// Takes upgrades to a socket on `/api/v1/sessions/{id}/live`; everything else goes on as it is.
pub(crate) async fn live(State(sockets): State<WebSockets>, mut request: Request, next: Next) -> Response {
    let Some(session) = session(request.method(), request.uri()) else {
        return next.run(request).await;
    };
    let Ok(switching) = create_response_with_body(&request, Body::empty) else {
        return next.run(request).await;
    };
    let upgrading = hyper::upgrade::on(&mut request);
    // Whole requests do not go from thread to thread; what they say does.
    let asked = Asked::by(session, &request);
    let begun = match asked {
        Ok(asked) => sockets.begin(asked, upgrading).await,
        Err(refusal) => Err(refusal),
    };
    match begun {
        Ok(()) => switching,
        Err(refusal) => answer(&refusal),
    }
}

/// The session of a request for `/api/v1/sessions/{id}/live`.
fn session(method: &Method, uri: &Uri) -> Option<SessionId> {
    if method != Method::GET {
        return None;
    }
    uri.path().strip_prefix("/api/v1/sessions/")?.strip_suffix("/live")?.parse().ok()
}

/// What an upgrade asks for.
struct Asked {
    session: SessionId,
    after: Option<Position>,
    credentials: Option<Credentials>,
}

impl Asked {
    fn by(session: SessionId, request: &Request) -> Result<Self, Refusal> {
        Ok(Self {
            session,
            after: after(request.uri())?,
            credentials: Credentials::of_request(request.headers()),
        })
    }
}

impl WebSockets {
    /// Lets the client in, if it shows credentials; its socket is served when it is there.
    async fn begin(&self, asked: Asked, upgrading: OnUpgrade) -> Result<(), Refusal> {
        let Asked { session, after, credentials } = asked;
        let door = Arc::clone(&self.door);
        let Some(credentials) = credentials else {
            let waiting = Arc::clone(&self.strangers).try_acquire_owned().map_err(|_| crowded())?;
            self.door.tasks().spawn(async move {
                let Some(socket) = upgraded(upgrading).await else { return };
                Box::pin(serve_stranger(socket, door, session, after, waiting)).await;
            });
            return Ok(());
        };
        let (connection, seat) = door.open(session, credentials, after, Transport::WebSocket).await?;
        self.door.tasks().spawn(async move {
            let Some(socket) = upgraded(upgrading).await else { return };
            Box::pin(serve(socket, connection, seat)).await;
        });
        Ok(())
    }
}

async fn upgraded(upgrading: OnUpgrade) -> Option<Socket> {
    let io = TokioIo::new(upgrading.await.ok()?);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ)
        .write_buffer_size(WRITE)
        .max_message_size(Some(MESSAGE))
        .max_frame_size(Some(MESSAGE));
    Some(WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await)
}

fn after(uri: &Uri) -> Result<Option<Position>, Refusal> {
    let query = Query::<After>::try_from_uri(uri);
    query.map(|Query(query)| query.after).map_err(|_| {
        Refusal::at_field(RoomProblem::InvalidBody, "/after", "`after` is a position, a whole number")
    })
}

fn crowded() -> Refusal {
    let detail = "too many connections wait for their handshake";
    Refusal::after(RoomProblem::TooManyRequests, detail, 5)
}

/// `refusal` as an HTTP answer.
fn answer(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, refusal.document().get().to_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    let nonce = refusal.dpop_nonce.as_deref().and_then(|nonce| HeaderValue::from_str(nonce).ok());
    if status == StatusCode::UNAUTHORIZED {
        let challenge = if nonce.is_some() { NONCE_WANTED } else { TOKEN_WANTED };
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    headers.extend(nonce.map(|nonce| (HeaderName::from_static("dpop-nonce"), nonce)));
    headers.extend(again_in(refusal).map(|seconds| (RETRY_AFTER, seconds.into())));
    response
}

/// When it may be tried again.
fn again_in(refusal: &Refusal) -> Option<u64> {
    #[derive(Deserialize)]
    struct Again {
        retry_after_seconds: Option<u64>,
    }
    serde_json::from_str::<Again>(refusal.document().get()).ok()?.retry_after_seconds
}
