//! Answering requests on internal connections.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::Layer as _;

use super::InternalListener;
use super::listener::InternalConnection;

/// How long requests under way may take to finish once their connection, or the service, has to end.
const GRACE: Duration = Duration::from_secs(10);
/// How long a client may leave a connection alone, or take over the head of a request (HTTP/1.1).
const HEAD_WITHIN: Duration = Duration::from_mins(2);
/// How often a quiet connection is asked whether anybody is there, and how long the answer may take (HTTP/2).
const ASK_EVERY: Duration = Duration::from_secs(30);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// How many requests one connection may have under way (HTTP/2).
const STREAMS: u32 = 128;

/// Serves `router` on `listener` until `shutdown` is cancelled; requests under way are finished, for at most ten seconds.
/// Each request carries `ConnectInfo<Arc<InternalPeer>>`.
///
/// # Errors
/// When the listener broke down.
pub async fn serve_internal(
    mut listener: InternalListener,
    router: Router,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => {
                let connection = accepted.ok_or_else(|| io::Error::other("the internal listener broke down"))?;
                connections.spawn(serve_connection(connection, router.clone(), shutdown.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    listener.close().await;
    while connections.join_next().await.is_some() {}
    Ok(())
}

async fn serve_connection(connection: InternalConnection, router: Router, shutdown: CancellationToken) {
    let InternalConnection { stream, peer, life } = connection;
    let address = peer.address;
    let service = TowerToHyperService::new(Extension(ConnectInfo(Arc::new(peer))).layer(router));
    let protocols = protocols();
    let mut serving = pin!(protocols.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        outcome = serving.as_mut() => {
            if let Err(error) = outcome {
                tracing::debug!(%address, %error, "an internal connection broke off");
            }
            return;
        }
        () = tokio::time::sleep(life) => {}
        () = shutdown.cancelled() => {}
    }
    serving.as_mut().graceful_shutdown();
    if tokio::time::timeout(GRACE, serving).await.is_err() {
        tracing::warn!(%address, "requests under way did not finish in time and are broken off");
    }
}

fn protocols() -> Builder<TokioExecutor> {
    let mut protocols = Builder::new(TokioExecutor::new());
    protocols.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    protocols
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(ASK_EVERY)
        .keep_alive_timeout(ANSWER_WITHIN)
        .max_concurrent_streams(STREAMS);
    protocols
}
