//! A governance service in memory that fails as it is told to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acta_application::neighbours::{
    Asking, Governance, GovernanceData, Neighbour, NeighbourError, Neighbours, SessionNotice,
};
use acta_domain::{AssemblyId, GovernanceNotice, SessionId};
use async_trait::async_trait;
use uuid::Uuid;

const WHO: Neighbour = Neighbour::Governance;

/// What it does with what it is told or asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Accepting,
    Away,
    Failing,
    Busy,
    Denying,
    Refusing,
    /// It accepts, and the answer is lost.
    AcceptingAndCut,
    /// It accepts, and never answers.
    AcceptingAndSilent,
}

#[derive(Default)]
struct Kept {
    told: Vec<SessionNotice>,
    /// What it accepted, by idempotency key, in order.
    accepted: Vec<(Uuid, SessionNotice)>,
    moods: VecDeque<Mood>,
    stays: Option<Mood>,
    deaf: BTreeSet<SessionId>,
    data: BTreeMap<String, Vec<u8>>,
    asked: usize,
}

/// The service.
pub(super) struct AssemblyHall(Mutex<Kept>);

impl AssemblyHall {
    pub(super) fn open() -> Arc<Self> {
        Arc::new(Self(Mutex::default()))
    }

    pub(super) fn neighbours(self: &Arc<Self>) -> Neighbours {
        let governance = Some(Arc::clone(self) as Arc<dyn Governance>);
        Neighbours { governance, ..Neighbours::default() }
    }

    /// It is in one of `moods` after the other, and accepts then.
    pub(super) fn is(&self, moods: &[Mood]) {
        self.0.lock().unwrap().moods.extend(moods);
    }

    pub(super) fn stays(&self, mood: Mood) {
        self.0.lock().unwrap().stays = Some(mood);
    }

    pub(super) fn never_hears_of(&self, session: SessionId) {
        self.0.lock().unwrap().deaf.insert(session);
    }

    /// From now on it holds this, in canonical JSON.
    pub(super) fn holds(&self, data: &str) {
        self.0.lock().unwrap().data.insert("a1".to_owned(), data.as_bytes().to_vec());
    }

    /// How often it was asked what it holds.
    pub(super) fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }

    /// All that it was told, accepted or not.
    pub(super) fn told(&self) -> Vec<SessionNotice> {
        self.0.lock().unwrap().told.clone()
    }

    /// What is in effect about `session`.
    pub(super) fn accepted(&self, session: SessionId) -> Vec<GovernanceNotice> {
        let kept = self.0.lock().unwrap();
        let about = kept.accepted.iter().filter(|(_, notice)| notice.session_id == session);
        about.map(|(_, notice)| notice.notice).collect()
    }
}

impl Kept {
    fn mood(&mut self) -> Mood {
        self.moods.pop_front().or(self.stays).unwrap_or(Mood::Accepting)
    }

    fn accept(&mut self, notice: &SessionNotice) {
        let key = notice.idempotency_key;
        if !self.accepted.iter().any(|(known, _)| *known == key) {
            self.accepted.push((key, notice.clone()));
        }
    }
}

fn away() -> NeighbourError {
    let source = Arc::new(io::Error::from(io::ErrorKind::ConnectionReset));
    NeighbourError::Unreachable { neighbour: WHO, source }
}

fn answer(mood: Mood) -> Result<(), NeighbourError> {
    match mood {
        Mood::Accepting | Mood::AcceptingAndSilent => Ok(()),
        Mood::Away | Mood::AcceptingAndCut => Err(away()),
        Mood::Failing => Err(NeighbourError::Failed { neighbour: WHO, status: 500 }),
        Mood::Busy => {
            let retry_after = Some(Duration::from_millis(3));
            Err(NeighbourError::Busy { neighbour: WHO, retry_after })
        }
        Mood::Denying => Err(NeighbourError::Denied { neighbour: WHO, status: 401 }),
        Mood::Refusing => Err(NeighbourError::Refused { neighbour: WHO, status: 422 }),
    }
}

#[async_trait]
impl Governance for AssemblyHall {
    async fn tell(&self, _: &Asking, notice: &SessionNotice) -> Result<(), NeighbourError> {
        let mood = {
            let mut kept = self.0.lock().unwrap();
            kept.told.push(notice.clone());
            if kept.deaf.contains(&notice.session_id) {
                return Err(away());
            }
            let mood = kept.mood();
            if matches!(mood, Mood::Accepting | Mood::AcceptingAndCut | Mood::AcceptingAndSilent) {
                kept.accept(notice);
            }
            mood
        };
        if mood == Mood::AcceptingAndSilent {
            std::future::pending::<()>().await;
        }
        answer(mood)
    }

    async fn event_data(&self, _: &Asking, assembly: &AssemblyId) -> Result<GovernanceData, NeighbourError> {
        let mut kept = self.0.lock().unwrap();
        kept.asked += 1;
        let mood = kept.mood();
        answer(mood)?;
        let data = kept.data.get(assembly.as_str()).cloned();
        Ok(GovernanceData(data.unwrap_or_else(|| br#"{"agenda":[]}"#.to_vec())))
    }
}
