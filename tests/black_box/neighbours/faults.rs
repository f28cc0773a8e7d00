//! Each neighbour × each fault: what a client of the API sees, how long it waits at most, and what was recorded.

mod operation;
mod page;
mod trial;

use std::fs;
use std::path::Path;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use tokio::time::Instant;

use self::page::{Results, page};
use self::trial::{TRIALS, Trial};

/// So many services run at a time: most of them only wait.
const AT_A_TIME: usize = 6;
const PAGE: &str = "docs/neighbours-faults.md";
/// Nobody waits longer for all of it.
const PATIENCE: Duration = Duration::from_mins(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_of_each_neighbour_is_seen_as_the_table_says() {
    let begin = Instant::now();
    let trials = stream::iter(TRIALS.iter()).map(Trial::play);
    let played = trials.buffer_unordered(AT_A_TIME).collect::<Vec<_>>();
    let played = tokio::time::timeout(PATIENCE, played).await.expect("the trials come to an end");
    let results: Results = played.into_iter().flatten().collect();
    eprintln!(
        "{} faults of {} neighbours in {:.0?}",
        TRIALS.len(),
        results.len() / TRIALS.len(),
        begin.elapsed()
    );
    is_kept(&page(&results));
}

/// Fails unless the page says the same; writes it instead when that was asked for.
#[track_caller]
fn is_kept(text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    if std::env::var_os("ACTA_REGENERATE").is_some() {
        return fs::write(file, text).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    let differences: Vec<_> = kept.lines().zip(text.lines()).filter(|(kept, now)| kept != now).collect();
    assert!(
        kept == text,
        "{PAGE} does not say what is seen (ACTA_REGENERATE=1 writes it anew): {differences:#?}"
    );
}
