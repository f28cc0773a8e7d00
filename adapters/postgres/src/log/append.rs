//! The one statement that appends.

use std::collections::BTreeSet;

use acta_application::log::{Batch, NewRow, Position};
use acta_proof::sealed::SealedPart;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::columns::{Moment, number};

const APPEND: &str = "
    SELECT append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)";

/// The tenants of `batch`, as the setting `app.appending_tenants` names them.
pub(super) fn tenants(batch: &Batch) -> String {
    let tenants: BTreeSet<Uuid> = batch.appends().map(|append| append.tenant_id.as_uuid()).collect();
    tenants.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",")
}

/// Writes `rows`, which `batch` was given, after a log that ends at `known` or further; gives the position of the last. Outside of a
/// transaction it is one: the rows are durable when this returns.
pub(super) async fn append(
    connection: &mut PgConnection,
    batch: &Batch,
    rows: &[NewRow],
    known: Position,
) -> Result<Position, sqlx::Error> {
    let guards = Guards::of(batch);
    let last: i64 = sqlx::query_scalar(APPEND)
        .bind(number(known.get()))
        .bind(tenants(batch))
        .bind(guards.tenants)
        .bind(guards.types)
        .bind(guards.ids)
        .bind(guards.versions)
        .bind(column(rows, |row| number(row.event.session_index.get())))
        .bind(column(rows, |row| number(row.event.sequence.get())))
        .bind(column(rows, |row| Moment(row.event.recorded_at)))
        .bind(column(rows, |row| row.event.tenant_id.as_uuid()))
        .bind(column(rows, |row| row.event.session_id.as_uuid()))
        .bind(column(rows, |row| row.command_id.0))
        .bind(column(rows, |row| i32::try_from(row.command_event).unwrap_or(i32::MAX)))
        .bind(column(rows, |row| row.event.stream.aggregate_type.as_str()))
        .bind(column(rows, |row| row.event.stream.aggregate_id.as_str()))
        .bind(column(rows, |row| row.event.event_type.as_str()))
        .bind(column(rows, |row| row.event.event_version.to_string()))
        .bind(column(rows, |row| row.event.payload.as_str()))
        .bind(column(rows, |row| row.event.metadata.as_str()))
        .bind(column(rows, |row| &row.command_digest.0[..]))
        .bind(column(rows, |row| &row.event.salt.0[..]))
        .bind(column(rows, |row| &row.event.commitment.0[..]))
        .bind(column(rows, |row| row.event.sealed.as_ref().map(SealedPart::encode)))
        .fetch_one(connection)
        .await?;
    Ok(Position::new(u64::try_from(last).unwrap_or_default()))
}

fn column<'r, T>(rows: &'r [NewRow], value: impl Fn(&'r NewRow) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// What the batch rests on, each once: streams that must have no event after the version.
#[derive(Default)]
struct Guards<'b> {
    tenants: Vec<Uuid>,
    types: Vec<&'b str>,
    ids: Vec<&'b str>,
    versions: Vec<i64>,
}

impl<'b> Guards<'b> {
    fn of(batch: &'b Batch) -> Self {
        let each: BTreeSet<_> = batch
            .appends()
            .flat_map(|append| append.guards.iter().map(|guard| (append.tenant_id.as_uuid(), guard)))
            .map(|(tenant, guard)| {
                let stream = &guard.stream;
                (tenant, stream.aggregate_type.as_str(), stream.aggregate_id.as_str(), guard.version)
            })
            .collect();
        let mut guards = Self::default();
        for (tenant, aggregate_type, aggregate_id, version) in each {
            guards.tenants.push(tenant);
            guards.types.push(aggregate_type);
            guards.ids.push(aggregate_id);
            guards.versions.push(number(version.get()));
        }
        guards
    }
}
