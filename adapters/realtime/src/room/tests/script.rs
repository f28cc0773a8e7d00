//! A sitting that is made up as it goes, and is always one that the rules allow.

use acta_application::log::contract::moment;
use acta_application::persons::PersonalPart;
use acta_domain::{
    AnyEvent, AttendanceEvent, AttendanceMethod, ChunkNumber, ChunkSource, Confidence, FinishedBy,
    FloorEvent, Language, Languages, Limits, MediaTime, Modality, PersonId, Priority, PublicId, QueuePolicy,
    Schedule, SessionEvent, SpeechKind, SpeechRequestId, TimeLimit, TranscriptEvent,
};
use uuid::Uuid;

use super::house::{House, session, words};

/// Makes up events, each from one number.
#[derive(Default)]
pub(super) struct Script {
    requests: u64,
    waiting: Vec<(SpeechRequestId, PersonId)>,
    turn: Option<(SpeechRequestId, PersonId)>,
    chunks: u64,
    seconds: i64,
}

impl Script {
    /// A session that has begun.
    pub(super) async fn begin(house: &House) -> Self {
        let created = SessionEvent::Created {
            session_id: session(),
            public_id: PublicId::new([1; 16]),
            modality: Modality::Hybrid,
            schedule: Schedule::new(moment(60), None).unwrap(),
            languages: Languages::new(vec![Language::parse("en").unwrap()]).unwrap(),
            limits: Limits::default(),
            assembly_id: None,
            at: moment(0),
        };
        let described = SessionEvent::Described { at: moment(0) };
        let started = SessionEvent::Started { at: moment(0) };
        house
            .append(vec![
                (created.into(), PersonalPart::default()),
                (described.into(), words("title", "Annual assembly")),
                (started.into(), PersonalPart::default()),
            ])
            .await;
        Self::default()
    }

    /// Appends an event for each of `numbers`.
    pub(super) async fn play(&mut self, house: &House, numbers: &[u8]) {
        for number in numbers {
            let event = self.next(*number);
            house.append(vec![event]).await;
        }
    }

    /// Appends `count` chunks at once.
    pub(super) async fn speak(&mut self, house: &House, count: usize) {
        for batch in vec![(); count].chunks(64) {
            let chunks = batch.iter().map(|()| self.chunk()).collect();
            house.append(chunks).await;
        }
    }

    fn next(&mut self, number: u8) -> (AnyEvent, PersonalPart) {
        self.seconds += 1;
        let at = moment(self.seconds);
        match number % 9 {
            0..=2 => self.ask(number),
            3 | 4 if self.turn.is_none() && !self.waiting.is_empty() => {
                let place = usize::from(number) % self.waiting.len();
                let (request_id, person_id) = self.waiting.remove(place);
                self.turn = Some((request_id, person_id));
                let time_limit_seconds = number.is_multiple_of(2).then(|| TimeLimit::new(90).unwrap());
                plain(FloorEvent::Approved { request_id, person_id, time_limit_seconds, at })
            }
            3 | 4 => match self.turn.take() {
                Some((request_id, person_id)) => {
                    plain(FloorEvent::Finished { request_id, person_id, by: FinishedBy::Chair, at })
                }
                None => self.chunk(),
            },
            5 => match self.waiting.pop() {
                Some((request_id, person_id)) => {
                    let event = FloorEvent::Denied { request_id, person_id, at };
                    (event.into(), words("reason", "The list is closed"))
                }
                None => self.chunk(),
            },
            6 => plain(AttendanceEvent::Returned {
                person_id: person(u64::from(number)),
                method: AttendanceMethod::Manual,
                evidence: None,
                at,
            }),
            7 => {
                let queue_policy = QueuePolicy::ALL[usize::from(number) / 9 % 2];
                plain(FloorEvent::RulesSet { queue_policy, warning_seconds: None, at })
            }
            _ => self.chunk(),
        }
    }

    fn ask(&mut self, number: u8) -> (AnyEvent, PersonalPart) {
        self.requests += 1;
        let request_id = SpeechRequestId::new(Uuid::from_u128(0x3000 + u128::from(self.requests)));
        let person_id = person(self.requests % 5);
        self.waiting.push((request_id, person_id));
        let event = FloorEvent::Requested {
            request_id,
            person_id,
            kind: SpeechKind::ALL[usize::from(number) % 3],
            priority: Priority::new(u64::from(number % 10)).unwrap(),
            at: moment(self.seconds),
        };
        (event.into(), words("topic", "The budget"))
    }

    pub(super) fn chunk(&mut self) -> (AnyEvent, PersonalPart) {
        self.chunks += 1;
        let event = TranscriptEvent::Chunk {
            chunk: ChunkNumber::new(self.chunks).unwrap(),
            speaker_id: Some(person(self.chunks % 5)),
            language: Language::parse("en").unwrap(),
            start_ms: MediaTime::new(self.chunks * 1_000).unwrap(),
            end_ms: MediaTime::new(self.chunks * 1_000 + 900).unwrap(),
            confidence: Confidence::new(0.5).unwrap(),
            source: ChunkSource::Human,
            at: moment(self.seconds),
        };
        (event.into(), words("text", &format!("Sentence {}", self.chunks)))
    }
}

fn plain(event: impl Into<AnyEvent>) -> (AnyEvent, PersonalPart) {
    (event.into(), PersonalPart::default())
}

pub(super) fn person(number: u64) -> PersonId {
    PersonId::new(Uuid::from_u128(0x9e00 + u128::from(number)))
}
