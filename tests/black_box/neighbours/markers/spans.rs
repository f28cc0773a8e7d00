//! Whoever collects the traces, and keeps what they say as it came.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::process::Command;

type Taken = Arc<Mutex<Vec<u8>>>;

/// A collector (OTLP over HTTP).
pub(super) struct Spans {
    url: String,
    taken: Taken,
}

impl Spans {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (url, taken) = (format!("http://{}", listener.local_addr().unwrap()), Taken::default());
        let routes = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&taken));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, taken }
    }

    /// Has the service that `command` starts send its spans here.
    pub(super) fn tell(&self, command: &mut Command) {
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &self.url).env("OTEL_BSP_SCHEDULE_DELAY", "100");
    }

    /// Everything that came.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.taken.lock().unwrap().clone()
    }
}

async fn take(State(taken): State<Taken>, body: Bytes) -> StatusCode {
    taken.lock().unwrap().extend_from_slice(&body);
    StatusCode::OK
}
