//! One replay, over as many connections as it takes.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::course::{Mark, SharedCourse};
use super::history::{History, Scope};
use super::pace::Pace;
use super::{Replay, ReplayError, ReplayNews, ReplayRequest};
use crate::log::RecordedEvent;
use crate::relay::{Bounds, Lane, Publication, TopicRecord, TopicsError};

/// How long a lost connection is left alone before the next attempt.
const REST: Duration = Duration::from_millis(500);
/// How long, after a stop, answers to what is under way are waited for.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// One replay.
pub(super) struct Run<'a> {
    pub(super) replay: &'a Replay,
    pub(super) scope: Scope,
    pub(super) request: ReplayRequest,
    pub(super) course: &'a SharedCourse,
    pub(super) stop: &'a CancellationToken,
}

impl Run<'_> {
    /// Goes on with a new connection whenever one is lost.
    pub(super) async fn to_the_end(&self, told: &mut impl FnMut(ReplayNews<'_>)) -> Result<(), ReplayError> {
        while self.course.lock().up_to() < self.request.to {
            match self.over_one_connection(told).await {
                Err(ReplayError::Topics(TopicsError::Unavailable(fault))) => {
                    if self.course.lock().lost(&fault, Instant::now()) {
                        told(ReplayNews::Lost(&fault));
                    }
                    let rest = self.stop.run_until_cancelled(sleep(REST));
                    rest.await.ok_or(ReplayError::Stopped)?;
                }
                Err(error) => return Err(error),
                Ok(()) => break,
            }
        }
        if self.course.lock().up_to() < self.request.to { Err(ReplayError::Stopped) } else { Ok(()) }
    }

    async fn over_one_connection(&self, told: &mut impl FnMut(ReplayNews<'_>)) -> Result<(), ReplayError> {
        self.course.lock().expects_an_answer(Instant::now());
        let publication = tokio::select! {
            () = self.stop.cancelled() => return Err(ReplayError::Stopped),
            silent = self.course.silence(self.replay.patience) => return Err(silent),
            opened = self.open(told) => opened?,
        };
        self.course.lock().connected();
        self.publish(&*publication, told).await
    }

    /// Connects, and goes back to the beginning if the broker has forgotten what it acknowledged.
    async fn open(&self, told: &mut impl FnMut(ReplayNews<'_>)) -> Result<Box<dyn Publication>, TopicsError> {
        let publication = self.replay.topics.open(&self.replay.destination.topics()).await?;
        let marks = self.course.lock().marks();
        if let Some(lane) = forgotten(&*publication, &marks).await? {
            self.course.lock().start_over(self.request.from);
            told(ReplayNews::Forgotten(&lane));
        }
        Ok(publication)
    }

    /// Sends, and takes the acknowledgements as they come.
    async fn publish(
        &self,
        publication: &dyn Publication,
        told: &mut impl FnMut(ReplayNews<'_>),
    ) -> Result<(), ReplayError> {
        let course = self.course;
        let mut sending = pin!(self.send(publication));
        let mut last_moment = pin!(async {
            self.stop.cancelled().await;
            sleep(LAST_ANSWERS).await;
        });
        let mut sent = false;
        while !sent || course.lock().is_waiting() {
            tokio::select! {
                () = &mut last_moment => return Err(ReplayError::Stopped),
                silent = course.silence(self.replay.patience) => return Err(silent),
                acknowledged = publication.acknowledged() => {
                    course.lock().acknowledged(&acknowledged?, Instant::now());
                    told(course.news());
                }
                ended = &mut sending, if !sent => {
                    ended?;
                    sent = true;
                }
            }
        }
        told(course.news());
        Ok(())
    }

    /// Sends what is not acknowledged yet until there is nothing more, or the replay is stopped.
    async fn send(&self, publication: &dyn Publication) -> Result<(), ReplayError> {
        let (replay, course) = (self.replay, self.course);
        let after = course.lock().recall();
        let mut history = History::new(&*replay.log, self.scope, after, self.request.to);
        let mut pace = Pace::new(replay.rate);
        while let Some((event, previous)) = history.next().await? {
            let lane = self.lane(publication, &event)?;
            if self.stop.is_cancelled() || self.stop.run_until_cancelled(pace.wait()).await.is_none() {
                return Ok(());
            }
            course.lock().sent(event.position, Instant::now());
            let record = TopicRecord::of(&event, &replay.source, previous).replayed();
            publication.publish(&lane, record).await?;
        }
        course.lock().sent_all(self.request.to);
        Ok(())
    }

    fn lane(&self, publication: &dyn Publication, event: &RecordedEvent) -> Result<Lane, ReplayError> {
        let topic = self.replay.destination.of_type(&event.event_type);
        publication.lane(&topic, &event.session_id.to_string()).ok_or_else(|| ReplayError::NoTopic {
            position: event.position,
            event_type: event.event_type.clone(),
        })
    }
}

/// A lane that does not hold the last record that was acknowledged there.
async fn forgotten(publication: &dyn Publication, marks: &[Mark]) -> Result<Option<Lane>, TopicsError> {
    if marks.is_empty() {
        return Ok(None);
    }
    let lanes: Vec<_> = marks.iter().map(|mark| mark.lane.clone()).collect();
    let bounds = publication.bounds(&lanes).await?;
    for (mark, bounds) in marks.iter().zip(bounds) {
        if !is_there(publication, mark, bounds).await? {
            return Ok(Some(mark.lane.clone()));
        }
    }
    Ok(None)
}

/// Whether the record of `mark` is in its lane, or was before it grew too old to be kept.
async fn is_there(publication: &dyn Publication, mark: &Mark, bounds: Bounds) -> Result<bool, TopicsError> {
    if bounds.next <= mark.offset || bounds.first > mark.offset {
        return Ok(bounds.next > mark.offset);
    }
    let found = publication.read(&mark.lane, mark.offset).await?;
    let found = found.first().filter(|found| found.offset == mark.offset);
    Ok(found.is_some_and(|found| found.replayed && found.position == mark.position))
}
