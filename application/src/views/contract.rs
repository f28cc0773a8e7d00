//! What every store of views must do, as tests that any store runs.
//!
//! Implement [`ViewsHarness`] for the store, then `acta_application::views_contract!(YourHarness);` in a test file.

#![expect(clippy::missing_panics_doc, reason = "a case that panics is a case that failed")]

use std::sync::Arc;

use acta_domain::{SessionId, TenantId};
use async_trait::async_trait;
use uuid::Uuid;

use super::{Columns, Cursor, Order, RowKey, Unlike, ViewName, ViewQuery, ViewRow, Views, ViewsError};
use crate::log::Position;

/// An empty store of its own for one case.
#[async_trait]
pub trait ViewsHarness: Sized + Send + Sync + 'static {
    /// The store under test.
    type Views: Views;

    /// A store without rows.
    async fn new() -> Self;

    /// Opens the store. It is open once at a time.
    async fn open(&self) -> Arc<Self::Views>;

    /// Closes what [`Self::open`] gave, as an orderly stop does.
    async fn close(&self, views: Arc<Self::Views>);
}

/// One test for each case of the contract, against the [`ViewsHarness`](crate::views::contract::ViewsHarness) `$harness`.
#[macro_export]
macro_rules! views_contract {
    ($harness:ty) => {
        $crate::contract_cases!(
            $crate::views::contract,
            $harness,
            [
                rows_and_checkpoint_move_together,
                a_checkpoint_that_moved_keeps_rows_out,
                of_many_writers_of_one_batch_one_wins,
                a_row_is_written_whole_over_the_old_one,
                more_rows_than_one_statement_takes_are_written,
                rows_are_found_by_their_keys,
                pages_run_upwards_through_ties,
                pages_run_downwards_through_ties,
                filters_can_be_put_together,
                nothing_is_shown_to_another_tenant_or_view,
                a_scan_walks_every_row_in_order_of_key,
                a_comparison_names_every_row_that_is_not_the_same,
                a_comparison_goes_through_all_tenants_bit_by_bit,
                a_discarded_view_is_gone,
                a_copy_takes_the_place_of_its_view,
                a_copy_at_another_position_takes_no_place,
                the_checkpoint_can_be_followed,
                a_restart_keeps_rows_and_checkpoint,
            ]
        );
    };
}

fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(0x7e00_0000 + number))
}

fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(0x5e00_0000 + number))
}

fn view() -> ViewName {
    ViewName::new("things")
}

/// The row `id` of session `of` of tenant 1, with `rank`.
fn row(of: u128, id: &str, rank: i64) -> ViewRow {
    ViewRow {
        key: RowKey { tenant: tenant(1), session: session(of), id: id.to_owned() },
        columns: Columns { rank, ..Columns::default() },
        document: format!(r#"{{"id":{id:?},"rank":{rank}}}"#),
        position: Position::new(1),
    }
}

async fn opened<H: ViewsHarness>() -> (H, Arc<H::Views>) {
    let harness = H::new().await;
    let views = harness.open().await;
    (harness, views)
}

async fn write(views: &impl Views, expected: u64, reached: u64, rows: Vec<ViewRow>) {
    let (expected, reached) = (Position::new(expected), Position::new(reached));
    views.commit(&view(), expected, reached, rows).await.expect("the checkpoint is there");
}

async fn all(views: &impl Views, of: &ViewName) -> Vec<ViewRow> {
    views.scan(of, None, 1_000).await.expect("the views can be read")
}

async fn checkpoint(views: &impl Views, of: &ViewName) -> Position {
    views.checkpoint(of).await.expect("the views can be read")
}

fn ids(rows: &[ViewRow]) -> Vec<&str> {
    rows.iter().map(|row| row.key.id.as_str()).collect()
}

/// Given a new view at 0, a commit to 3 leaves its rows and the checkpoint 3.
pub async fn rows_and_checkpoint_move_together<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    assert_eq!(checkpoint(&*views, &view()).await, Position::default());
    write(&*views, 0, 3, vec![row(1, "a", 1)]).await;
    assert_eq!(all(&*views, &view()).await, [row(1, "a", 1)]);
    assert_eq!(checkpoint(&*views, &view()).await, Position::new(3));
}

/// Given a checkpoint that somebody else moved, nothing of a commit is written.
pub async fn a_checkpoint_that_moved_keeps_rows_out<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    write(&*views, 0, 3, Vec::new()).await;
    let late = views.commit(&view(), Position::new(0), Position::new(5), vec![row(1, "a", 1)]).await;
    match late {
        Err(ViewsError::CheckpointMoved { view: which, expected, actual }) => {
            assert_eq!((which, expected, actual), (view(), Position::new(0), Position::new(3)));
        }
        other => panic!("{other:?}"),
    }
    assert!(all(&*views, &view()).await.is_empty());
    assert_eq!(checkpoint(&*views, &view()).await, Position::new(3));
}

/// Given sixteen writers with the same batch, one of them writes it.
pub async fn of_many_writers_of_one_batch_one_wins<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..16 {
        let views = views.clone();
        writers.spawn(async move {
            views.commit(&view(), Position::default(), Position::new(1), vec![row(1, "a", writer)]).await
        });
    }
    let won = writers.join_all().await.into_iter().flatten().count();
    assert_eq!(won, 1);
    assert_eq!(all(&*views, &view()).await.len(), 1);
}

/// Given a row that is there, writing it again replaces all of it.
pub async fn a_row_is_written_whole_over_the_old_one<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let mut full = row(1, "a", 1);
    full.columns.status = Some("active".to_owned());
    full.columns.kind = Some("virtual".to_owned());
    full.columns.person = Some("somebody".to_owned());
    write(&*views, 0, 1, vec![full.clone()]).await;
    assert_eq!(all(&*views, &view()).await, [full]);
    let bare = ViewRow { position: Position::new(2), ..row(1, "a", 2) };
    write(&*views, 1, 2, vec![bare.clone()]).await;
    assert_eq!(all(&*views, &view()).await, [bare]);
}

/// Given a batch of a thousand rows, all of them are there.
pub async fn more_rows_than_one_statement_takes_are_written<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let rows: Vec<ViewRow> = (0..1_000).map(|number| row(1, &format!("{number:04}"), number)).collect();
    write(&*views, 0, 1, rows.clone()).await;
    assert_eq!(all(&*views, &view()).await, rows);
}

/// Given keys of which some exist, those rows are found.
pub async fn rows_are_found_by_their_keys<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    write(&*views, 0, 1, vec![row(1, "a", 1), row(1, "b\"]'", 2), row(2, "a", 3)]).await;
    let keys = [row(1, "b\"]'", 0).key, row(2, "a", 0).key, row(2, "c", 0).key];
    let mut found = views.rows(&view(), &keys).await.expect("the views can be read");
    found.sort_by_key(|row| row.columns.rank);
    assert_eq!(found, [row(1, "b\"]'", 2), row(2, "a", 3)]);
    assert_eq!(views.row(&view(), &keys[2]).await.expect("the views can be read"), None);
    assert!(views.rows(&view(), &[]).await.expect("the views can be read").is_empty());
}

/// Rows of two sessions, some of one rank, in the order that a query gives them.
fn with_ties() -> Vec<ViewRow> {
    vec![row(1, "b", -5), row(1, "a", 7), row(1, "c", 7), row(2, "a", 7), row(2, "b", 7), row(1, "d", 9)]
}

async fn pages(views: &impl Views, mut query: ViewQuery) -> Vec<ViewRow> {
    let mut rows = Vec::new();
    loop {
        let page = views.query(&view(), &query).await.expect("the views can be read");
        assert!(page.len() <= 2, "a page holds at most its limit");
        let Some(last) = page.last() else { return rows };
        query.after = Some(Cursor::behind(last));
        rows.extend(page);
    }
}

/// Given rows of one rank, pages of two show each row once: by rank, then session, then id.
pub async fn pages_run_upwards_through_ties<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let mut shuffled = with_ties();
    shuffled.reverse();
    write(&*views, 0, 1, shuffled).await;
    assert_eq!(pages(&*views, ViewQuery::of_tenant(tenant(1), 2)).await, with_ties());
    let of_session: Vec<ViewRow> =
        with_ties().into_iter().filter(|row| row.key.session == session(1)).collect();
    assert_eq!(pages(&*views, ViewQuery::of_session(tenant(1), session(1), 2)).await, of_session);
}

/// Given rows of one rank, pages run the other way just as well.
pub async fn pages_run_downwards_through_ties<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    write(&*views, 0, 1, with_ties()).await;
    let downwards = |query| ViewQuery { order: Order::Descending, ..query };
    let mut expected = with_ties();
    expected.reverse();
    assert_eq!(pages(&*views, downwards(ViewQuery::of_tenant(tenant(1), 2))).await, expected);
    expected.retain(|row| row.key.session == session(2));
    assert_eq!(pages(&*views, downwards(ViewQuery::of_session(tenant(1), session(2), 2))).await, expected);
}

/// Given rows with columns, a query gives those that meet every condition.
pub async fn filters_can_be_put_together<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let columns = |rank, status: &str, kind: &str, person: &str| Columns {
        status: Some(status.to_owned()),
        kind: Some(kind.to_owned()),
        person: Some(person.to_owned()),
        rank,
    };
    let with = |id, columns| ViewRow { columns, ..row(1, id, 0) };
    let rows = vec![
        with("a", columns(1, "active", "qr", "eve")),
        with("b", columns(2, "active", "sms", "eve")),
        with("c", columns(3, "left", "qr", "eve")),
        with("d", columns(4, "active", "qr", "bob")),
        row(1, "e", 5),
    ];
    write(&*views, 0, 1, rows).await;
    let everything = ViewQuery::of_session(tenant(1), session(1), 10);
    let found = async |query: ViewQuery| {
        let rows = views.query(&view(), &query).await.expect("the views can be read");
        ids(&rows).concat()
    };
    let (active, qr, eve) = (Some("active".to_owned()), Some("qr".to_owned()), Some("eve".to_owned()));
    assert_eq!(found(everything.clone()).await, "abcde");
    assert_eq!(found(ViewQuery { status: active.clone(), ..everything.clone() }).await, "abd");
    assert_eq!(found(ViewQuery { kind: qr.clone(), ..everything.clone() }).await, "acd");
    assert_eq!(found(ViewQuery { person: eve.clone(), ..everything.clone() }).await, "abc");
    assert_eq!(
        found(ViewQuery { rank_from: Some(2), rank_until: Some(4), ..everything.clone() }).await,
        "bc"
    );
    let all = ViewQuery { status: active, kind: qr, person: eve, rank_until: Some(9), ..everything };
    assert_eq!(found(all).await, "a");
}

/// Given rows of two tenants and two views, each shows its own only.
pub async fn nothing_is_shown_to_another_tenant_or_view<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let mut foreign = row(1, "theirs", 1);
    foreign.key.tenant = tenant(2);
    write(&*views, 0, 1, vec![row(1, "ours", 1), foreign]).await;
    let ours = ViewQuery::of_session(tenant(1), session(1), 10);
    let rows = views.query(&view(), &ours).await.expect("the views can be read");
    assert_eq!(ids(&rows), ["ours"]);
    let theirs = RowKey { tenant: tenant(1), ..row(1, "theirs", 1).key };
    assert_eq!(views.row(&view(), &theirs).await.expect("the views can be read"), None);
    let other = views.query(&ViewName::new("other"), &ours).await.expect("the views can be read");
    assert!(other.is_empty());
}

/// Given rows of several tenants and sessions, a scan shows each once, in order of key.
pub async fn a_scan_walks_every_row_in_order_of_key<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let mut foreign = row(1, "a", 1);
    foreign.key.tenant = tenant(2);
    let rows = vec![row(1, "", 4), row(1, "a", 9), row(1, "b", 3), row(2, "a", 1), foreign];
    write(&*views, 0, 1, rows.clone()).await;
    let mut walked: Vec<ViewRow> = Vec::new();
    loop {
        let after = walked.last().map(|row| &row.key);
        let page = views.scan(&view(), after, 2).await.expect("the views can be read");
        if page.is_empty() {
            break;
        }
        walked.extend(page);
    }
    assert_eq!(walked, rows);
}

/// Writes `rows` into a copy of the view.
async fn write_copy(views: &impl Views, rows: Vec<ViewRow>) {
    let (copy, start) = (view().rebuilding(), Position::default());
    views.commit(&copy, start, Position::new(3), rows).await.expect("it is new");
}

/// The keys in which the view and its copy are not the same, in order, and how many keys there are, in runs of `limit`.
async fn unlike(views: &impl Views, limit: u32) -> (Vec<RowKey>, u64) {
    let (mut keys, mut all, mut after) = (Vec::new(), 0, None);
    loop {
        let run = views.unlike(&view(), &view().rebuilding(), after.as_ref(), limit).await;
        let Unlike { compared, keys: found, next } = run.expect("the views can be read");
        all += compared;
        keys.extend(found);
        assert!(next.is_none() || next > after, "a run goes on behind the one before");
        after = next;
        if after.is_none() {
            keys.sort_unstable();
            return (keys, all);
        }
    }
}

/// Given rows that differ in one thing each, a comparison names them, and those that are in one view only.
pub async fn a_comparison_names_every_row_that_is_not_the_same<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let columns = |status: Option<&str>, kind: Option<&str>, person: Option<&str>| Columns {
        status: status.map(str::to_owned),
        kind: kind.map(str::to_owned),
        person: person.map(str::to_owned),
        rank: 1,
    };
    let base = |id| ViewRow { columns: columns(Some("a"), None, None), ..row(1, id, 1) };
    let ids = ["document", "kind", "only here", "person", "position", "rank", "same", "spelling", "status"];
    let rows: Vec<ViewRow> = ids.into_iter().map(base).collect();
    let mut others = vec![
        ViewRow { document: r#"{"id":"another"}"#.to_owned(), ..base("document") },
        ViewRow { columns: columns(Some("a"), Some(""), None), ..base("kind") },
        base("only there"),
        ViewRow { columns: columns(Some("a"), None, Some("eve")), ..base("person") },
        ViewRow { position: Position::new(2), ..base("position") },
        ViewRow { columns: Columns { rank: 2, ..base("rank").columns }, ..base("rank") },
        base("same"),
        ViewRow { document: base("spelling").document.replace(':', ": "), ..base("spelling") },
        ViewRow { columns: columns(None, None, None), ..base("status") },
    ];
    others.reverse();
    write(&*views, 0, 3, rows).await;
    write_copy(&*views, others).await;
    let mut expected: Vec<&str> = ids.into_iter().chain(["only there"]).filter(|id| *id != "same").collect();
    expected.sort_unstable();
    for limit in [1, 2, 3, 100] {
        let (keys, compared) = unlike(&*views, limit).await;
        assert_eq!(keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), expected, "runs of {limit}");
        assert_eq!(compared, 10, "runs of {limit}");
    }
}

/// Given tenants of which some have rows in one view only, each key is compared once, however short the runs are.
pub async fn a_comparison_goes_through_all_tenants_bit_by_bit<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let of = |number, sessions: &[u128]| -> Vec<ViewRow> {
        let keyed = |session| {
            ["", "a", "b"].map(|id| {
                let bare = row(session, id, 1);
                ViewRow { key: RowKey { tenant: tenant(number), ..bare.key }, ..bare }
            })
        };
        sessions.iter().copied().flat_map(keyed).collect()
    };
    write(&*views, 0, 3, [of(1, &[1, 2, 3]), of(2, &[1]), of(4, &[1, 2])].concat()).await;
    write_copy(&*views, [of(1, &[2, 3, 4]), of(3, &[2]), of(4, &[1, 2])].concat()).await;
    let apart = [of(1, &[1, 4]), of(2, &[1]), of(3, &[2])].concat();
    let expected: Vec<RowKey> = apart.into_iter().map(|row| row.key).collect();
    for limit in [1, 2, 3, 4, 100] {
        assert_eq!(unlike(&*views, limit).await, (expected.clone(), 24), "runs of {limit}");
    }
    views.discard(&view().rebuilding()).await.expect("the views can be written");
    assert_eq!(unlike(&*views, 2).await.1, 18, "a view without rows");
}

/// Given a view that is discarded, its rows and its checkpoint are gone, and the others' stand.
pub async fn a_discarded_view_is_gone<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let other = ViewName::new("other");
    write(&*views, 0, 3, vec![row(1, "a", 1)]).await;
    let written = views.commit(&other, Position::default(), Position::new(4), vec![row(1, "b", 1)]).await;
    written.expect("it is new");
    views.discard(&view()).await.expect("the views can be written");
    assert!(all(&*views, &view()).await.is_empty());
    assert_eq!(checkpoint(&*views, &view()).await, Position::default());
    assert_eq!(ids(&all(&*views, &other).await), ["b"]);
    assert_eq!(checkpoint(&*views, &other).await, Position::new(4));
}

/// Given a view and its copy at one position, the copy's rows become the view's.
pub async fn a_copy_takes_the_place_of_its_view<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let copy = view().rebuilding();
    write(&*views, 0, 3, vec![row(1, "old", 1), row(1, "both", 1)]).await;
    let rows = vec![row(1, "new", 1), row(1, "both", 2)];
    views.commit(&copy, Position::default(), Position::new(3), rows).await.expect("it is new");
    views.replace(&view(), &copy, Position::new(3)).await.expect("both are at 3");
    assert_eq!(all(&*views, &view()).await, [row(1, "both", 2), row(1, "new", 1)]);
    assert_eq!(checkpoint(&*views, &view()).await, Position::new(3));
    assert!(all(&*views, &copy).await.is_empty());
    assert_eq!(checkpoint(&*views, &copy).await, Position::default());
    write(&*views, 3, 4, vec![row(1, "later", 1)]).await;
}

/// Given a copy that is behind, nothing is replaced.
pub async fn a_copy_at_another_position_takes_no_place<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    let copy = view().rebuilding();
    write(&*views, 0, 3, vec![row(1, "old", 1)]).await;
    let rows = vec![row(1, "new", 1)];
    views.commit(&copy, Position::default(), Position::new(2), rows).await.expect("it is new");
    for position in [2, 3, 4] {
        let replaced = views.replace(&view(), &copy, Position::new(position)).await;
        assert!(matches!(replaced, Err(ViewsError::CheckpointMoved { .. })));
    }
    assert_eq!(ids(&all(&*views, &view()).await), ["old"]);
    assert_eq!(ids(&all(&*views, &copy).await), ["new"]);
}

/// Given somebody who follows a view, they start from what is stored and see every move.
pub async fn the_checkpoint_can_be_followed<H: ViewsHarness>() {
    let (_harness, views) = opened::<H>().await;
    write(&*views, 0, 3, Vec::new()).await;
    let mut followed = views.follow(&view()).await.expect("the views can be read");
    assert_eq!(*followed.borrow_and_update(), Position::new(3));
    write(&*views, 3, 5, Vec::new()).await;
    followed.changed().await.expect("the views are open");
    assert_eq!(*followed.borrow_and_update(), Position::new(5));
    views.discard(&view()).await.expect("the views can be written");
    followed.changed().await.expect("the views are open");
    assert_eq!(*followed.borrow_and_update(), Position::default());
}

/// Given rows and a checkpoint, they are the same after a restart.
pub async fn a_restart_keeps_rows_and_checkpoint<H: ViewsHarness>() {
    let (harness, views) = opened::<H>().await;
    write(&*views, 0, 3, with_ties()).await;
    let before = all(&*views, &view()).await;
    harness.close(views).await;
    let views = harness.open().await;
    assert_eq!(all(&*views, &view()).await, before);
    assert_eq!(checkpoint(&*views, &view()).await, Position::new(3));
    assert_eq!(*views.follow(&view()).await.expect("the views can be read").borrow(), Position::new(3));
}
