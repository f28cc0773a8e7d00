//! The matrix as a page for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::cast::{CERTIFICATE, NO_TOKEN, ROLES};
use super::outcome::Outcome;
use super::{Cell, Matrix, Row};

const HEAD: &str = "# Who may call what

Written by a test that calls every operation of a running service as everybody there is (`tests/black_box/security/matrix.rs`); the same
in a form for programs is `schemas/access.json`. Do not edit it: `ACTA_REGENERATE=1 cargo test --test black_box security::matrix` writes
it anew.

Roles are templates of permissions: a tenant can define others, and add single permissions to a user or take them away. Here are the
built-in ones.

- **may**: in one's own tenant. What is another tenant's is never there for anybody: 404, and lists show nothing of it.
- **oneself**: only what concerns oneself.
- **–**: refused: without a token 401, else 403.
- **certificate**: another service that shows a certificate on the internal listener; it acts in the tenant that it names.
- **¹**: where there is an internal listener, it is served there only, and the public one answers 403 `internal-only`.

";

/// The whole page.
pub(super) fn of(matrix: &Matrix) -> String {
    let mut by_tag: BTreeMap<&str, Vec<(&String, &Row)>> = BTreeMap::new();
    for (id, row) in matrix.iter().filter(|(_, row)| !is_open(row)) {
        by_tag.entry(&row.tag).or_default().push((id, row));
    }
    let mut page = HEAD.to_owned();
    for (tag, rows) in by_tag {
        write!(page, "## {tag}\n\n{}", table(&rows)).unwrap();
    }
    page + "## Open to anybody\n\n" + &open(matrix)
}

fn is_open(row: &Row) -> bool {
    row.callers.len() == 1
}

fn table(rows: &[(&String, &Row)]) -> String {
    let columns: Vec<_> = ROLES.into_iter().chain([CERTIFICATE]).collect();
    let mut table =
        format!("| operation | {} |\n|---|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
    for (id, row) in rows {
        let cells: Vec<_> = columns.iter().map(|column| words(&row.callers[*column])).collect();
        let mark = if is_internal(row) { " ¹" } else { "" };
        writeln!(table, "| `{id}`{mark}<br>{} | {} |", row.call, cells.join(" | ")).unwrap();
    }
    table + "\n"
}

/// Whether everybody is sent to the internal listener where there is one.
fn is_internal(row: &Row) -> bool {
    let by_token = row.callers.iter().filter(|(name, _)| *name != CERTIFICATE);
    by_token.into_iter().all(|(_, cell)| cell.beside_internal_listener == Some(Outcome::InternalOnly))
}

fn words(cell: &Cell) -> String {
    match (cell.own_tenant, cell.other_tenant) {
        (Some(Outcome::May), None | Some(Outcome::NotThere | Outcome::NothingOfIt)) => "may".to_owned(),
        (Some(Outcome::MayForOneself), None | Some(Outcome::NotThere | Outcome::NothingOfIt)) => {
            "oneself".to_owned()
        }
        (Some(Outcome::NoPermission), None | Some(Outcome::NoPermission)) => "–".to_owned(),
        (own, other) => {
            [own, other].into_iter().flatten().map(|one| one.to_string()).collect::<Vec<_>>().join(" / ")
        }
    }
}

fn open(matrix: &Matrix) -> String {
    let mut list = String::new();
    for (id, row) in matrix.iter().filter(|(_, row)| is_open(row)) {
        let outcome = row.callers[NO_TOKEN].own_tenant.expect("everybody plays everything");
        assert!(outcome.is_may(), "{id} is open to nobody");
        writeln!(list, "- `{id}`: {}", row.call).unwrap();
    }
    list
}
