//! Rows that the database does not take: nothing of their batch is written.

use acta_application::views::{ViewRow, Views, ViewsError};
use acta_postgres::PostgresViews;

use crate::given::{all, at, ids, instance, row, tenant, view};
use crate::store::Store;

/// A view at 1 with the row `a`.
async fn with_a_row() -> PostgresViews {
    let views = instance(&Store::fresh().await).await;
    views.commit(&view(), at(0), at(1), vec![row(tenant(1), "a")]).await.expect("it is new");
    views
}

async fn stands_as_it_was(views: &PostgresViews) {
    assert_eq!(ids(&all(views, &view()).await), ["a"]);
    assert_eq!(views.checkpoint(&view()).await.expect("the views can be read"), at(1));
}

/// An id that no index takes, even compressed.
fn endless() -> String {
    let mut state = 1_u64;
    let digit = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b' ' + u8::try_from(state >> 58).expect("six bits"))
    };
    (0..20_000).map(digit).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_the_database_does_not_take_is_damaged() {
    let views = with_a_row().await;
    let bad = [
        ViewRow { document: "not JSON".to_owned(), ..row(tenant(1), "b") },
        row(tenant(1), "b\0"),
        row(tenant(1), &endless()),
    ];
    for bad in bad {
        let refused = views.commit(&view(), at(1), at(2), vec![row(tenant(1), "c"), bad]).await;
        assert!(matches!(refused, Err(ViewsError::Damaged { .. })), "{refused:?}");
        stands_as_it_was(&views).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_comes_twice_is_damage() {
    let views = with_a_row().await;
    let twice = vec![row(tenant(1), "b"), row(tenant(1), "b")];
    let refused = views.commit(&view(), at(1), at(2), twice).await;
    assert!(matches!(refused, Err(ViewsError::Damaged { .. })), "{refused:?}");
    stands_as_it_was(&views).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_row_that_is_there_already_is_damage() {
    let views = with_a_row().await;
    let new = vec![row(tenant(1), "0"), row(tenant(1), "a")];
    let refused = views.fill(&view(), at(1), at(2), new, Vec::new()).await;
    assert!(matches!(refused, Err(ViewsError::Damaged { .. })), "{refused:?}");
    stands_as_it_was(&views).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_and_changed_rows_are_filled_in_together() {
    let views = with_a_row().await;
    let changed = ViewRow { document: r#"{"changed":true}"#.to_owned(), ..row(tenant(1), "a") };
    let (new, old) = (vec![row(tenant(1), "b"), row(tenant(1), "c")], vec![changed.clone()]);
    views.fill(&view(), at(1), at(2), new.clone(), old).await.unwrap();
    assert_eq!(all(&views, &view()).await, [vec![changed], new].concat());
    assert_eq!(views.checkpoint(&view()).await.unwrap(), at(2));
}
