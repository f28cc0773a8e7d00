//! Who may call what: every operation that the service describes, called by everybody there is, in their own tenant and in another one,
//! with and without an internal listener.
//!
//! What comes out is checked in: `schemas/access.json`, and `docs/access.md` for people. `ACTA_REGENERATE=1` writes both anew.

mod cast;
mod operation;
mod outcome;
mod page;
mod target;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use self::cast::{CERTIFICATE, Cast, NO_TOKEN};
use self::operation::{Operation, operations};
use self::outcome::Outcome;
use super::papers::House;
use crate::folder::Folder;
use crate::service::Service;

const KEPT: &str = "schemas/access.json";
const PAGE: &str = "docs/access.md";

/// All of it, by the id of the operation.
type Matrix = BTreeMap<String, Row>;

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    /// What it is about.
    tag: String,
    /// The method and the path.
    call: String,
    /// What it comes to, by who calls.
    callers: BTreeMap<String, Cell>,
}

/// What a call comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cell {
    /// In the caller's own tenant.
    own_tenant: Option<Outcome>,
    /// With what is another tenant's; nothing where the call can name nothing of another tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    other_tenant: Option<Outcome>,
    /// On the public listener, in the caller's own tenant, when there is an internal one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    beside_internal_listener: Option<Outcome>,
}

fn row<'a>(matrix: &'a mut Matrix, operation: &Operation) -> &'a mut Row {
    matrix.entry(operation.id.clone()).or_insert_with(|| Row {
        tag: operation.tag.clone(),
        call: format!("{} {}", operation.method, operation.path),
        callers: BTreeMap::new(),
    })
}

/// Plays everything on a service without an internal listener.
async fn play_alone(matrix: &mut Matrix) {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let cast = Cast::assemble(&service, None).await;
    let before = cast.others.feed().await;
    for operation in operations(&service).await {
        for caller in &cast.callers {
            if operation.is_open && caller.name != NO_TOKEN {
                continue;
            }
            let own_tenant = Some(operation.play_in_own_tenant(caller).await);
            let other_tenant = operation.play_on_others(caller, &cast.others).await;
            let cell = Cell { own_tenant, other_tenant, ..Cell::default() };
            row(matrix, &operation).callers.insert(caller.name.to_owned(), cell);
        }
    }
    assert_eq!(before, cast.others.feed().await, "something of the other tenant was changed");
    service.stop().await;
}

/// Plays everything on a service with one: on the public listener, and by certificate.
async fn play_with_internal_listener(matrix: &mut Matrix) {
    let (folder, house) = (Folder::new().await, House::new());
    let mut command = folder.serve();
    house.tell(&mut command);
    let service = Service::spawn(&folder, command).await;
    let cast = Cast::assemble(&service, Some(&house)).await;
    let before = cast.others.feed().await;
    for operation in operations(&service).await {
        if operation.is_open {
            continue;
        }
        for caller in &cast.callers {
            let played = operation.play_in_own_tenant(caller).await;
            let cell = row(matrix, &operation).callers.entry(caller.name.to_owned()).or_default();
            if caller.name == CERTIFICATE {
                cell.own_tenant = Some(played);
                cell.other_tenant = operation.play_on_others(caller, &cast.others).await;
            } else {
                cell.beside_internal_listener = Some(played);
            }
        }
    }
    assert_eq!(before, cast.others.feed().await, "something of the other tenant was changed");
    service.stop().await;
}

#[tokio::test]
async fn everybody_may_call_exactly_what_the_checked_in_matrix_says() {
    let mut matrix = Matrix::new();
    play_alone(&mut matrix).await;
    play_with_internal_listener(&mut matrix).await;
    assert_safe(&matrix);
    let text = serde_json::to_string_pretty(&matrix).unwrap() + "\n";
    is_kept(KEPT, &text);
    is_kept(PAGE, &page::of(&matrix));
}

/// Whatever is checked in, this holds.
fn assert_safe(matrix: &Matrix) {
    for (id, row) in matrix {
        for (caller, cell) in &row.callers {
            let is_open = row.callers.len() == 1;
            let foreign = cell.other_tenant.unwrap_or(Outcome::NotThere);
            assert!(
                is_open || foreign.keeps_tenants_apart(),
                "{id}: {caller} reaches another tenant: {foreign}"
            );
            let own = cell.own_tenant.expect("everybody plays everything");
            assert!(
                is_open || caller != NO_TOKEN || own == Outcome::NoToken,
                "{id} needs no token, and should"
            );
            assert!(
                own != Outcome::NotThere,
                "{id}: {caller} does not find what is theirs: the trial is wrong"
            );
        }
    }
}

/// Fails unless the file at `path` of the checkout says `text`; writes it instead when that was asked for.
#[track_caller]
fn is_kept(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("ACTA_REGENERATE").is_some() {
        return fs::write(file, text).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    let difference = kept.lines().zip(text.lines()).find(|(kept, now)| kept != now);
    assert!(
        kept == text,
        "{path} does not say what the service does (ACTA_REGENERATE=1 writes it anew); first: {difference:?}"
    );
}
