//! The internal listener.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use acta_application::health::FeatureWatch;
use acta_http::internal::{AllowedSubjects, InternalListener, InternalTls, ListenerLimits, serve_internal};
use anyhow::Context as _;
use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::stopping_the_rest;
use crate::config::Config;
use crate::system::SystemClock;

/// How often the files of certificates are looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(5);

/// The internal listener, bound.
pub(super) struct Internal {
    socket: TcpListener,
    tls: Arc<InternalTls>,
    services: AllowedSubjects,
}

impl Internal {
    /// Binds it, if `config` names it.
    pub(super) async fn open(config: &Config) -> anyhow::Result<Option<Self>> {
        let Some(internal) = config.internal.config()? else { return Ok(None) };
        let tls = InternalTls::open(internal.files, Arc::new(SystemClock))?;
        let socket = TcpListener::bind(internal.listen).await;
        let socket = socket.with_context(|| format!("cannot listen on {}", internal.listen))?;
        Ok(Some(Self { socket, tls, services: internal.services }))
    }

    /// Which certificates name which services.
    pub(super) fn services(&self) -> AllowedSubjects {
        self.services.clone()
    }

    /// How the certificates are.
    pub(super) fn health(&self) -> FeatureWatch {
        let tls = Arc::clone(&self.tls);
        Box::new(move || tls.health())
    }

    /// Serves `router` there until `stop`, with the certificates that the files hold by then. Gives the address.
    pub(super) fn serve(
        self,
        router: Router,
        background: &TaskTracker,
        stop: &CancellationToken,
    ) -> anyhow::Result<SocketAddr> {
        background.spawn(Arc::clone(&self.tls).watch(LOOKED_AT_EVERY, stop.clone()));
        background.spawn(reload_when_told(Arc::clone(&self.tls), stop.clone()));
        let listener = InternalListener::start(self.socket, self.tls, ListenerLimits::default())?;
        let address = listener.local_addr();
        let served = serve_internal(listener, router, stop.clone());
        background.spawn(stopping_the_rest(log_failure(served), stop.clone()));
        Ok(address)
    }
}

async fn log_failure(served: impl Future<Output = std::io::Result<()>>) {
    if let Err(error) = served.await {
        tracing::error!(%error, "the internal listener broke down");
    }
}

/// Looks at the files at once on SIGHUP.
async fn reload_when_told(tls: Arc<InternalTls>, stop: CancellationToken) {
    let Ok(mut hangups) = signal(SignalKind::hangup()) else {
        return tracing::warn!("SIGHUP cannot be listened to");
    };
    while let Some(Some(())) = stop.run_until_cancelled(hangups.recv()).await {
        tls.reload().await;
    }
}
