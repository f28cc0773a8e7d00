//! Meetings as they are held: people come, ask for the floor, speak, and every sentence is written down.

use std::sync::Arc;

use acta_application::UseCases;
use acta_application::attendance::Contact;
use acta_application::attendance::RegisterAttendee;
use acta_application::clock::Clock as _;
use acta_application::clock::time_ordered_id;
use acta_application::floor::{ApproveSpeech, RequestSpeech};
use acta_application::persons::PersonalText;
use acta_application::transcript::AddChunk;
use acta_domain::{ChunkSource, Confidence, Language, MediaTime, PersonId, Priority, SessionId, SpeechKind};

use super::decision::context;
use super::system::{SystemClock, SystemRandomness};

const PEOPLE: usize = 10;
const TURNS: usize = 10;
/// In each turn.
const CHUNKS: u32 = 37;

const SPOKEN: &str = "The figures that we were sent last week do not agree with those in the report, and nobody has told us why.";

/// Holds a meeting in `session`, from its start to the end of its last turn.
pub(super) async fn hold(use_cases: Arc<UseCases>, session: SessionId) -> anyhow::Result<()> {
    use_cases.start_session(&context(), session).await?;
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(come(&use_cases, session).await?);
    }
    for (turn, person) in (0..).zip(people.iter().cycle().take(TURNS)) {
        speak(&use_cases, session, *person, turn * CHUNKS).await?;
    }
    Ok(())
}

async fn come(use_cases: &UseCases, session: SessionId) -> anyhow::Result<PersonId> {
    let person_id = PersonId::new(time_ordered_id(SystemClock.now(), &SystemRandomness));
    let contact = Contact { name: Some(text("Jo Bloggs")), ..Contact::default() };
    let attendee =
        RegisterAttendee { person_id, contact, voting_weight: None, location: None, override_reason: None };
    use_cases.register_attendee(&context(), session, attendee).await?;
    Ok(person_id)
}

async fn speak(use_cases: &UseCases, session: SessionId, person: PersonId, first: u32) -> anyhow::Result<()> {
    let wish = RequestSpeech {
        person_id: person,
        kind: SpeechKind::Speech,
        priority: Priority::default(),
        topic: None,
    };
    let request = use_cases.request_speech(&context(), session, wish).await?.request_id;
    let turn = ApproveSpeech { request_id: request, time_limit: None, override_reason: None };
    use_cases.approve_speech(&context(), session, turn).await?;
    for n in first..first + CHUNKS {
        use_cases.add_chunk(&context(), session, chunk(person, u64::from(n))).await?;
    }
    use_cases.finish_speech(&context(), session, request, None).await?;
    Ok(())
}

fn chunk(person: PersonId, n: u64) -> AddChunk {
    let moment = |ms| MediaTime::new(ms).expect("it is early in the session");
    let length = 40 + usize::try_from(n % 3).expect("it is below 3") * 30;
    AddChunk {
        speaker_id: Some(person),
        language: Language::parse("en").expect("it is a language"),
        start: moment(n * 1_500),
        end: moment(n * 1_500 + 1_400),
        confidence: Confidence::new(0.93).expect("it is below 1"),
        source: ChunkSource::SpeechToText,
        text: text(&SPOKEN[..length]),
    }
}

fn text(text: &str) -> PersonalText {
    PersonalText::parse(text, 200).expect("the text is short")
}
