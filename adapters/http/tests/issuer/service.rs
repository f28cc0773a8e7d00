//! A service with an issuer of its own, and people who use it.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use acta_application::access::{
    MemoryRateLimits, MemoryReplayCache, Permission, Principal, WriteQuotas, WriteRules,
};
use acta_application::attendance::EvidenceKey;
use acta_application::clock::{Clock, Randomness};
use acta_application::evidence::{Evidence, EvidencePorts};
use acta_application::health::Machine;
use acta_application::issuer::{
    CreateUser, Held, Issuer, IssuerOptions, IssuerPorts, IssuerSecret, Login, Password,
};
use acta_application::leases::{HolderId, SoleInstance, Tenures};
use acta_application::log::contract::{TestClock, TestRandomness, moment};
use acta_application::log::{Actor, CommandSecret, EventLog, FeedScope, Position};
use acta_application::neighbours::Neighbours;
use acta_application::persons::Persons;
use acta_application::persons::contract::TestWrap;
use acta_application::presence::{MemoryPresence, Presence};
use acta_application::views::Views;
use acta_application::{CommandContext, Ports, UseCases};
use acta_domain::TenantId;
use acta_http::{HttpState, IssuerState, TrustedProxies, router};
use acta_oauth::{
    AccessTokenIssuer, Argon2Options, Argon2Passwords, DpopOptions, DpopProofs, Rs256Signer, TokenKeys,
    TokenNames, TrustedIssuers, generate_rsa_pem,
};
use acta_projections::runner::{Pace, Projections};
use acta_proof::key::{Signer as _, SigningKey};
use acta_services::SignedQrCodes;
use acta_sqlite::{DataFolder, SqliteCredentials, SqliteKeys, SqliteLog, SqliteViews};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use serde_json::json;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::somebody::Somebody;

pub(crate) const ISSUER: &str = "https://acta.example";
const MANY: NonZeroUsize = NonZeroUsize::new(1_024).expect("1024 is not zero");
/// What the first administrator signs in with.
pub(crate) const ADMINISTRATOR: &str = "root@example.org";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A running service in a temporary folder, with one administrator.
pub(crate) struct Service {
    pub(crate) router: Router,
    log: Arc<dyn EventLog>,
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) clock: Arc<TestClock>,
    now: AtomicI64,
    made: AtomicU64,
    _projections: Projections,
    folder: TempDir,
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new(Uuid::from_u128(1))
}

/// Hashes that cost next to nothing.
fn cheap() -> Argon2Options {
    Argon2Options { memory_kib: 64, passes: 1, lanes: 1, ..Argon2Options::default() }
}

impl Service {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(TestClock::at(moment(0)));
        let time: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let randomness: Arc<dyn Randomness> = Arc::new(TestRandomness::default());
        let data = DataFolder::lock(folder.path().join("data")).unwrap();
        let sqlite = SqliteLog::open(&data, Arc::clone(&time), Arc::clone(&randomness)).await;
        let sqlite = Arc::new(sqlite.unwrap());
        let log: Arc<dyn EventLog> = Arc::clone(&sqlite) as _;
        let views: Arc<dyn Views> = Arc::new(SqliteViews::open(&data).await.unwrap());
        let keys = SqliteKeys::open(&data, Arc::new(TestWrap(1)), Arc::clone(&randomness)).await.unwrap();
        let persons = Persons::new(Arc::new(keys), Arc::clone(&randomness));
        let signing = Arc::new(SigningKey::from_seed(&[3; 32]));
        let ports = Ports {
            evidence_key: EvidenceKey::new(Zeroizing::new([7; 32])),
            neighbours: Neighbours::default(),
            log: Arc::clone(&log),
            persons: persons.clone(),
            qr: Arc::new(SignedQrCodes::new(ISSUER, &[Arc::clone(&signing)], [5; 32])),
            clock: Arc::clone(&time),
            randomness: Arc::clone(&randomness),
        };
        let use_cases = Arc::new(UseCases::new(ports, MANY));
        let evidence = EvidencePorts {
            log: Arc::clone(&log),
            archive: Arc::clone(&sqlite) as _,
            persons: persons.clone(),
            published: vec![signing.verifying_key()],
            signer: signing,
            issuer: ISSUER.to_owned(),
            clock: Arc::clone(&time),
        };
        let evidence = Arc::new(Evidence::new(evidence, Arc::clone(&use_cases), MANY));
        let tokens = token_issuer();
        let limits = Arc::new(MemoryRateLimits::new(MANY));
        let ports = IssuerPorts {
            credentials: Arc::new(SqliteCredentials::open(&data).await.unwrap()),
            passwords: Arc::new(Argon2Passwords::new(&cheap(), Arc::clone(&randomness)).unwrap()),
            signing: Arc::clone(&tokens) as _,
            limits: Arc::clone(&limits) as _,
            secret: IssuerSecret::new(Zeroizing::new([6; 32])),
        };
        let issuer = Arc::new(Issuer::new(Arc::clone(&use_cases), ports, IssuerOptions::default(), MANY));
        appoint(&issuer, &time, &randomness).await;
        let shutdown = CancellationToken::new();
        let tenures = Tenures::new(Arc::new(SoleInstance), HolderId(Uuid::nil()));
        let projections = Projections::start(&log, &views, Pace::default(), &tenures, &shutdown);
        let origins = vec![ISSUER.parse().unwrap()];
        let dpop = DpopOptions { origins, nonces: None };
        let presence =
            Presence::new(Arc::new(MemoryPresence::new()), HolderId(Uuid::nil()), Arc::clone(&time));
        let state = HttpState {
            use_cases,
            evidence,
            log: Arc::clone(&log),
            views,
            store: "sqlite",
            persons,
            presence,
            tokens: Arc::new(TrustedIssuers::new(Some(tokens), Vec::new(), &time).unwrap()),
            proofs: Arc::new(DpopProofs::new(dpop, Arc::new(MemoryReplayCache::new(MANY)))),
            limits,
            write_rules: WriteRules::new(WriteQuotas { user: None, tenant: None }, Vec::new()),
            internal: None,
            issuer: Some(Arc::new(IssuerState {
                issuer: Arc::clone(&issuer),
                default_tenant: Some(tenant()),
                url: ISSUER.to_owned(),
                proxies: TrustedProxies::default(),
            })),
            clock: time,
            randomness,
            command_secret: CommandSecret::new([4; 32]),
            projections: projections.health(),
            features: Vec::new(),
            metrics: Box::new(String::new),
            token_keys: Box::new(Vec::new),
            machine: Box::new(Machine::default),
            draining: CancellationToken::new(),
            shutdown,
        };
        let from = std::net::SocketAddr::from(([192, 0, 2, 7], 4_711));
        let router = router(state).layer(axum::Extension(ConnectInfo(from)));
        let service = Self {
            router,
            log,
            issuer,
            clock,
            now: AtomicI64::new(0),
            made: AtomicU64::default(),
            _projections: projections,
            folder,
        };
        service.pass(1);
        service
    }

    /// Lets so many seconds pass.
    pub(crate) fn pass(&self, seconds: i64) {
        let now = self.now.fetch_add(seconds, Ordering::SeqCst) + seconds;
        self.clock.set(moment(now));
    }

    pub(crate) fn next(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// The last position of the log.
    pub(crate) fn head(&self) -> u64 {
        self.log.head().borrow().get()
    }

    /// The types of all events in the log, in order.
    pub(crate) async fn events(&self) -> Vec<String> {
        let page = self.log.feed(FeedScope::All, Position::default(), 10_000).await.unwrap();
        page.events.into_iter().map(|event| event.event_type).collect()
    }

    /// Where the stores are.
    pub(crate) fn data(&self) -> std::path::PathBuf {
        Path::new(self.folder.path()).join("data")
    }

    /// Somebody who is not signed in, with a key of their own.
    pub(crate) fn somebody(&self) -> Somebody<'_> {
        Somebody::of(self)
    }

    /// Somebody who is signed in with the usual password.
    pub(crate) async fn signed_in(&self, login: &str) -> Somebody<'_> {
        let mut somebody = self.somebody();
        somebody.sign_in(login, PASSWORD).await.expect(StatusCode::OK);
        somebody
    }

    pub(crate) async fn administrator(&self) -> Somebody<'_> {
        self.signed_in(ADMINISTRATOR).await
    }

    /// A user with the usual password and these roles, by id.
    pub(crate) async fn user(&self, login: &str, roles: &[&str]) -> String {
        let body = json!({ "login": login, "password": PASSWORD, "name": format!("Name of {login}"), "roles": roles });
        let created = self.administrator().await.post("/v2/users", body).await.expect(StatusCode::CREATED);
        self.pass(1);
        created.json()["user_id"].as_str().unwrap().to_owned()
    }
}

fn token_issuer() -> Arc<AccessTokenIssuer> {
    let current = Rs256Signer::from_pkcs8_pem(&generate_rsa_pem()).unwrap();
    let names = TokenNames { issuer: ISSUER.to_owned(), audience: ISSUER.to_owned() };
    Arc::new(AccessTokenIssuer::new(names, TokenKeys { current, others: Vec::new(), ed25519: Vec::new() }))
}

/// The first administrator, as the command line makes one.
async fn appoint(issuer: &Issuer, clock: &Arc<dyn Clock>, randomness: &Arc<dyn Randomness>) {
    let permissions = Permission::ALL.iter().copied().collect();
    let setup = Principal { tenant: tenant(), actor: Actor::Service("setup".to_owned()), permissions };
    let context = CommandContext::of_request(&setup, None, &**clock, &**randomness);
    let input = CreateUser {
        login: Login::parse(ADMINISTRATOR).unwrap(),
        password: Some(Password(Zeroizing::new(PASSWORD.to_owned()))),
        display_name: None,
        person_id: None,
        roles: [acta_domain::RoleName::parse("administrator").unwrap()].into(),
    };
    issuer.create_user(&context, Held::from(&setup), input).await.unwrap();
}
