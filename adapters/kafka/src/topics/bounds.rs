//! What lanes hold.

use std::sync::Arc;

use acta_application::relay::{Bounds, Lane, Offset, TopicsError};
use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::producer::{BaseProducer, Producer as _};
use tokio::task::JoinSet;

use super::fault::{self, Words};
use super::sender::{Hearing, Sender};
use crate::client::REQUEST_TIMEOUT;

/// How many are asked for at the same time.
const AT_ONCE: usize = 8;

/// What `lanes` hold, one answer each. It is asked through the producer's connections, which so are never idle: of one that was idle
/// for long, nobody hears that it was closed.
pub(super) async fn of(sender: &Sender, lanes: &[Lane]) -> Result<Vec<Bounds>, TopicsError> {
    let share = lanes.len().div_ceil(AT_ONCE).max(1);
    let mut shares = JoinSet::new();
    for (index, lanes) in lanes.chunks(share).enumerate() {
        let (producer, lanes) = (sender.producer(), lanes.to_vec());
        shares.spawn_blocking(move || (index, of_share(&producer, &lanes)));
    }
    in_order(shares.join_all().await)
}

fn in_order(mut shares: Vec<(usize, Result<Vec<Bounds>, TopicsError>)>) -> Result<Vec<Bounds>, TopicsError> {
    shares.sort_by_key(|(index, _)| *index);
    let shares: Result<Vec<_>, _> = shares.into_iter().map(|(_, share)| share).collect();
    Ok(shares?.concat())
}

fn of_share(producer: &Arc<BaseProducer<Hearing>>, lanes: &[Lane]) -> Result<Vec<Bounds>, TopicsError> {
    lanes.iter().map(|lane| of_lane(producer.client(), lane)).collect()
}

/// What `lane` holds, asked through `client`. Blocks.
pub(super) fn of_lane<C: ClientContext>(client: &Client<C>, lane: &Lane) -> Result<Bounds, TopicsError> {
    let partition = i32::try_from(lane.partition).expect("Kafka numbers partitions with 31 bits");
    let (first, next) = client
        .fetch_watermarks(lane.topic.as_str(), partition, REQUEST_TIMEOUT)
        .map_err(|error| fault::of(&format!("to say what {lane} holds"), error))?;
    Ok(Bounds { first: offset(lane, first)?, next: offset(lane, next)? })
}

fn offset(lane: &Lane, offset: i64) -> Result<Offset, TopicsError> {
    let unreal = |_| fault::unavailable(Words(format!("{lane} has no offset {offset}")));
    u64::try_from(offset).map(Offset).map_err(unreal)
}
