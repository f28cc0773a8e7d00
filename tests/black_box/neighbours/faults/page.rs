//! The table for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::operation::{NEIGHBOURS, Operation};
use super::trial::{Seen, TRIALS};

const HEAD: &str = "# What clients see when a neighbour fails

Each neighbour of the service, played by a real server, and each fault switched on while a client asks for what needs that neighbour.
Everything else is well. Nothing of the failed neighbour is kept from before. A cell says what the client is answered, and which events
were recorded by then; an answer without one is marked with a dash. `/health` says how the feature is afterwards.

This page is generated and checked by `tests/black_box/neighbours/faults.rs`; do not edit it:
`ACTA_REGENERATE=1 cargo test --test black_box neighbours::faults` writes it anew.
";

/// What was seen, by neighbour and trial.
pub(super) type Results = BTreeMap<(&'static str, &'static str), Seen>;

/// The whole page.
pub(super) fn page(results: &Results) -> String {
    let mut page = HEAD.to_owned();
    for (neighbour, seconds) in NEIGHBOURS {
        write!(page, "\n## {neighbour}\n\nNo answer takes longer than {seconds} s.\n\n")
            .expect("text takes it");
        let operations = Operation::all_of(neighbour);
        let titles: Vec<_> = operations.iter().map(|operation| operation.title()).collect();
        let rule = "---|".repeat(operations.len() + 2);
        writeln!(page, "| what goes wrong | {} | `/health` |\n|{rule}", titles.join(" | "))
            .expect("text takes it");
        for trial in TRIALS {
            row(&mut page, trial.name, &results[&(neighbour, trial.name)]);
        }
    }
    page
}

fn row(page: &mut String, trial: &str, seen: &Seen) {
    let cells: Vec<_> = seen.answers.iter().map(ToString::to_string).collect();
    writeln!(page, "| {trial} | {} | {} |", cells.join(" | "), seen.health).expect("text takes it");
}
