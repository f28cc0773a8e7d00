//! A fresh database for one test.

use std::str::FromStr;

use acta_postgres::{Database, DatabaseOptions, migrate, migrations};
use acta_throwaway::{Cluster, Login, template_name};
use sqlx::postgres::PgConnectOptions;

/// A migrated database of one's own.
pub(crate) struct Store {
    pub(crate) place: acta_throwaway::Database,
}

impl Store {
    pub(crate) async fn fresh() -> Self {
        let server = Cluster::shared().await.expect("a server can be had");
        let template = template_name("acta", migrations());
        let migrated = |owner: String| async move { migrate(&login(&owner)).await.map(drop) };
        let place = acta_throwaway::Database::create(server, &template, migrated).await;
        Self { place: place.expect("a database can be made") }
    }

    /// How an instance of the service reaches it.
    pub(crate) fn options(&self) -> DatabaseOptions {
        DatabaseOptions::of_login(login(&self.place.url_of(Login::Service)))
    }

    /// An instance's connections to it.
    pub(crate) async fn open(&self) -> Database {
        Database::open(self.options()).await.expect("the database is migrated")
    }
}

pub(crate) fn login(url: &str) -> PgConnectOptions {
    PgConnectOptions::from_str(url).expect("the URL is well formed")
}
