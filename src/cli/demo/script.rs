//! From a sitting to what happens in it: pure, so that the same file always gives the same meeting.

use super::sitting::{Action, Captions, Kind, LONGEST_CHUNK, Person, Refused, Sitting, Turn, Utterance};

/// A hundred and fifty words a minute.
const MS_PER_WORD: u64 = 400;
/// How many beats ahead people ask for the floor.
const FORESIGHT: usize = 3;

/// A meeting, ready to be played.
#[derive(Debug, Clone)]
pub(super) struct Script {
    /// What it is called.
    pub(super) title: String,
    /// The assembly that it is a session of.
    pub(super) assembly_id: Option<String>,
    /// What is spoken, the main language first.
    pub(super) languages: Vec<String>,
    /// How the words are taken down.
    pub(super) captions: Captions,
    /// Who attends.
    pub(super) people: Vec<Person>,
    /// Who is turned away.
    pub(super) refused: Vec<Refused>,
    /// Who asks to be forgotten.
    pub(super) erased: Vec<String>,
    /// What happens, in order.
    pub(super) beats: Vec<Beat>,
    /// How many utterances have no words.
    pub(super) silent: usize,
}

/// One person speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Beat {
    /// What happens just before.
    pub(super) before: Vec<Action>,
    /// Who speaks.
    pub(super) speaker: String,
    /// How they come to the floor; whoever presides needs no turn.
    pub(super) turn: Option<Turn>,
    /// What they say.
    pub(super) lines: Vec<Line>,
    /// How many utterances that is.
    pub(super) utterances: u64,
    /// From which beat on the speaker may ask for the floor.
    pub(super) asks_from: usize,
}

/// One chunk of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// In which language.
    pub(super) language: String,
    /// From when, in milliseconds after the beginning.
    pub(super) start_ms: u64,
    /// Until when.
    pub(super) end_ms: u64,
    /// The words.
    pub(super) text: String,
}

impl Script {
    /// The script of `sitting`.
    pub(super) fn of(sitting: Sitting) -> Self {
        let beats = Beats::of(&sitting).done;
        let silent = sitting.utterances.iter().filter(|utterance| !utterance.is_audible()).count();
        Self {
            title: title(&sitting),
            assembly_id: sitting.assembly_id,
            languages: sitting.languages,
            captions: sitting.captions,
            people: sitting.people,
            refused: sitting.refused,
            erased: sitting.erased,
            beats,
            silent,
        }
    }

    /// How many utterances are played.
    pub(super) fn utterances(&self) -> u64 {
        self.beats.iter().map(|beat| beat.utterances).sum()
    }

    /// Those who do nothing that the script needs: free to ask for a reply and to think better of it at any time.
    pub(super) fn bystanders(&self) -> Vec<String> {
        let free = |person: &&Person| !person.presides && !self.is_needed(&person.name);
        self.people.iter().filter(free).map(|person| person.name.clone()).collect()
    }

    fn is_needed(&self, name: &str) -> bool {
        let acts = |beat: &Beat| beat.before.iter().any(|action| action.person() == Some(name));
        let replies = |beat: &Beat| {
            beat.speaker == name && beat.turn.as_ref().is_some_and(|turn| turn.kind == Kind::Reply)
        };
        self.beats.iter().any(|beat| acts(beat) || replies(beat))
    }
}

impl Turn {
    /// How many beats before their own the speaker asks for it. A point of order cannot wait, so nobody makes one early.
    const fn foresight(&self) -> usize {
        match self.kind {
            Kind::Speech => FORESIGHT,
            Kind::Reply => 1,
            Kind::PointOfOrder => 0,
        }
    }
}

fn title(sitting: &Sitting) -> String {
    let title = sitting.title.as_deref().unwrap_or(&sitting.source).trim();
    let title: String = title.chars().filter(|letter| !letter.is_control()).take(300).collect();
    if title.is_empty() { "A sitting".to_owned() } else { title }
}

/// The beats so far, and the time.
struct Beats<'a> {
    sitting: &'a Sitting,
    clock_ms: u64,
    done: Vec<Beat>,
}

impl<'a> Beats<'a> {
    fn of(sitting: &'a Sitting) -> Self {
        let mut beats = Self { sitting, clock_ms: 0, done: Vec::new() };
        let mut pending = Vec::new();
        for utterance in &sitting.utterances {
            pending.extend(utterance.before.iter().cloned());
            if utterance.is_audible() {
                beats.add(utterance, std::mem::take(&mut pending));
            }
        }
        beats
    }

    fn add(&mut self, utterance: &Utterance, before: Vec<Action>) {
        let lines = self.lines(utterance);
        let goes_on = before.is_empty() && utterance.turn.is_none();
        if let Some(beat) = self.done.last_mut().filter(|beat| goes_on && beat.speaker == utterance.speaker) {
            beat.lines.extend(lines);
            beat.utterances += 1;
            return;
        }
        let turn = (!self.presides(&utterance.speaker)).then(|| utterance.turn.clone().unwrap_or_default());
        let speaker = utterance.speaker.clone();
        let asks_from = self.asks_from(&speaker, turn.as_ref());
        self.done.push(Beat { before, speaker, turn, lines, utterances: 1, asks_from });
    }

    /// Some beats early, but not before what else `speaker` has to do: nobody asks for the floor while they are out.
    fn asks_from(&self, speaker: &str, turn: Option<&Turn>) -> usize {
        let early = self.done.len().saturating_sub(turn.map_or(0, Turn::foresight));
        let acts = |beat: &Beat| beat.before.iter().any(|action| action.person() == Some(speaker));
        let free = self.done.iter().rposition(acts).map_or(0, |last| last + 1);
        early.max(free)
    }

    fn presides(&self, name: &str) -> bool {
        self.sitting.people.iter().any(|person| person.presides && person.name == name)
    }

    fn lines(&mut self, utterance: &Utterance) -> Vec<Line> {
        let spoken = utterance.language.as_ref().or(self.sitting.languages.first());
        let language = spoken.map_or("und", String::as_str).to_owned();
        pieces(&utterance.content, LONGEST_CHUNK)
            .into_iter()
            .map(|text| self.line(language.clone(), text))
            .collect()
    }

    fn line(&mut self, language: String, text: &str) -> Line {
        let words = u64::try_from(text.split_whitespace().count()).unwrap_or(u64::MAX).max(1);
        let start_ms = self.clock_ms;
        self.clock_ms = start_ms.saturating_add(words.saturating_mul(MS_PER_WORD));
        Line { language, start_ms, end_ms: self.clock_ms, text: text.to_owned() }
    }
}

/// `text` in pieces of at most `longest` characters that end where a sentence ends, if there is one; nothing is lost.
fn pieces(text: &str, longest: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((cut, _)) = rest.char_indices().nth(longest) {
        let (piece, more) = rest.split_at(good_cut(&rest[..cut]));
        pieces.push(piece);
        rest = more;
    }
    match pieces.last_mut() {
        // White space alone is no chunk; it is between chunks anyway.
        Some(_) if rest.trim().is_empty() => {}
        _ => pieces.push(rest),
    }
    pieces
}

/// Where to cut `text`: after its last sentence, else after its last word, else at its end.
fn good_cut(text: &str) -> usize {
    let after = |pattern: &str| text.rfind(pattern).map(|at| at + pattern.len());
    let sentence = [". ", "? ", "! ", "\n"].into_iter().filter_map(after).max();
    sentence.or_else(|| after(" ")).filter(|cut| !text[..*cut].trim().is_empty()).unwrap_or(text.len())
}

#[cfg(test)]
mod tests;
