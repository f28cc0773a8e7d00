//! The migrations, which are part of the program.

use std::borrow::Cow;

use futures::future::{BoxFuture, FutureExt};
use sqlx::error::BoxDynError;
use sqlx::migrate::{Migration, MigrationSource, MigrationType};

/// All of them, in order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migrations;

const STEPS: [(i64, &str, &str); 7] = [
    (1, "the roles", include_str!("../../../../migrations/postgres/0001_the_roles.sql")),
    (2, "the log", include_str!("../../../../migrations/postgres/0002_the_log.sql")),
    (3, "the views", include_str!("../../../../migrations/postgres/0003_the_views.sql")),
    (4, "the keys", include_str!("../../../../migrations/postgres/0004_the_keys.sql")),
    (5, "the credentials", include_str!("../../../../migrations/postgres/0005_the_credentials.sql")),
    (6, "the rewrapping", include_str!("../../../../migrations/postgres/0006_the_rewrapping.sql")),
    (7, "who is connected", include_str!("../../../../migrations/postgres/0007_who_is_connected.sql")),
];

/// The text of every migration, in order: what a copy of a migrated database must agree with.
pub fn migrations() -> impl Iterator<Item = &'static str> {
    STEPS.into_iter().map(|(_, _, sql)| sql)
}

impl Migrations {
    /// The number of the newest.
    pub(super) const NEWEST: i64 = STEPS[STEPS.len() - 1].0;
}

impl MigrationSource<'static> for Migrations {
    fn resolve(self) -> BoxFuture<'static, Result<Vec<Migration>, BoxDynError>> {
        let migrations = STEPS.map(|(version, description, sql)| {
            Migration::new(
                version,
                Cow::Borrowed(description),
                MigrationType::Simple,
                Cow::Borrowed(sql),
                false,
            )
        });
        std::future::ready(Ok(migrations.to_vec())).boxed()
    }
}
