//! What a sitting must be like to be played.

use std::collections::BTreeSet;

use super::{Action, Sitting, Utterance};

const LONGEST_NAME: usize = 200;

/// Why a file cannot be played.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli::demo) enum SittingError {
    /// It does not have the form of a sitting.
    #[error(
        "this is not a sitting: expected {{\"source\": …, \"utterances\": [{{\"speaker\": …, \"content\": …}}, …]}}"
    )]
    Form(#[source] serde_json::Error),
    /// Nobody says anything.
    #[error("nobody says anything in this sitting")]
    Silent,
    /// Nobody says who speaks.
    #[error("utterance {number} has no speaker")]
    NoSpeaker { number: usize },
    /// The service takes no control characters.
    #[error("utterance {number} holds a control character")]
    ControlCharacter { number: usize },
    /// The service takes no such name.
    #[error(
        "the name of person {number} is blank, longer than {LONGEST_NAME} characters or holds a control character"
    )]
    Name { number: usize },
    /// Two people cannot be told apart.
    #[error("two people are called {name}")]
    NameTwice { name: String },
    /// Somebody takes back, or is denied, what they did not ask for.
    #[error("there is no request of {name} to withdraw, deny or approve in vain")]
    NoRequest { name: String },
    /// Nothing was said that could be corrected.
    #[error("{name} has said nothing yet that could be corrected")]
    NothingSaid { name: String },
    /// Somebody acts who is not there.
    #[error("{name} does something in this sitting but is not among its people")]
    Stranger { name: String },
}

impl Sitting {
    /// Somebody speaks, and it is said who.
    pub(super) fn must_be_audible(&self) -> Result<(), SittingError> {
        for (number, utterance) in (1..).zip(&self.utterances) {
            if utterance.speaker.trim().is_empty() {
                return Err(SittingError::NoSpeaker { number });
            }
            if has_control(&utterance.content) {
                return Err(SittingError::ControlCharacter { number });
            }
        }
        let audible = self.utterances.iter().any(Utterance::is_audible);
        audible.then_some(()).ok_or(SittingError::Silent)
    }

    /// Everybody can be told apart, and does only what can be done.
    pub(super) fn must_be_playable(&self) -> Result<(), SittingError> {
        self.must_have_proper_names()?;
        self.must_know_everybody()?;
        let mut so_far = SoFar::default();
        for utterance in &self.utterances {
            for action in &utterance.before {
                so_far.act(action)?;
            }
            if utterance.is_audible() {
                so_far.spoke.insert(&utterance.speaker);
            }
        }
        Ok(())
    }

    fn must_have_proper_names(&self) -> Result<(), SittingError> {
        let mut names = BTreeSet::new();
        for (number, person) in (1..).zip(&self.people) {
            let name = &person.name;
            let improper = name.trim().is_empty() || name.chars().count() > LONGEST_NAME || has_control(name);
            if improper {
                return Err(SittingError::Name { number });
            }
            if !names.insert(name) {
                return Err(SittingError::NameTwice { name: name.clone() });
            }
        }
        Ok(())
    }

    fn must_know_everybody(&self) -> Result<(), SittingError> {
        let acting =
            self.utterances.iter().flat_map(|utterance| &utterance.before).filter_map(Action::person);
        let known: BTreeSet<&str> = self.people.iter().map(|person| person.name.as_str()).collect();
        match acting.chain(self.erased.iter().map(String::as_str)).find(|name| !known.contains(name)) {
            Some(name) => Err(SittingError::Stranger { name: name.to_owned() }),
            None => Ok(()),
        }
    }
}

/// What has happened so far, as far as later actions need it.
#[derive(Default)]
struct SoFar<'a> {
    asked: BTreeSet<&'a str>,
    spoke: BTreeSet<&'a str>,
}

impl<'a> SoFar<'a> {
    fn act(&mut self, action: &'a Action) -> Result<(), SittingError> {
        let no_request = |name: &str| SittingError::NoRequest { name: name.to_owned() };
        match action {
            Action::Request { person, .. } => {
                self.asked.insert(person);
            }
            Action::Withdraw { person } | Action::Deny { person, .. }
                if !self.asked.remove(person.as_str()) =>
            {
                return Err(no_request(person));
            }
            Action::ApproveInVain { person } if !self.asked.contains(person.as_str()) => {
                return Err(no_request(person));
            }
            Action::Correct { person, .. } if !self.spoke.contains(person.as_str()) => {
                return Err(SittingError::NothingSaid { name: person.clone() });
            }
            _ => {}
        }
        Ok(())
    }
}

fn has_control(text: &str) -> bool {
    text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t')
}
