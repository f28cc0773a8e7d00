//! The only place where adapters meet.

mod access;
mod internal;
mod issuer;
mod kafka;
mod keys;
mod machine;
mod metrics;
mod neighbours;
mod presence;
mod realtime;
mod stores;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use acta_application::access::{KeyThumbprint, Role};
use acta_application::attendance::EvidenceKey;
use acta_application::clock::{Clock as _, random_bytes};
use acta_application::evidence::{Evidence, EvidencePorts};
use acta_application::health::{FeatureWatch, MachineWatch};
use acta_application::issuer::Issuer;
use acta_application::leases::{HolderId, Tenures};
use acta_application::log::{Actor, CommandSecret, EventLog};
use acta_application::neighbours::Neighbours;
use acta_application::persons::Persons;
use acta_application::policies::{CURSORS, DeadlinePolicy, GovernancePolicy, HeadPolicy, SealAfter};
use acta_application::views::{ViewName, Views};
use acta_application::{Ports, UseCases};
use acta_domain::TenantId;
use acta_http::{HttpState, MetricsText};
use acta_postgres::Database;
use acta_projections::ProjectionKind;
use acta_projections::runner::{Pace, Projections};
use acta_projections::sessions::ViewOfActiveSessions;
use acta_realtime::Realtime;
use acta_services::{BuiltInIssuer, SignedQrCodes, TokenRequest};
use anyhow::Context as _;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use self::access::Access;
pub(crate) use self::issuer::IssuerAlone;
pub(crate) use self::keys::{ServiceKeys, published_keys};
use self::stores::Stores;
pub(crate) use self::stores::{Ground, LogAndViews, LogToRead};
use crate::config::Config;
use crate::system::{SystemClock, SystemRandomness};

/// Streams of each aggregate type, and session trees, that are kept in memory.
const IN_MEMORY: NonZeroUsize = NonZeroUsize::new(4_096).expect("4096 is not zero");

/// How long everything together may take to stop.
const STOPPING: Duration = Duration::from_secs(30);

/// How long the count of active sessions is waited for.
const COUNTING: Duration = Duration::from_secs(1);

/// An access token for `actor`, whoever holds the key `bound_to`, that the service of `config` accepts.
pub(crate) fn access_token(
    issuer: &BuiltInIssuer,
    tenant: TenantId,
    actor: Actor,
    roles: &[Role],
    lifetime_seconds: u32,
    bound_to: Option<KeyThumbprint>,
) -> String {
    let request = TokenRequest { tenant, actor, roles: roles.to_vec(), bound_to, lifetime_seconds };
    issuer.issue(&request, SystemClock.now(), random_id())
}

fn random_id() -> Uuid {
    uuid::Builder::from_random_bytes(random_bytes(&SystemRandomness)).into_uuid()
}

/// What everything that works in the background works with.
struct Parts<'a> {
    config: &'a Config,
    log: &'a Arc<dyn EventLog>,
    views: &'a Arc<dyn Views>,
    use_cases: &'a Arc<UseCases>,
    command_secret: &'a CommandSecret,
    tenures: &'a Tenures,
    stop: &'a CancellationToken,
    background: &'a TaskTracker,
}

/// A running service.
pub(crate) struct Running {
    address: SocketAddr,
    internal: Option<SocketAddr>,
    tokens: BuiltInIssuer,
    issuer: Arc<Issuer>,
    stores: Stores,
    use_cases: Arc<UseCases>,
    projections: Projections,
    realtime: Realtime,
    signals: Option<presence::Recording>,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
    background: TaskTracker,
    draining: CancellationToken,
    stop: CancellationToken,
}

/// Starts the service; it listens when this returns.
pub(crate) async fn start(config: &Config) -> anyhow::Result<Running> {
    let ground = Ground::take(config).await?;
    let since = SystemClock.now();
    let keys = ServiceKeys::open(config)?;
    let (stop, background) = (CancellationToken::new(), TaskTracker::new());
    // In front of everything that measures.
    let metrics = metrics::record(&background, &stop)?;
    let stores = Stores::open(ground, config, &keys).await?;
    tracing::info!(store = stores.name(), "the stores are open");
    let command_secret = CommandSecret::new(*keys.digest);
    let (listener, address) = listen(config).await?;
    let access = Access::open(config, &keys, address, since)?;
    let (write_rules, limits_of_tenants) = config.access.quotas()?;
    let internal = internal::Internal::open(config).await?;

    let log: Arc<dyn EventLog> = Arc::clone(&stores.written.log);
    let views: Arc<dyn Views> = Arc::clone(&stores.written.views);
    let persons = Persons::new(Arc::clone(&stores.keys), Arc::new(SystemRandomness));
    let active = ViewOfActiveSessions::new(Arc::clone(&log), Arc::clone(&views), COUNTING);
    let (neighbours, neighbours_health) = neighbours::open(&config.neighbours)?;
    let use_cases =
        use_cases(config, &keys, &log, &persons, neighbours).limited(limits_of_tenants, Arc::new(active));
    let use_cases = Arc::new(use_cases);
    if stores.are_restored_apart() {
        forget_views_of_a_longer_log(&*log, &*views).await?;
    }
    let evidence = Arc::new(evidence(config, &keys, &stores, &persons, &use_cases));
    let instance = HolderId(random_id());
    let tenures = Tenures::new(Arc::clone(&stores.leases), instance);
    let projections = Projections::start(&log, &views, Pace::default(), &tenures, &stop);
    let parts = Parts {
        config,
        log: &log,
        views: &views,
        use_cases: &use_cases,
        command_secret: &command_secret,
        tenures: &tenures,
        stop: &stop,
        background: &background,
    };
    let (presence, signals) = presence::start(&parts, stores.presence_board(), &keys, instance);
    let mut features = kafka::start(&parts)?;
    features.extend(run_policies(&parts, &evidence));
    features.extend(access.health());
    features.extend(internal.as_ref().map(internal::Internal::health));
    features.extend(neighbours_health);
    let issuer = issuer::open(config, &keys, &stores, &access, &use_cases)?;
    access::run(&access, config, keys.clone(), stores.database(), &background, &stop);
    let draining = CancellationToken::new();
    let (features, metrics) = measured(&parts, features, metrics, &projections, stores.database());
    let router = acta_http::router(HttpState {
        use_cases: Arc::clone(&use_cases),
        evidence,
        log: Arc::clone(&log),
        views: Arc::clone(&views),
        store: stores.name(),
        persons: persons.clone(),
        presence: presence.clone(),
        tokens: access.tokens,
        proofs: access.proofs,
        limits: access.limits,
        write_rules,
        internal: internal.as_ref().map(internal::Internal::services),
        issuer: Some(Arc::new(issuer::state(config, &issuer))),
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        command_secret: command_secret.clone(),
        projections: projections.health(),
        features,
        metrics,
        token_keys: access::published(&access.issuer),
        machine: machine(config),
        draining: draining.clone(),
        shutdown: stop.clone(),
    });
    let realtime = realtime::start(&parts, router.clone(), &issuer, persons, presence);
    let internal = internal.map(|internal| internal.serve(router, &background, &stop)).transpose()?;
    background.close();
    let served = acta_http::serve(listener, realtime.router(), stop.clone());
    let serving = tokio::spawn(stopping_the_rest(served, stop.clone()));
    let tokens = keys.issuer(config);
    Ok(Running {
        address,
        internal,
        tokens,
        issuer,
        stores,
        use_cases,
        projections,
        realtime,
        signals,
        serving,
        background,
        draining,
        stop,
    })
}

/// Listens for clients.
async fn listen(config: &Config) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// The machine, as it is at any time.
fn machine(config: &Config) -> MachineWatch {
    machine::watch(&config.data, config.operation.memory_limit())
}

/// The features, to be shown and to be measured, and the metrics of everything.
fn measured(
    parts: &Parts<'_>,
    features: Vec<FeatureWatch>,
    recorded: PrometheusHandle,
    projections: &Projections,
    database: Option<Database>,
) -> (Vec<FeatureWatch>, MetricsText) {
    let (features, to_measure) = metrics::shared(features);
    let looks = metrics::Looks {
        log: Arc::clone(parts.log),
        projections: projections.health(),
        features: to_measure,
        database,
        machine: machine(parts.config),
    };
    (features, metrics::text(recorded, looks))
}

/// Has everything else stop when `serving` ends, also if it does so by itself.
async fn stopping_the_rest<T>(serving: impl Future<Output = T>, stop: CancellationToken) -> T {
    let _stops_the_rest = stop.drop_guard();
    serving.await
}

/// After an older log was restored, what was folded from the longer one tells of events that are no more: it is folded anew.
async fn forget_views_of_a_longer_log(log: &dyn EventLog, views: &dyn Views) -> anyhow::Result<()> {
    let head = *log.head().borrow();
    let kept = ProjectionKind::ALL.iter().map(|kind| kind.view());
    for view in kept.chain(CURSORS.map(ViewName::new)) {
        let checkpoint = views.checkpoint(&view).await?;
        if checkpoint > head {
            tracing::warn!(%view, %checkpoint, %head, "the view is ahead of the log and is folded anew");
            views.discard(&view).await?;
        }
    }
    Ok(())
}

fn use_cases(
    config: &Config,
    keys: &ServiceKeys,
    log: &Arc<dyn EventLog>,
    persons: &Persons,
    neighbours: Neighbours,
) -> UseCases {
    let ports = Ports {
        evidence_key: EvidenceKey::new(keys.digest.clone()),
        neighbours,
        log: Arc::clone(log),
        persons: persons.clone(),
        qr: Arc::new(SignedQrCodes::new(&config.public_url, keys.tokens.all(), *keys.digest)),
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
    };
    UseCases::new(ports, IN_MEMORY)
}

fn evidence(
    config: &Config,
    keys: &ServiceKeys,
    stores: &Stores,
    persons: &Persons,
    use_cases: &Arc<UseCases>,
) -> Evidence {
    let ports = EvidencePorts {
        log: Arc::clone(&stores.written.log),
        archive: Arc::clone(&stores.written.archive),
        persons: persons.clone(),
        signer: keys.evidence.current(),
        published: keys.evidence.published(),
        issuer: config.public_url.clone(),
        clock: Arc::new(SystemClock),
    };
    Evidence::new(ports, Arc::clone(use_cases), IN_MEMORY)
}

fn run_policies(parts: &Parts<'_>, evidence: &Arc<Evidence>) -> Option<FeatureWatch> {
    let Parts { config, log, views, use_cases, tenures, stop, background, .. } = *parts;
    let heads = HeadPolicy::new(Arc::clone(log), Arc::clone(views), Arc::clone(evidence));
    background.spawn(heads.run(tenures.clone(), stop.clone()));
    let seal_after = SealAfter(config.seal_after.0);
    let clock = Arc::new(SystemClock);
    let deadlines =
        DeadlinePolicy::new(Arc::clone(log), Arc::clone(views), Arc::clone(use_cases), clock, seal_after);
    background.spawn(deadlines.run(tenures.clone(), stop.clone()));
    let governance = GovernancePolicy::new(Arc::clone(log), Arc::clone(views), Arc::clone(use_cases));
    let health = governance.health();
    background.spawn(governance.run(tenures.clone(), stop.clone()));
    health
}

impl Running {
    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens for other services, if it does.
    pub(crate) fn internal_url(&self) -> Option<String> {
        self.internal.map(|address| format!("https://{address}"))
    }

    /// An access token that it accepts.
    pub(crate) fn token(
        &self,
        tenant: TenantId,
        actor: Actor,
        roles: &[Role],
        lifetime_seconds: u32,
        bound_to: Option<KeyThumbprint>,
    ) -> String {
        access_token(&self.tokens, tenant, actor, roles, lifetime_seconds, bound_to)
    }

    /// Says for `drain` that it is to be given no more work, and takes it still; then finishes what is under way and stops, within
    /// half a minute. Everything acknowledged is on disk.
    pub(crate) async fn stop(self, drain: Duration) -> anyhow::Result<()> {
        self.draining.cancel();
        // Nothing is left to drain when the server has ended by itself.
        self.stop.run_until_cancelled(tokio::time::sleep(drain)).await;
        self.stop.cancel();
        let settled = tokio::time::timeout(STOPPING, self.settle()).await;
        settled.context("what was under way did not end within half a minute")?
    }

    async fn settle(self) -> anyhow::Result<()> {
        let served = self.serving.await;
        self.realtime.settle().await;
        if let Some(signals) = self.signals {
            signals.finish().await;
        }
        self.background.wait().await;
        self.issuer.settle().await;
        self.use_cases.settle().await;
        self.projections.stop().await;
        self.stores.close().await?;
        Ok(served??)
    }

    /// Waits until the server has ended, which it does by itself only if something is wrong.
    pub(crate) async fn ended(&self) {
        self.stop.cancelled().await;
    }
}
