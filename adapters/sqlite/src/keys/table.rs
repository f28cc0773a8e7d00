//! The table `person_keys`.

use std::collections::HashMap;
use std::sync::Arc;

use acta_application::clock::{Randomness, random_bytes};
use acta_application::log::Fault;
use acta_application::persons::{KeyState, KeyWrap, PersonKeysError, Subject};
use acta_domain::{SessionId, TenantId, Timestamp};
use acta_proof::sealed::PersonKey;
use serde_json::json;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Sqlite, query};

use super::unavailable;
use crate::columns::{self, Damage};

const FIND: &str = "
    SELECT tenant_id, session_id, subject, wrapped, erased_at FROM person_keys
    WHERE tenant_id = ?1 AND session_id = ?2 AND subject = ?3";

const OF_SESSION: &str = "
    SELECT tenant_id, session_id, subject, wrapped, erased_at FROM person_keys
    WHERE tenant_id = ?1 AND session_id = ?2 ORDER BY subject";

// The wanted keys come as one JSON text, so that the statement is the same for any number of them.
const KNOWN: &str = "
    SELECT tenant_id, session_id, subject, wrapped, erased_at
    FROM json_each(?1) AS wanted CROSS JOIN person_keys
    WHERE tenant_id = unhex(wanted.value ->> 0) AND session_id = unhex(wanted.value ->> 1)
        AND subject = wanted.value ->> 2";

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

pub(super) fn damaged(damage: Damage) -> PersonKeysError {
    let fault: Fault = Arc::new(DamagedKey(damage.0));
    PersonKeysError::Unavailable(fault)
}

/// Reads and writes the table, and wraps and unwraps what is in it.
#[derive(Clone)]
pub(super) struct Table {
    wrap: Arc<dyn KeyWrap>,
    randomness: Arc<dyn Randomness>,
}

impl Table {
    pub(super) fn new(wrap: Arc<dyn KeyWrap>, randomness: Arc<dyn Randomness>) -> Self {
        Self { wrap, randomness }
    }

    /// A new key for `owner`, in the form that is stored.
    pub(super) fn make(&self, owner: &Owner) -> Stored {
        let key = PersonKey::new(random_bytes(self.randomness.as_ref()));
        Stored::Wrapped(self.wrap.wrap(&key, &owner.context()))
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

    /// The key of one owner.
    pub(super) async fn find(
        &self,
        connection: &mut SqliteConnection,
        owner: &Owner,
    ) -> Result<KeyState, PersonKeysError> {
        let statement = query(FIND)
            .bind(owner.tenant.as_uuid())
            .bind(owner.session.as_uuid())
            .bind(owner.subject.to_string());
        let row = statement.fetch_optional(connection).await.map_err(unavailable)?;
        let stored = row.map(|row| read(&row)).transpose().map_err(damaged)?;
        self.open(owner, stored.as_ref().map(|(_, stored)| stored))
    }

    /// The keys of all subjects of a session.
    pub(super) async fn of_session(
        &self,
        connection: &mut SqliteConnection,
        tenant: TenantId,
        session: SessionId,
    ) -> Result<Vec<(Subject, KeyState)>, PersonKeysError> {
        let statement = query(OF_SESSION).bind(tenant.as_uuid()).bind(session.as_uuid());
        let rows = statement.fetch_all(connection).await.map_err(unavailable)?;
        let open = |row: &SqliteRow| {
            let (owner, stored) = read(row).map_err(damaged)?;
            Ok((owner.subject, self.open(&owner, Some(&stored))?))
        };
        rows.iter().map(open).collect()
    }
}

/// What the table says of all `owners`.
pub(super) async fn known(
    connection: &mut SqliteConnection,
    owners: &[Owner],
) -> Result<HashMap<Owner, Stored>, PersonKeysError> {
    let hex = |id: uuid::Uuid| id.simple().to_string();
    let wanted: Vec<_> = owners
        .iter()
        .map(|owner| [hex(owner.tenant.as_uuid()), hex(owner.session.as_uuid()), owner.subject.to_string()])
        .collect();
    let statement = query(KNOWN).bind(json!(wanted).to_string());
    let rows = statement.fetch_all(connection).await.map_err(unavailable)?;
    rows.iter().map(read).collect::<Result<_, _>>().map_err(damaged)
}

/// Writes what is now true of the owners.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    changes: &HashMap<Owner, Stored>,
) -> Result<(), PersonKeysError> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut statement = QueryBuilder::<Sqlite>::new(
        "INSERT INTO person_keys (tenant_id, session_id, subject, wrapped, erased_at) ",
    );
    statement.push_values(changes, |mut values, (owner, stored)| {
        let (wrapped, erased_at) = match stored {
            Stored::Wrapped(wrapped) => (Some(wrapped.as_slice()), None),
            Stored::Erased(at) => (None, Some(at.as_micros())),
        };
        values
            .push_bind(owner.tenant.as_uuid())
            .push_bind(owner.session.as_uuid())
            .push_bind(owner.subject.to_string())
            .push_bind(wrapped)
            .push_bind(erased_at);
    });
    statement.push(" ON CONFLICT DO UPDATE SET wrapped = excluded.wrapped, erased_at = excluded.erased_at");
    let written = statement.build().persistent(false).execute(connection).await;
    written.map(|_| ()).map_err(unavailable)
}

fn read(row: &SqliteRow) -> Result<(Owner, Stored), Damage> {
    let subject: &str = columns::get(row, "subject")?;
    let subject = subject.parse().map_err(|error| Damage::of("subject", error))?;
    let owner = Owner { tenant: columns::tenant(row)?, session: columns::session(row)?, subject };
    let stored = match columns::get::<Option<Vec<u8>>>(row, "wrapped")? {
        Some(wrapped) => Stored::Wrapped(wrapped),
        None => Stored::Erased(columns::moment(row, "erased_at")?),
    };
    Ok((owner, stored))
}
