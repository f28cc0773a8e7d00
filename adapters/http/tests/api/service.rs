//! A service to be tested, and clients of it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use acta_application::access::{MemoryRateLimits, MemoryReplayCache, Role, WriteQuotas, WriteRules};
use acta_application::attendance::EvidenceKey;
use acta_application::clock::{Clock, Randomness};
use acta_application::evidence::{Evidence, EvidencePorts};
use acta_application::health::Machine;
use acta_application::leases::{HolderId, SoleInstance, Tenures};
use acta_application::log::contract::{TestClock, TestRandomness, moment};
use acta_application::log::{Actor, CommandSecret, EventLog};
use acta_application::neighbours::Neighbours;
use acta_application::persons::Persons;
use acta_application::presence::{MemoryPresence, Presence};
use acta_application::views::Views;
use acta_application::{Ports, UseCases};
use acta_domain::{PersonId, TenantId};
use acta_http::{HttpState, router};
use acta_keyring::{Keyring, Purpose};
use acta_oauth::{DpopOptions, DpopProofs};
use acta_projections::runner::{Pace, Projections};
use acta_proof::key::SigningKey;
use acta_proof::key::VerifyingKey;
use acta_services::{BuiltInIssuer, HolderKey, RequestToProve, SignedQrCodes, TokenRequest};
use acta_sqlite::{DataFolder, SqliteKeys, SqliteLog, SqliteViews};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use uuid::Uuid;
use zeroize::Zeroizing;

const ISSUER: &str = "https://acta.example";
const IN_MEMORY: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not zero");

/// A running service in a temporary folder.
pub(crate) struct Service {
    router: Router,
    issuer: BuiltInIssuer,
    log: Arc<SqliteLog>,
    pub(crate) clock: Arc<TestClock>,
    /// Who is connected, as the room tells it.
    pub(crate) presence: Presence,
    pub(crate) shutdown: CancellationToken,
    /// How many keys and proofs were made: no two are the same.
    made: AtomicU64,
    _projections: Projections,
    _folder: TempDir,
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::start_with(WriteQuotas { user: None, tenant: None }).await
    }

    /// A service in which nobody writes more than this.
    pub(crate) async fn start_with(quotas: WriteQuotas) -> Self {
        Self::start_as(quotas, Neighbours::default()).await
    }

    /// A service with these services beside it.
    pub(crate) async fn start_beside(neighbours: Neighbours) -> Self {
        Self::start_as(WriteQuotas { user: None, tenant: None }, neighbours).await
    }

    async fn start_as(quotas: WriteQuotas, neighbours: Neighbours) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(TestClock::at(moment(0)));
        let randomness: Arc<dyn Randomness> = Arc::new(TestRandomness::default());
        let keyring = Keyring::open(&folder.path().join("keys"), Arc::clone(&randomness)).unwrap();
        let data = DataFolder::lock(folder.path().join("data")).unwrap();
        let sqlite =
            Arc::new(SqliteLog::open(&data, Arc::clone(&clock) as _, Arc::clone(&randomness)).await.unwrap());
        let log: Arc<dyn EventLog> = Arc::clone(&sqlite) as _;
        let views: Arc<dyn Views> = Arc::new(SqliteViews::open(&data).await.unwrap());
        let master = Arc::new(keyring.master().unwrap());
        let keys = Arc::new(SqliteKeys::open(&data, master, Arc::clone(&randomness)).await.unwrap());
        let persons = Persons::new(keys, Arc::clone(&randomness));
        let tokens = keyring.signing_keys(Purpose::Tokens).unwrap();
        let digest_key = *keyring.digest_key().unwrap();
        let ports = Ports {
            evidence_key: EvidenceKey::new(Zeroizing::new([7; 32])),
            neighbours,
            log: Arc::clone(&log),
            persons: persons.clone(),
            qr: Arc::new(SignedQrCodes::new(ISSUER, tokens.all(), digest_key)),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            randomness: Arc::clone(&randomness),
        };
        let use_cases = Arc::new(UseCases::new(ports, IN_MEMORY));
        let signing = keyring.signing_keys(Purpose::Evidence).unwrap();
        let evidence = EvidencePorts {
            log: Arc::clone(&log),
            archive: Arc::clone(&sqlite) as _,
            persons: persons.clone(),
            signer: signing.current(),
            published: signing.published(),
            issuer: ISSUER.to_owned(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        };
        let evidence = Arc::new(Evidence::new(evidence, Arc::clone(&use_cases), IN_MEMORY));
        let shutdown = CancellationToken::new();
        let tenures = Tenures::new(Arc::new(SoleInstance), HolderId(Uuid::nil()));
        let projections = Projections::start(&log, &views, Pace::default(), &tenures, &shutdown);
        let time = Arc::clone(&clock) as Arc<dyn Clock>;
        let presence = Presence::new(Arc::new(MemoryPresence::new()), HolderId(Uuid::nil()), time);
        tokio::spawn(presence.clone().run(shutdown.clone()));
        let published = tokens.published();
        let state = HttpState {
            use_cases,
            evidence,
            log,
            views,
            store: "sqlite",
            persons,
            presence: presence.clone(),
            tokens: Arc::new(BuiltInIssuer::new(ISSUER, tokens.all())),
            proofs: Arc::new(proofs()),
            limits: Arc::new(MemoryRateLimits::new(IN_MEMORY)),
            write_rules: WriteRules::new(quotas, Vec::new()),
            internal: None,
            issuer: None,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            randomness,
            command_secret: CommandSecret::new([4; 32]),
            projections: projections.health(),
            features: Vec::new(),
            metrics: Box::new(|| "acta_metrics 1\n".to_owned()),
            token_keys: Box::new(move || published.iter().map(VerifyingKey::to_jwk).collect()),
            machine: Box::new(Machine::default),
            draining: CancellationToken::new(),
            shutdown: shutdown.clone(),
        };
        Self {
            router: router(state),
            issuer: BuiltInIssuer::new(ISSUER, tokens.all()),
            log: sqlite,
            clock,
            presence,
            shutdown,
            made: AtomicU64::default(),
            _projections: projections,
            _folder: folder,
        }
    }

    /// The last position of the log.
    pub(crate) fn head(&self) -> u64 {
        self.log.head().borrow().get()
    }

    /// A client with no token.
    pub(crate) fn stranger(&self) -> Client<'_> {
        Client { service: self, pass: None }
    }

    /// A client of the usual tenant.
    pub(crate) fn client(&self, role: Role, person: Uuid) -> Client<'_> {
        self.client_of(tenant(1), role, Actor::Person(PersonId::new(person)))
    }

    pub(crate) fn client_of(&self, tenant: TenantId, role: Role, actor: Actor) -> Client<'_> {
        let seed = [self.next().to_le_bytes(); 4].concat().try_into().unwrap();
        let key = HolderKey::new(SigningKey::from_seed(&seed));
        let bound_to = Some(key.thumbprint());
        let request = TokenRequest { tenant, actor, roles: vec![role], bound_to, lifetime_seconds: 3_600 };
        let token = self.issuer.issue(&request, self.clock.now(), person(0));
        Client { service: self, pass: Some(Pass { token, key }) }
    }

    /// The header `Authorization` with a token that is bound to no key.
    pub(crate) fn unbound(&self, role: Role) -> String {
        let actor = Actor::Person(PersonId::new(person(98)));
        let request = TokenRequest {
            tenant: tenant(1),
            actor,
            roles: vec![role],
            bound_to: None,
            lifetime_seconds: 3_600,
        };
        format!("Bearer {}", self.issuer.issue(&request, self.clock.now(), person(0)))
    }

    fn next(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn administrator(&self) -> Client<'_> {
        self.client(Role::Administrator, person(99))
    }

    pub(crate) fn chair(&self) -> Client<'_> {
        self.client(Role::Chair, person(98))
    }

    /// A session that was created, and started if `start`.
    pub(crate) async fn session(&self, start: bool) -> String {
        let created = self.chair().post("/sessions", meeting()).await.expect(StatusCode::CREATED);
        let id = created.json()["session_id"].as_str().unwrap().to_owned();
        if start {
            self.chair().post(&format!("/sessions/{id}/start"), Value::Null).await.expect(StatusCode::OK);
        }
        id
    }

    /// An active session in which `people` are present.
    pub(crate) async fn session_with(&self, people: &[Uuid]) -> String {
        let id = self.session(true).await;
        for person in people {
            let body = json!({ "user_id": person, "name": format!("Person {}", person.as_u128()) });
            let path = format!("/sessions/{id}/attendance/register-attendee");
            self.chair().post(&path, body).await.expect(StatusCode::OK);
        }
        id
    }
}

/// Checks proofs that were made for [`ISSUER`].
fn proofs() -> DpopProofs {
    let options = DpopOptions { origins: vec![ISSUER.parse().unwrap()], nonces: None };
    DpopProofs::new(options, Arc::new(MemoryReplayCache::default()))
}

pub(crate) fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(number))
}

pub(crate) fn person(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// The body of a session to be created.
pub(crate) fn meeting() -> Value {
    json!({
        "title": "Assemblée générale",
        "modality": "hybrid",
        "schedule": { "starts_at": "2026-11-22T10:00:00Z", "ends_at": "2026-11-22T12:00:00Z" },
        "languages": ["en", "fr"],
        "limits": { "capacity": 3, "concurrent_turns": 1 },
    })
}

/// Somebody with a token, or without.
pub(crate) struct Client<'a> {
    service: &'a Service,
    pass: Option<Pass>,
}

/// A token, and the key that it is bound to.
struct Pass {
    token: String,
    key: HolderKey,
}

impl Client<'_> {
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A request under `/api/v1`; a body of `null` is none.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, body, &[]).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, body, &[]).await
    }

    /// Puts a body of another media type than JSON.
    pub(crate) async fn put_as(&self, media: &str, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::put(format!("/api/v1{path}")).header("content-type", media);
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Reads what everything written so far has led to.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let head = self.service.head().to_string();
        self.call(Method::GET, path, Value::Null, &[("acta-at-least", &head)]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.call(Method::GET, path, Value::Null, headers).await
    }

    /// Opens a response without reading its body to the end.
    pub(crate) async fn open(&self, request: Request<Body>) -> axum::response::Response {
        let (mut parts, body) = request.into_parts();
        if let Some(pass) = &self.pass {
            for (name, value) in pass.headers(self.service, &parts) {
                parts.headers.insert(name, value.parse().unwrap());
            }
        }
        self.service.router.clone().oneshot(Request::from_parts(parts, body)).await.unwrap()
    }
}

impl Pass {
    /// What lets the request in, by the service's clock.
    fn headers(&self, service: &Service, request: &Parts) -> [(&'static str, String); 2] {
        let url = format!("{ISSUER}{}", request.uri.path());
        let method = request.method.as_str();
        let request = RequestToProve { method, url: &url, token: Some(&self.token), nonce: None };
        let proof = self.key.prove(&request, service.clock.now(), Uuid::from_u64_pair(1, service.next()));
        [("authorization", format!("DPoP {}", self.token)), ("dpop", proof)]
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub(crate) fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// Checks that it is a problem document of this kind.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, slug: &str) {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{text}");
        let document = self.json();
        assert_eq!(document["type"], format!("urn:acta:problem:{slug}"), "{text}");
        assert_eq!(document["status"], status, "{text}");
        assert!(document["title"].is_string() && document["detail"].is_string(), "{text}");
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
