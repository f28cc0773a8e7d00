//! The table `person_keys`.

use std::str::FromStr;
use std::sync::Arc;

use acta_application::clock::{Randomness, random_bytes};
use acta_application::log::Fault;
use acta_application::persons::{KeyState, KeyWrap, PersonKeysError, Subject};
use acta_domain::{SessionId, TenantId, Timestamp};
use acta_proof::sealed::PersonKey;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::query;
use uuid::Uuid;

use super::unavailable;
use crate::columns::{self, Damage, Moment};
use crate::database::{As, Database};

/// The numbers of the owners that have a key or had one, and what stands for them.
const OBTAIN: &str =
    "SELECT owner, key AS wrapped, erased AS erased_at FROM obtain_person_keys($1, $2, $3, $4, $5)";

pub(crate) const OF_SESSION: &str = "
    SELECT subject, wrapped, erased_at FROM person_keys WHERE tenant_id = $1 AND session_id = $2 ORDER BY subject";

const ERASE: &str = "
    UPDATE person_keys SET wrapped = NULL, erased_at = $4
    WHERE tenant_id = $1 AND session_id = $2 AND subject = $3 AND wrapped IS NOT NULL";

/// Whose key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Owner {
    pub(super) tenant: TenantId,
    pub(super) session: SessionId,
    pub(super) subject: Subject,
}

impl Owner {
    /// What the wrapped key is bound to: tenant (16 bytes), session (16 bytes), subject as text.
    pub(super) fn context(&self) -> Vec<u8> {
        let text = self.subject.to_string();
        [&self.tenant.as_uuid().as_bytes()[..], self.session.as_uuid().as_bytes(), text.as_bytes()].concat()
    }
}

/// The text names no owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an owner is `<tenant>/<session>/<subject>`")]
pub(super) struct InvalidOwner;

/// `tenant/session/subject`, as the table's trigger tells of an erasure.
impl FromStr for Owner {
    type Err = InvalidOwner;

    fn from_str(text: &str) -> Result<Self, InvalidOwner> {
        let mut parts = text.splitn(3, '/');
        let mut next = || parts.next().ok_or(InvalidOwner);
        let (tenant, session, subject) = (next()?, next()?, next()?);
        let id = |text: &str| text.parse::<Uuid>().map_err(|_| InvalidOwner);
        Ok(Self {
            tenant: TenantId::new(id(tenant)?),
            session: SessionId::new(id(session)?),
            subject: subject.parse().map_err(|_| InvalidOwner)?,
        })
    }
}

/// What the table says of an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stored {
    Wrapped(Vec<u8>),
    Erased(Timestamp),
}

/// A row that is not of the form that this service writes.
#[derive(Debug, thiserror::Error)]
#[error("a row of the person keys is damaged: {0}")]
struct DamagedKey(String);

fn damaged(damage: Damage) -> PersonKeysError {
    let fault: Fault = Arc::new(DamagedKey(damage.0));
    PersonKeysError::Unavailable(fault)
}

/// Makes keys, and wraps and unwraps what is in the table.
#[derive(Clone)]
pub(super) struct Table {
    wrap: Arc<dyn KeyWrap>,
    randomness: Arc<dyn Randomness>,
}

impl Table {
    pub(super) fn new(wrap: Arc<dyn KeyWrap>, randomness: Arc<dyn Randomness>) -> Self {
        Self { wrap, randomness }
    }

    /// A new key for `owner`, wrapped.
    pub(super) fn make(&self, owner: &Owner) -> Vec<u8> {
        let key = PersonKey::new(random_bytes(self.randomness.as_ref()));
        self.wrap.wrap(&key, &owner.context())
    }

    /// What `stored` means to those who use keys.
    pub(super) fn open(&self, owner: &Owner, stored: Option<&Stored>) -> Result<KeyState, PersonKeysError> {
        match stored {
            None => Ok(KeyState::Absent),
            Some(Stored::Erased(at)) => Ok(KeyState::Erased { at: *at }),
            Some(Stored::Wrapped(wrapped)) => self
                .wrap
                .unwrap(wrapped, &owner.context())
                .map(|key| KeyState::Present(Arc::new(key)))
                .map_err(|_| PersonKeysError::Unwrappable { subject: owner.subject }),
        }
    }

    /// The keys of all subjects of a session.
    pub(super) async fn of_session(
        &self,
        database: &Database,
        tenant: TenantId,
        session: SessionId,
    ) -> Result<Vec<(Subject, KeyState)>, PersonKeysError> {
        let statement = query(OF_SESSION).bind(tenant.as_uuid()).bind(session.as_uuid());
        let rows = database.ask(As::Tenant(tenant), statement).await.map_err(unavailable)?;
        let open = |row: &PgRow| {
            let subject = subject(row).map_err(damaged)?;
            let stored = stored(row).map_err(damaged)?;
            Ok((subject, self.open(&Owner { tenant, session, subject }, Some(&stored))?))
        };
        rows.iter().map(open).collect()
    }
}

/// What stands for each of `owners`, in their order, after those that have a new key and never had one got it.
pub(super) async fn obtain(
    connection: &mut PgConnection,
    owners: &[Owner],
    new_keys: &[Option<Vec<u8>>],
) -> Result<Vec<Option<Stored>>, PersonKeysError> {
    let ids = |of: fn(&Owner) -> Uuid| owners.iter().map(of).collect::<Vec<_>>();
    let subjects: Vec<_> = owners.iter().map(|owner| owner.subject.to_string()).collect();
    let statement = query(OBTAIN)
        .bind(tenants(owners))
        .bind(ids(|owner| owner.tenant.as_uuid()))
        .bind(ids(|owner| owner.session.as_uuid()))
        .bind(subjects)
        .bind(new_keys);
    let rows = statement.fetch_all(connection).await.map_err(unavailable)?;
    let mut standing = vec![None; owners.len()];
    for row in &rows {
        let number = columns::count(row, "owner").map_err(damaged)?;
        let place = usize::try_from(number).ok().and_then(|number| standing.get_mut(number.checked_sub(1)?));
        *place.ok_or_else(|| damaged(Damage::of("owner", "nobody asked for it")))? =
            Some(stored(row).map_err(damaged)?);
    }
    Ok(standing)
}

/// The tenants of `owners`, each once, joined by commas.
fn tenants(owners: &[Owner]) -> String {
    let mut tenants: Vec<_> = owners.iter().map(|owner| owner.tenant.as_uuid()).collect();
    tenants.sort_unstable();
    tenants.dedup();
    tenants.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",")
}

/// Destroys the key of `owner`; `false` if there is none to destroy.
pub(super) async fn erase(database: &Database, owner: &Owner, at: Timestamp) -> Result<bool, sqlx::Error> {
    let statement = query(ERASE)
        .bind(owner.tenant.as_uuid())
        .bind(owner.session.as_uuid())
        .bind(owner.subject.to_string())
        .bind(Moment(at));
    Ok(database.tell(owner.tenant, statement).await? > 0)
}

fn subject(row: &PgRow) -> Result<Subject, Damage> {
    columns::get::<&str>(row, "subject")?.parse().map_err(|error| Damage::of("subject", error))
}

fn stored(row: &PgRow) -> Result<Stored, Damage> {
    match columns::get::<Option<Vec<u8>>>(row, "wrapped")? {
        Some(wrapped) => Ok(Stored::Wrapped(wrapped)),
        None => columns::moment(row, "erased_at").map(Stored::Erased),
    }
}
