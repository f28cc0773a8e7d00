//! `acta keys rewrap`

use std::io::Write as _;

use crate::config::Config;
use crate::wiring::ServiceKeys;

/// Wraps every person's key anew under the newest master key.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let mut progress = |seen: u64| {
        // Whoever does not read the progress does not stop the work.
        let _ = writeln!(std::io::stdout(), "{seen} keys done");
    };
    let done = ServiceKeys::rewrap(config, &mut progress).await?;
    println!("all {} keys were looked at, {} of them wrapped anew", done.seen, done.anew);
    if done.older_forms_left {
        println!(
            "somebody holds on to the table, such as a backup: its file still has older forms; run this again later"
        );
    }
    anyhow::ensure!(
        done.unreadable == 0,
        "{} keys do not open under any master key here and were left as they are",
        done.unreadable
    );
    println!("all are wrapped under master key {}; older ones can be retired", done.master);
    Ok(())
}
