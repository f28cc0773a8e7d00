//! What only `PostgreSQL` promises: who sees what, what the service refuses to start with, and what it survives.

mod damage;
mod network;
mod passwords;
mod policies;
mod rebuild;
mod restore;
mod rights;
mod tenants;
mod tls;

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::process::Command;

use crate::binary::ended;
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

/// Gives a folder to the user whom the server runs as when root starts it.
async fn give_to_the_server(folder: &Path) {
    if std::fs::metadata(folder).unwrap().uid() == 0 {
        let mut command = Command::new("chown");
        command.args(["-R", "postgres"]).arg(folder);
        assert!(ended(command).await.status.success());
    }
}
