//! What the use cases of the issuer share.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use acta_domain::client::Client;
use acta_domain::role::DefinedRole;
use acta_domain::sign_in::SignIn;
use acta_domain::user::User;
use acta_domain::{CredentialId, Permission, TenantId, Timestamp, UserId};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::{Credentials, IssuerError, IssuerSecret, Login, PasswordHashing, TokenSigning};
use crate::access::{Principal, Quota, RateLimits};
use crate::clock::{random_bytes, time_ordered_id};
use crate::log::{Actor, EventLog};
use crate::register::register_of;
use crate::streams::{HotStreams, StreamPlace};
use crate::{CommandContext, UseCases};

/// What the issuer needs from outside, beside what all use cases need.
#[derive(Clone)]
pub struct IssuerPorts {
    /// What users and clients prove themselves with.
    pub credentials: Arc<dyn Credentials>,
    /// Hashes passwords.
    pub passwords: Arc<dyn PasswordHashing>,
    /// Signs access tokens.
    pub signing: Arc<dyn TokenSigning>,
    /// Counts attempts.
    pub limits: Arc<dyn RateLimits>,
    /// What nobody else can compute.
    pub secret: IssuerSecret,
}

/// How long things are good for, and how often they may be tried.
#[derive(Debug, Clone, Copy)]
pub struct IssuerOptions {
    /// How long an access token is good for.
    pub access_token: Duration,
    /// How long a sign-in can be renewed.
    pub sign_in: Duration,
    /// How long the secret before the last rotation goes on being good.
    pub previous_secret: Duration,
    /// Wrong passwords for one account.
    pub wrong_per_account: Quota,
    /// Wrong passwords, and wrong client secrets, from one address.
    pub wrong_per_address: Quota,
}

impl Default for IssuerOptions {
    fn default() -> Self {
        let quota = |text: &str| text.parse().expect("the usual quotas are quotas");
        Self {
            access_token: Duration::from_mins(15),
            sign_in: Duration::from_hours(30 * 24),
            previous_secret: Duration::from_hours(24),
            wrong_per_account: quota("10/15min"),
            wrong_per_address: quota("30/15min"),
        }
    }
}

/// The issuer: it knows users, roles and clients, and gives them tokens. One method a use case, in the file of its name.
pub struct Issuer {
    pub(super) use_cases: Arc<UseCases>,
    pub(super) ports: IssuerPorts,
    pub(super) options: IssuerOptions,
    pub(super) users: HotStreams<User>,
    pub(super) roles: HotStreams<DefinedRole>,
    pub(super) clients: HotStreams<Client>,
    pub(super) sign_ins: HotStreams<SignIn>,
    keeping: TaskTracker,
}

/// What whoever asks may do: nobody gives others more than that.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a>(pub &'a BTreeSet<Permission>);

impl<'a> From<&'a Principal> for Held<'a> {
    fn from(principal: &'a Principal) -> Self {
        Self(&principal.permissions)
    }
}

impl Issuer {
    /// The issuer over `use_cases` and `ports`, with at most `streams_in_memory` streams of each aggregate type kept hot.
    pub fn new(
        use_cases: Arc<UseCases>,
        ports: IssuerPorts,
        options: IssuerOptions,
        streams_in_memory: NonZeroUsize,
    ) -> Self {
        let keeping = TaskTracker::new();
        let log = || -> Arc<dyn EventLog> { Arc::clone(&use_cases.ports.log) };
        Self {
            users: HotStreams::new(log(), streams_in_memory, keeping.clone()),
            roles: HotStreams::new(log(), streams_in_memory, keeping.clone()),
            clients: HotStreams::new(log(), streams_in_memory, keeping.clone()),
            sign_ins: HotStreams::new(log(), streams_in_memory, keeping.clone()),
            use_cases,
            ports,
            options,
            keeping,
        }
    }

    /// Waits until the snapshots under way are kept; call it when no request comes in any more.
    pub async fn settle(&self) {
        self.keeping.close();
        self.keeping.wait().await;
    }

    /// The keys that tokens are verified with, as a JWK set (RFC 7517 §5).
    pub fn published_keys(&self) -> serde_json::Value {
        self.ports.signing.published()
    }

    /// The user whom `login` names in `tenant`.
    pub fn user_of(&self, tenant: TenantId, login: &Login) -> UserId {
        self.ports.secret.user_id(tenant, login)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.use_cases.ports.clock.now()
    }

    /// A new id; later ones sort later.
    pub(super) fn fresh_id(&self) -> Uuid {
        time_ordered_id(self.now(), &*self.use_cases.ports.randomness)
    }

    /// A new name for a credential, which says nothing, not even when it was made.
    pub(super) fn fresh_credential_id(&self) -> CredentialId {
        let bytes = random_bytes(&*self.use_cases.ports.randomness);
        CredentialId::new(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// The context of what the issuer does for `actor`, who did not send it as a command of their own.
    pub(super) fn context_of(&self, tenant: TenantId, actor: Actor) -> CommandContext {
        let principal = Principal { tenant, actor, permissions: BTreeSet::new() };
        let ports = &self.use_cases.ports;
        CommandContext::of_request(&principal, None, &*ports.clock, &*ports.randomness)
    }

    /// Removes a credential that no event names, if it is certain that none does; what is left over names nobody.
    pub(super) async fn discard(&self, tenant: TenantId, id: CredentialId, because: Option<&IssuerError>) {
        if because.is_some_and(|error| !error.left_nothing()) {
            return;
        }
        if let Err(error) = self.ports.credentials.remove(tenant, id).await {
            tracing::warn!(%tenant, credential = %id, %error, "a credential that nobody uses was not removed");
        }
    }
}

/// The place of the aggregate `id` in the register of `tenant`.
pub(super) fn place(tenant: TenantId, id: impl Into<Uuid>) -> StreamPlace {
    StreamPlace { record: register_of(tenant), aggregate: id.into() }
}

/// The moment `duration` after `moment`.
pub(super) fn after(moment: Timestamp, duration: Duration) -> Timestamp {
    let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(moment.as_micros().saturating_add(micros)).unwrap_or(moment)
}
