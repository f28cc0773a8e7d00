//! The statements, and their rows.

use std::time::Duration;

use acta_application::leases::HolderId;
use acta_application::log::Actor;
use acta_application::presence::{Connected, PresencePage, Told};
use acta_domain::{SessionId, TenantId};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, query};
use uuid::Uuid;

use crate::columns::{self, Damage, Moment};

/// How long the term of an instance has been over when what it told is removed, in seconds.
const LONG_OVER: f64 = 60.0;
/// How many rows are removed at once.
const SWEPT: i64 = 5_000;

const TELL: &str = "SELECT tell_presence($1, $2, $3, $4, $5, $6)";

const LIVE: &str = "
    INSERT INTO presence_instances (instance, expires_at, unbroken)
    VALUES ($1, clock_timestamp() + make_interval(secs => $2), false)
    ON CONFLICT (instance) DO UPDATE
    SET expires_at = excluded.expires_at, unbroken = presence_instances.expires_at > clock_timestamp()
    RETURNING unbroken";

const SWEEP: &str = "SELECT sweep_presence(clock_timestamp() - make_interval(secs => $1), $2)";

const LEAVE: &str = "SELECT leave_presence($1)";

// The number of people comes also when none of them is behind `after`.
const CONNECTED: &str = "
    WITH there AS MATERIALIZED (
        SELECT actor, sum(connections) AS connections, min(since) AS since
        FROM presence_told JOIN presence_instances USING (instance)
        WHERE tenant_id = $1 AND session_id = $2 AND expires_at > clock_timestamp()
        GROUP BY actor
    )
    SELECT counted.people, page.actor, page.connections, page.since
    FROM (SELECT count(*) AS people FROM there) AS counted
    LEFT JOIN (SELECT * FROM there WHERE $3::text IS NULL OR actor > $3 ORDER BY actor LIMIT $4) AS page ON true
    ORDER BY page.actor";

type Statement<'q> = Query<'q, Postgres, PgArguments>;

pub(super) fn tell(instance: HolderId, told: &[Told]) -> Statement<'static> {
    let tenants: Vec<Uuid> = told.iter().map(|told| told.place.tenant.as_uuid()).collect();
    let sessions: Vec<Uuid> = told.iter().map(|told| told.place.session.as_uuid()).collect();
    let actors: Vec<String> = told.iter().map(|told| told.place.actor.to_string()).collect();
    let counts: Vec<i32> =
        told.iter().map(|told| i32::try_from(told.connections).unwrap_or(i32::MAX)).collect();
    let sinces: Vec<Moment> = told.iter().map(|told| Moment(told.since)).collect();
    query(TELL).bind(instance.0).bind(tenants).bind(sessions).bind(actors).bind(counts).bind(sinces)
}

pub(super) fn live(instance: HolderId, term: Duration) -> Statement<'static> {
    query(LIVE).bind(instance.0).bind(term.as_secs_f64())
}

pub(super) fn sweep() -> Statement<'static> {
    query(SWEEP).bind(LONG_OVER).bind(SWEPT)
}

pub(super) fn leave(instance: HolderId) -> Statement<'static> {
    query(LEAVE).bind(instance.0)
}

/// Asks for one more than `limit`, which tells whether there are more.
pub(super) fn connected(
    tenant: TenantId,
    session: SessionId,
    after: Option<&Actor>,
    limit: u32,
) -> Statement<'static> {
    let after = after.map(ToString::to_string);
    query(CONNECTED).bind(tenant.as_uuid()).bind(session.as_uuid()).bind(after).bind(i64::from(limit) + 1)
}

/// The answer to [`connected`].
pub(super) fn page(rows: &[PgRow], limit: u32) -> Result<PresencePage, Damage> {
    let people = rows.first().map_or(Ok(0), |row| columns::count(row, "people"))?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.extend(somebody(row)?);
    }
    let more = all.len() > limit as usize;
    all.truncate(limit as usize);
    Ok(PresencePage { connected: all, people, more })
}

/// Who the row is about, unless the page is empty.
fn somebody(row: &PgRow) -> Result<Option<Connected>, Damage> {
    let Some(actor) = columns::get::<Option<&str>>(row, "actor")? else { return Ok(None) };
    let actor = actor.parse().map_err(|error| Damage::of("actor", error))?;
    let connections = u32::try_from(columns::count(row, "connections")?).unwrap_or(u32::MAX);
    Ok(Some(Connected { actor, connections, since: columns::moment(row, "since")? }))
}
