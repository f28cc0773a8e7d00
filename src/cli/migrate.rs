//! `acta migrate`

use acta_postgres::Migrated;
use anyhow::Context as _;
use clap::Args;

use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    config: Config,
}

/// Migrates the database as the owner of its tables, and says what has been done and what an administrator has to do next.
pub(crate) async fn run(args: MigrateArgs) -> anyhow::Result<()> {
    let Some(login) = args.config.database.migrating()? else {
        println!(
            "no database is named: the files in {} are migrated when they are opened",
            args.config.data.display()
        );
        return Ok(());
    };
    let migrated = acta_postgres::migrate(&login).await?;
    println!("{}", done(&migrated));
    if !migrated.still_needed.is_empty() {
        println!("\nBefore the service can log in, an administrator of the database runs:");
        migrated.still_needed.iter().for_each(|statement| println!("  {statement}"));
    }
    Ok(())
}

/// Migrates in front of `acta serve`: only with a login that was given for it, so that a service does not own its tables by mistake.
pub(crate) async fn before_serving(config: &Config) -> anyhow::Result<()> {
    let login = config.database.owner()?;
    let login = login.context("--migrate needs the login that owns the tables, in MIGRATE_DATABASE_URL")?;
    let migrated = acta_postgres::migrate(&login).await?;
    tracing::info!("{}", done(&migrated));
    Ok(())
}

fn done(migrated: &Migrated) -> String {
    let now = migrated.now;
    match migrated.applied {
        0 => format!("nothing to do, at migration {now}"),
        1 => format!("1 migration applied, now at {now}"),
        applied => format!("{applied} migrations applied, now at {now}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_in_words() {
        let after = |applied| done(&Migrated { applied, now: 4, still_needed: Vec::new() });
        assert_eq!(after(0), "nothing to do, at migration 4");
        assert_eq!(after(1), "1 migration applied, now at 4");
        assert_eq!(after(3), "3 migrations applied, now at 4");
    }
}
