//! The migrations, which are part of the program.

use std::borrow::Cow;

use futures::future::{BoxFuture, FutureExt};
use sqlx::error::BoxDynError;
use sqlx::migrate::{MigrateError, Migration, MigrationSource, MigrationType, Migrator};

/// What one file's tables come from, and whether what is deleted there is overwritten.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migrations {
    steps: &'static [Step],
    pub(super) secure_delete: bool,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    version: i64,
    description: &'static str,
    sql: &'static str,
}

pub(crate) const LOG: Migrations = Migrations {
    steps: &[Step {
        version: 1,
        description: "the log",
        sql: include_str!("../../../../migrations/sqlite/log/0001_the_log.sql"),
    }],
    secure_delete: false,
};

pub(crate) const VIEWS: Migrations = Migrations {
    steps: &[Step {
        version: 1,
        description: "the views",
        sql: include_str!("../../../../migrations/sqlite/views/0001_the_views.sql"),
    }],
    secure_delete: false,
};

pub(crate) const KEYS: Migrations = Migrations {
    steps: &[
        Step {
            version: 1,
            description: "the keys",
            sql: include_str!("../../../../migrations/sqlite/keys/0001_the_keys.sql"),
        },
        Step {
            version: 2,
            description: "the credentials",
            sql: include_str!("../../../../migrations/sqlite/keys/0002_the_credentials.sql"),
        },
    ],
    secure_delete: true,
};

impl Migrations {
    /// The version and the checksum of each step, as a database notes them.
    pub(super) fn marks(self) -> Vec<(i64, Vec<u8>)> {
        self.steps.iter().map(|step| (step.version, step.migration().checksum.into_owned())).collect()
    }

    pub(super) async fn migrator(self) -> Result<Migrator, MigrateError> {
        Migrator::new(self).await
    }
}

impl MigrationSource<'static> for Migrations {
    fn resolve(self) -> BoxFuture<'static, Result<Vec<Migration>, BoxDynError>> {
        let migrations = self.steps.iter().map(Step::migration).collect();
        std::future::ready(Ok(migrations)).boxed()
    }
}

impl Step {
    fn migration(&self) -> Migration {
        Migration::new(
            self.version,
            Cow::Borrowed(self.description),
            MigrationType::Simple,
            Cow::Borrowed(self.sql),
            false,
        )
    }
}
