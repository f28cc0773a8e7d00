//! Finding out what the topics hold.

use std::collections::HashMap;
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};

use super::checkpoint::Checkpoint;
use super::fault::{Obstacle, RelayFault};
use super::place::{Mark, Place, Walk};
use super::{Bounds, Lane, Offset, Publication, RecordId, TopicNames, TopicsError};
use crate::log::{EventLog, FeedScope, LogError, Position};

/// How many lanes are read at the same time.
const AT_ONCE: usize = 16;
/// How long this process may take to see what another one appended before the log is taken to lack it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the lanes stand, and where to go on.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// The places of the lanes that have one.
    pub(super) places: HashMap<Lane, Place>,
    /// Of the lanes that lost something: up to where they had been acknowledged.
    pub(super) forgotten: HashMap<Lane, Position>,
    /// Every event up to here is in its lane.
    pub(super) start: Position,
}

/// Where the lanes of `publication` stand, of which `checkpoint` was known.
pub(super) async fn find(
    publication: &dyn Publication,
    checkpoint: &Checkpoint,
) -> Result<Standing, TopicsError> {
    let lanes = publication.lanes();
    let bounds = publication.bounds(&lanes).await?;
    let walks = lanes.into_iter().zip(bounds).map(|(lane, bounds)| {
        let mark = checkpoint.marks.get(&lane).copied();
        async move { Ok((place(publication, &lane, mark, bounds).await?, lane, mark)) }
    });
    let found: Vec<_> = stream::iter(walks).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(standing(checkpoint.position, found))
}

fn standing(checkpoint: Position, found: Vec<(Option<Place>, Lane, Option<Mark>)>) -> Standing {
    let mut standing = Standing { start: checkpoint, ..Standing::default() };
    for (place, lane, mark) in found {
        let stands = place.map_or(Position::default(), |place| place.position);
        if let Some(mark) = mark.filter(|mark| stands < mark.position) {
            standing.start = standing.start.min(stands);
            standing.forgotten.insert(lane.clone(), mark.position);
        }
        standing.places.extend(place.map(|place| (lane, place)));
    }
    standing
}

async fn place(
    publication: &dyn Publication,
    lane: &Lane,
    mark: Option<Mark>,
    bounds: Bounds,
) -> Result<Option<Place>, TopicsError> {
    if let Some(place) = walked(publication, lane, Walk::new(mark, bounds), bounds).await? {
        return Ok(place);
    }
    // What was the oldest record may have expired meanwhile.
    let bounds = bounds_of(publication, lane).await?;
    let place = walked(publication, lane, Walk::from_start(mark, bounds), bounds).await?;
    Ok(place.expect("a walk from the start needs no mark"))
}

async fn bounds_of(publication: &dyn Publication, lane: &Lane) -> Result<Bounds, TopicsError> {
    let bounds = publication.bounds(std::slice::from_ref(lane)).await?;
    Ok(*bounds.first().expect("there is one answer for each lane"))
}

/// Where `walk` ends; [`None`] when it does not find its mark.
async fn walked(
    publication: &dyn Publication,
    lane: &Lane,
    mut walk: Walk,
    bounds: Bounds,
) -> Result<Option<Option<Place>>, TopicsError> {
    let mut from = walk.reads_from().max(bounds.first);
    while from < bounds.next {
        let page = publication.read(lane, from).await?;
        let Some(last) = page.last() else { break };
        from = Offset(last.offset.0 + 1);
        if page.iter().any(|found| walk.take(found).is_err()) {
            return Ok(None);
        }
    }
    Ok(walk.place().ok())
}

/// Whether the log has what the topics hold.
pub(super) async fn check(
    log: &dyn EventLog,
    names: &TopicNames,
    publication: &dyn Publication,
    standing: &Standing,
    checkpoint: Position,
) -> Result<(), RelayFault> {
    if let Err(head) = has(log, checkpoint).await {
        return Err(Obstacle::AheadOfTheLog { checkpoint, head }.into());
    }
    let places = standing.places.iter().filter_map(|(lane, place)| Some((lane, place, place.id?)));
    stream::iter(places)
        .map(Ok)
        .try_for_each_concurrent(AT_ONCE, |(lane, place, id)| async move {
            let belongs = belongs(log, names, publication, place.position, id).await?;
            match belongs {
                Some(belongs) if belongs == *lane => Ok(()),
                Some(belongs) => {
                    Err(Obstacle::WrongLane { position: place.position, lane: lane.clone(), belongs }.into())
                }
                None => Err(not_in_the_log(lane, place).into()),
            }
        })
        .await
}

fn not_in_the_log(lane: &Lane, place: &Place) -> Obstacle {
    Obstacle::NotInTheLog { lane: lane.clone(), offset: place.offset, position: place.position }
}

/// Waits until the log has `position`; else where it ends.
async fn has(log: &dyn EventLog, position: Position) -> Result<(), Position> {
    let mut head = log.head();
    let reached = tokio::time::timeout(PATIENCE, head.wait_for(|head| *head >= position)).await;
    match reached {
        Ok(Ok(_)) => Ok(()),
        _ => Err(*log.head().borrow()),
    }
}

/// The lane that the log's event at `position` belongs into, if it is the one with this `id`.
async fn belongs(
    log: &dyn EventLog,
    names: &TopicNames,
    publication: &dyn Publication,
    position: Position,
    id: RecordId,
) -> Result<Option<Lane>, LogError> {
    if has(log, position).await.is_err() {
        return Ok(None);
    }
    let before = Position::new(position.get().saturating_sub(1));
    let page = log.feed(FeedScope::All, before, 1).await?;
    let event = page.events.first().filter(|event| RecordId::of(&event.commitment) == id);
    Ok(event
        .and_then(|event| publication.lane(&names.of_type(&event.event_type), &event.session_id.to_string())))
}
