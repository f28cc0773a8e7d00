//! `acta keys scrub`

use crate::config::Config;

/// Takes erased keys out of the file of the database's table. In files, an erased key is gone when its erasure is acknowledged.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let Some(owner) = config.database.migrating()? else {
        println!("no database is named: in files, no erased key is ever left");
        return Ok(());
    };
    match acta_postgres::scrub_keys(&owner).await? {
        0 => println!("no erased key was in the table's file"),
        1 => println!("1 erased key is out of the table's file now"),
        scrubbed => println!("{scrubbed} erased keys are out of the table's file now"),
    }
    Ok(())
}
