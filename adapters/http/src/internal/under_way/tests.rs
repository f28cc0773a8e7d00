use std::future::pending;

use tokio::sync::oneshot;

use super::UnderWay;

/// A task that never ends by itself, and a way to see that it was broken off.
fn endless() -> (impl Future<Output = ()> + Send, oneshot::Receiver<()>) {
    let (alive, broken_off) = oneshot::channel();
    let task = async move {
        let _alive: oneshot::Sender<()> = alive;
        pending::<()>().await;
    };
    (task, broken_off)
}

#[tokio::test]
async fn where_there_is_no_room_the_oldest_is_broken_off() {
    let mut under_way = UnderWay::new(2);
    let ((first, first_ended), (second, mut second_ended)) = (endless(), endless());
    under_way.start(first).await;
    under_way.start(second).await;
    let (third, mut third_ended) = endless();
    under_way.start(third).await;
    first_ended.await.unwrap_err();
    assert!(second_ended.try_recv().is_err_and(|error| error == oneshot::error::TryRecvError::Empty));
    assert!(third_ended.try_recv().is_err_and(|error| error == oneshot::error::TryRecvError::Empty));
}

#[tokio::test]
async fn what_has_ended_leaves_room() {
    let mut under_way = UnderWay::new(2);
    let (endless, mut ended) = endless();
    under_way.start(endless).await;
    for _ in 0..100 {
        let (done, wait) = oneshot::channel();
        under_way
            .start(async move {
                let _ = done.send(());
            })
            .await;
        wait.await.unwrap();
        tokio::task::yield_now().await;
    }
    assert!(ended.try_recv().is_err_and(|error| error == oneshot::error::TryRecvError::Empty));
}
