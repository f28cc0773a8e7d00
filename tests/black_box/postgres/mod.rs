//! What only `PostgreSQL` promises: who sees what, what the service refuses to start with, and what it survives.

mod network;
mod policies;
mod rebuild;
mod restore;
mod rights;
mod tenants;

use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::folder::Folder;

/// Somebody whom no policy binds, in the database of `folder`.
async fn superuser(folder: &Folder) -> PgConnection {
    PgConnection::connect(&folder.database().superuser_url()).await.unwrap()
}

/// Has the superuser run `sql` in the database of `folder`.
async fn administered(folder: &Folder, sql: &str) {
    let mut superuser = superuser(folder).await;
    superuser.execute(sqlx::raw_sql(sql)).await.unwrap();
    superuser.close().await.unwrap();
}
