//! The file that a sitting is played from: who was there, and who said what in which order.
//!
//! `{"source": …, "utterances": [{"speaker": …, "content": …}, …]}` is enough; all else is optional. The assembly that comes
//! with the program uses everything.

mod check;

use std::collections::BTreeSet;

use serde::Deserialize;

pub(super) use self::check::SittingError;

/// The longest text that fits into one chunk, in characters.
pub(super) const LONGEST_CHUNK: usize = 8_000;

/// A sitting as it is written down.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Sitting {
    /// Where it comes from.
    pub(super) source: String,
    /// What it is called, if not by its source.
    pub(super) title: Option<String>,
    /// The assembly that it is a session of, as the governance service names it.
    pub(super) assembly_id: Option<String>,
    /// What is spoken, the main language first.
    #[serde(default = "english")]
    pub(super) languages: Vec<String>,
    /// How the words were taken down.
    #[serde(default)]
    pub(super) captions: Captions,
    /// Who attends; whoever speaks and is not listed attends as well.
    #[serde(default)]
    pub(super) people: Vec<Person>,
    /// Who was turned away at the door.
    #[serde(default)]
    pub(super) refused: Vec<Refused>,
    /// Who asks afterwards to be forgotten.
    #[serde(default)]
    pub(super) erased: Vec<String>,
    /// What was said, in order.
    pub(super) utterances: Vec<Utterance>,
}

/// How the words were taken down.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Captions {
    /// `human`, `speech_to_text` or `import`.
    pub(super) source: String,
    /// How sure the source is of them, 0 to 1.
    pub(super) confidence: f64,
}

impl Default for Captions {
    fn default() -> Self {
        Self { source: "import".to_owned(), confidence: 1.0 }
    }
}

/// Somebody who attends.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Person {
    /// Their name; no two are the same.
    pub(super) name: String,
    /// Whether they preside; their words need no request.
    #[serde(default)]
    pub(super) presides: bool,
    /// How they come in.
    #[serde(default)]
    pub(super) arrives: Arrival,
    /// What their vote counts, as decimal text.
    pub(super) voting_weight: Option<String>,
    /// Where to write to them.
    pub(super) email: Option<String>,
}

/// How somebody comes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Arrival {
    /// A desk registers them.
    #[default]
    Desk,
    /// They show a QR code that a desk issued.
    Qr,
}

/// Somebody who was turned away.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Refused {
    /// Their name.
    pub(super) name: String,
    /// Why, as the API names it.
    pub(super) reason: String,
    /// What the desk noted.
    pub(super) note: Option<String>,
}

/// Something that was said.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Utterance {
    /// By whom.
    pub(super) speaker: String,
    /// The words.
    pub(super) content: String,
    /// In which language, if not in the main one.
    pub(super) language: Option<String>,
    /// How they asked for the floor.
    pub(super) turn: Option<Turn>,
    /// What happened just before.
    #[serde(default)]
    pub(super) before: Vec<Action>,
}

/// How somebody asks for the floor and what they get.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Turn {
    /// What for.
    pub(super) kind: Kind,
    /// How urgent, 0 to 9.
    pub(super) priority: u8,
    /// About what.
    pub(super) topic: Option<String>,
    /// How long they may speak, in seconds.
    pub(super) time_limit_seconds: u32,
}

impl Default for Turn {
    fn default() -> Self {
        Self { kind: Kind::Speech, priority: 0, topic: None, time_limit_seconds: 180 }
    }
}

/// What somebody wants the floor for, as the API names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// To speak.
    #[default]
    Speech,
    /// To answer.
    Reply,
    /// To speak about how things are done; goes before the others.
    PointOfOrder,
}

impl Kind {
    /// The kind in words.
    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::Speech => "speech",
            Self::Reply => "reply",
            Self::PointOfOrder => "point of order",
        }
    }
}

/// Something that happens beside the words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Action {
    /// Somebody asks for the floor who does not get it in this sitting.
    Request { person: String, topic: Option<String> },
    /// They give that request up.
    Withdraw { person: String },
    /// The chair denies that request.
    Deny { person: String, reason: Option<String> },
    /// The chair tries to give the floor to somebody who is muted, and is refused.
    ApproveInVain { person: String },
    /// The chair mutes somebody.
    Mute { person: String },
    /// The chair takes that back.
    Unmute { person: String },
    /// Somebody goes.
    Leave { person: String },
    /// Somebody comes back.
    Return { person: String },
    /// The governance service says that a vote is open.
    OpenVote { vote_id: String },
    /// The governance service says that a vote is closed.
    CloseVote { vote_id: String },
    /// The last words of somebody are corrected.
    Correct { person: String, content: String },
    /// The queue is shown.
    ShowQueue,
    /// The quorum is shown.
    ShowQuorum,
}

impl Action {
    /// Whom it is about.
    pub(super) fn person(&self) -> Option<&str> {
        match self {
            Self::Request { person, .. }
            | Self::Withdraw { person }
            | Self::Deny { person, .. }
            | Self::ApproveInVain { person }
            | Self::Mute { person }
            | Self::Unmute { person }
            | Self::Leave { person }
            | Self::Return { person }
            | Self::Correct { person, .. } => Some(person),
            Self::OpenVote { .. } | Self::CloseVote { .. } | Self::ShowQueue | Self::ShowQuorum => None,
        }
    }
}

impl Sitting {
    /// Reads a sitting; whoever speaks is among its people afterwards, and somebody presides.
    pub(super) fn parse(text: &str) -> Result<Self, SittingError> {
        let mut sitting: Self = serde_json::from_str(text).map_err(SittingError::Form)?;
        sitting.must_be_audible()?;
        sitting.seat_speakers();
        sitting.must_be_playable()?;
        Ok(sitting)
    }

    fn seat_speakers(&mut self) {
        let mut seated: BTreeSet<String> = self.people.iter().map(|person| person.name.clone()).collect();
        let listed = self.people.len();
        for utterance in &self.utterances {
            if seated.insert(utterance.speaker.clone()) {
                self.people.push(Person::of_speaker(&utterance.speaker));
            }
        }
        self.seat_a_chair(listed);
    }

    fn seat_a_chair(&mut self, listed: usize) {
        if self.people.iter().any(|person| person.presides) {
            return;
        }
        for person in &mut self.people[listed..] {
            person.presides = person.name.contains("Chair");
        }
        if self.people.iter().any(|person| person.presides) {
            return;
        }
        let first = self.utterances.first().map(|utterance| &utterance.speaker);
        if let Some(chair) = self.people.iter_mut().find(|person| Some(&person.name) == first) {
            chair.presides = true;
        }
    }
}

impl Person {
    /// A desk registers whoever speaks: a QR code carries no name, and a transcript without names is hard to read.
    fn of_speaker(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            presides: false,
            arrives: Arrival::Desk,
            voting_weight: None,
            email: None,
        }
    }
}

impl Utterance {
    /// Whether there are words; some transcripts note that somebody was inaudible by an empty text.
    pub(super) fn is_audible(&self) -> bool {
        !self.content.trim().is_empty()
    }
}

fn english() -> Vec<String> {
    vec!["en".to_owned()]
}

#[cfg(test)]
mod tests;
