//! Reading a file that another process may be writing: WAL mode lets both go on. Nothing is made, migrated or changed.

use std::path::Path;

use sqlx::query_as;
use sqlx::sqlite::SqlitePool;

use super::migrations::Migrations;
use super::readers;
use crate::folder::OpenError;

const APPLIED: &str = "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version";

/// Connections that read the file at `path`, which must have exactly the tables that `migrations` give it.
pub(crate) async fn readers_beside_a_writer(
    path: &Path,
    migrations: Migrations,
) -> Result<SqlitePool, OpenError> {
    let readers = readers(path);
    let applied = query_as(APPLIED).fetch_all(&readers).await;
    let applied = applied.map_err(|source| OpenError::Database { path: path.to_owned(), source })?;
    let needed = migrations.marks();
    if applied != needed {
        let last = |marks: &[(i64, Vec<u8>)]| marks.last().map_or(0, |(version, _)| *version);
        let (found, needed) = (last(&applied), last(&needed));
        return Err(OpenError::OtherVersion { path: path.to_owned(), found, needed });
    }
    Ok(readers)
}
