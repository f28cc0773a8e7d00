//! Replay: what stands in the log is published once more, on request.
//!
//! Its records are marked `ce_replayed` and stand outside the chain of a lane, so whoever follows the chain passes over them, and the
//! relay goes on beside it. At least once: what was under way when a connection was lost is sent again, with the same `ce_id`.

mod course;
mod error;
mod history;
mod pace;

use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acta_domain::SessionId;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use self::course::Course;
pub use self::error::ReplayError;
use self::history::{History, Scope};
use self::pace::Pace;
use super::{Lane, Publication, TopicName, TopicNames, TopicRecord, Topics, TopicsError};
use crate::log::{EventLog, Fault, Position, RecordedEvent};

/// How long a lost connection is left alone before the next attempt.
const REST: Duration = Duration::from_millis(500);
/// How often it is looked whether the broker is silent for too long.
const LOOK: Duration = Duration::from_millis(100);
/// How long, after a stop, answers to what is under way are waited for.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// What is to be published once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayRequest {
    /// The first position.
    pub from: Position,
    /// The last position.
    pub to: Position,
    /// Only this session's events.
    pub session: Option<SessionId>,
}

/// Where it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The topics that the relay fills.
    Ordinary(TopicNames),
    /// One topic for everything.
    One(TopicName),
}

impl Destination {
    /// Every topic.
    pub fn topics(&self) -> Vec<TopicName> {
        match self {
            Self::Ordinary(names) => names.all(),
            Self::One(topic) => vec![topic.clone()],
        }
    }

    /// The topic for events of the type `event_type`.
    pub fn of_type(&self, event_type: &str) -> TopicName {
        match self {
            Self::Ordinary(names) => names.of_type(event_type),
            Self::One(topic) => topic.clone(),
        }
    }
}

/// What is told while it goes on.
#[derive(Debug)]
pub enum ReplayNews<'a> {
    /// The broker has taken records.
    Acknowledged {
        /// Everything that was asked for up to here.
        up_to: Position,
        /// How many records so far.
        records: u64,
    },
    /// The broker has not answered since; told once until it answers again.
    Lost(&'a Fault),
}

/// What came of it.
#[derive(Debug)]
pub struct Replayed {
    /// Everything that was asked for up to here is acknowledged; the position before the first one when nothing is.
    pub up_to: Position,
    /// How many records were acknowledged.
    pub records: u64,
    /// Why it ended before everything was done.
    pub ended: Result<(), ReplayError>,
}

/// Publishes once more what stands in the log.
pub struct Replay {
    log: Arc<dyn EventLog>,
    topics: Arc<dyn Topics>,
    destination: Destination,
    source: String,
    rate: Option<NonZeroU32>,
    patience: Duration,
}

impl Replay {
    /// Of `log` to `topics`, published by the service at `source`, which gives up when the broker has not answered for `patience`.
    pub fn new(
        log: Arc<dyn EventLog>,
        topics: Arc<dyn Topics>,
        destination: Destination,
        source: String,
        patience: Duration,
    ) -> Self {
        Self { log, topics, destination, source, rate: None, patience }
    }

    /// The same with at most `rate` records a second, or as fast as it goes.
    #[must_use]
    pub fn at_rate(mut self, rate: Option<NonZeroU32>) -> Self {
        self.rate = rate;
        self
    }

    /// Publishes what `request` asks for in order of position, until it is done, fails, or `stop`.
    pub async fn run(
        &self,
        request: ReplayRequest,
        stop: &CancellationToken,
        mut told: impl FnMut(ReplayNews<'_>),
    ) -> Replayed {
        let course = SharedCourse::new(Course::new(request.from));
        let ended = match self.scope(request).await {
            // Nothing is left to be done behind the last position.
            Ok(_) if course.lock().up_to() >= request.to => Ok(()),
            Ok(scope) => self.publish_all(scope, request.to, &course, stop, &mut told).await,
            Err(error) => Err(error),
        };
        let course = course.lock();
        Replayed { up_to: course.up_to(), records: course.records(), ended }
    }

    async fn scope(&self, request: ReplayRequest) -> Result<Scope, ReplayError> {
        let head = *self.log.head().borrow();
        if request.to > head {
            return Err(ReplayError::BehindTheEnd { to: request.to, head });
        }
        let Some(session) = request.session else { return Ok(Scope::All) };
        let tenant = self.log.tenant_of(session).await?;
        let tenant = tenant.ok_or(ReplayError::UnknownSession(session))?;
        Ok(Scope::Session(tenant, session))
    }

    /// Goes on with a new connection whenever one is lost.
    async fn publish_all(
        &self,
        scope: Scope,
        to: Position,
        course: &SharedCourse,
        stop: &CancellationToken,
        told: &mut impl FnMut(ReplayNews<'_>),
    ) -> Result<(), ReplayError> {
        loop {
            let after = course.lock().recall();
            let history = History::new(&*self.log, scope, after, to);
            let fault = match self.over_one_connection(history, course, stop, told).await {
                Err(ReplayError::Topics(TopicsError::Unavailable(fault))) => fault,
                Err(error) => return Err(error),
                Ok(()) if course.lock().up_to() < to => return Err(ReplayError::Stopped),
                Ok(()) => return Ok(()),
            };
            if course.lock().lost(&fault, Instant::now()) {
                told(ReplayNews::Lost(&fault));
            }
            let rest = stop.run_until_cancelled(sleep(REST));
            rest.await.ok_or(ReplayError::Stopped)?;
        }
    }

    async fn over_one_connection(
        &self,
        history: History<'_>,
        course: &SharedCourse,
        stop: &CancellationToken,
        told: &mut impl FnMut(ReplayNews<'_>),
    ) -> Result<(), ReplayError> {
        course.lock().expects_an_answer(Instant::now());
        let topics = self.destination.topics();
        let publication = tokio::select! {
            () = stop.cancelled() => return Err(ReplayError::Stopped),
            silent = course.silence(self.patience) => return Err(silent),
            opened = self.topics.open(&topics) => opened?,
        };
        course.lock().connected();
        self.publish(&*publication, history, course, stop, told).await
    }

    /// Sends, and takes the acknowledgements as they come.
    async fn publish(
        &self,
        publication: &dyn Publication,
        history: History<'_>,
        course: &SharedCourse,
        stop: &CancellationToken,
        told: &mut impl FnMut(ReplayNews<'_>),
    ) -> Result<(), ReplayError> {
        let mut sending = pin!(self.send(publication, history, course, stop));
        let mut last_moment = pin!(async {
            stop.cancelled().await;
            sleep(LAST_ANSWERS).await;
        });
        let mut sent = false;
        while !sent || course.lock().is_waiting() {
            tokio::select! {
                () = &mut last_moment => return Err(ReplayError::Stopped),
                silent = course.silence(self.patience) => return Err(silent),
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

    /// Sends until there is nothing more, or `stop`.
    async fn send(
        &self,
        publication: &dyn Publication,
        mut history: History<'_>,
        course: &SharedCourse,
        stop: &CancellationToken,
    ) -> Result<(), ReplayError> {
        let mut pace = Pace::new(self.rate);
        while let Some((event, previous)) = history.next().await? {
            let lane = self.lane(publication, &event)?;
            if stop.is_cancelled() || stop.run_until_cancelled(pace.wait()).await.is_none() {
                return Ok(());
            }
            course.lock().sent(event.position, Instant::now());
            let record = TopicRecord::of(&event, &self.source, previous).replayed();
            publication.publish(&lane, record).await?;
        }
        course.lock().sent_all(history.to());
        Ok(())
    }

    fn lane(&self, publication: &dyn Publication, event: &RecordedEvent) -> Result<Lane, ReplayError> {
        let topic = self.destination.of_type(&event.event_type);
        publication.lane(&topic, &event.session_id.to_string()).ok_or_else(|| ReplayError::NoTopic {
            position: event.position,
            event_type: event.event_type.clone(),
        })
    }
}

/// A course that the sender and the taker of acknowledgements keep together.
struct SharedCourse(Mutex<Course>);

impl SharedCourse {
    fn new(course: Course) -> Self {
        Self(Mutex::new(course))
    }

    fn lock(&self) -> MutexGuard<'_, Course> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn news(&self) -> ReplayNews<'static> {
        let course = self.lock();
        ReplayNews::Acknowledged { up_to: course.up_to(), records: course.records() }
    }

    /// Waits until an answer has been missing for `patience`.
    async fn silence(&self, patience: Duration) -> ReplayError {
        loop {
            if let Some(source) = self.lock().silent_for(patience, Instant::now()) {
                return ReplayError::Silent { patience, source };
            }
            sleep(LOOK).await;
        }
    }
}
