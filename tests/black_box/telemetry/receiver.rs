//! A receiver of spans: OTLP over HTTP, as a collector takes them.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::net::TcpListener;

use crate::service::eventually;

type Spans = Arc<Mutex<Vec<Span>>>;

/// Takes spans at an address of its own.
pub(super) struct Receiver {
    url: String,
    spans: Spans,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let spans = Spans::default();
        let routes = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&spans));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, spans }
    }

    /// What `OTEL_EXPORTER_OTLP_ENDPOINT` is to say.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The spans of the trace `id`.
    pub(super) fn trace(&self, id: &str) -> Vec<Span> {
        let spans = self.spans.lock().unwrap();
        spans.iter().filter(|span| hex::encode(&span.trace_id) == id).cloned().collect()
    }

    /// Waits for a span called `name` in the trace `id`.
    pub(super) async fn span(&self, id: &str, name: &str) -> Span {
        eventually(name, async || self.trace(id).into_iter().find(|span| span.name == name)).await
    }
}

async fn take(State(spans): State<Spans>, body: Bytes) -> StatusCode {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else { return StatusCode::BAD_REQUEST };
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    spans.lock().unwrap().extend(scopes.flat_map(|scope| scope.spans));
    StatusCode::OK
}
