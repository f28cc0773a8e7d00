use super::*;

const ASSEMBLY: &str = include_str!("../assembly.json");

fn spoken(speakers: &[&str]) -> String {
    let utterances: Vec<_> = speakers
        .iter()
        .map(|speaker| serde_json::json!({ "speaker": speaker, "content": "Words." }))
        .collect();
    serde_json::json!({ "source": "a test", "utterances": utterances }).to_string()
}

fn chairs(sitting: &Sitting) -> Vec<&str> {
    sitting.people.iter().filter(|person| person.presides).map(|person| person.name.as_str()).collect()
}

#[test]
fn whoever_speaks_attends_once() {
    let sitting = Sitting::parse(&spoken(&["Ana", "Ben", "Ana"])).unwrap();
    assert_eq!(sitting.people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["Ana", "Ben"]);
}

#[test]
fn every_speaker_who_is_called_chair_presides() {
    let sitting = Sitting::parse(&spoken(&["Ana", "The Chair (A)", "The Acting Chair (B)"])).unwrap();
    assert_eq!(chairs(&sitting), ["The Chair (A)", "The Acting Chair (B)"]);
}

#[test]
fn without_a_chair_the_first_speaker_presides() {
    assert_eq!(chairs(&Sitting::parse(&spoken(&["Ana", "Ben"])).unwrap()), ["Ana"]);
}

#[test]
fn what_is_no_sitting_is_refused_with_the_reason() {
    let said = |speaker: &str, content: &str| {
        serde_json::json!({ "source": "x", "utterances": [{ "speaker": speaker, "content": content }] })
            .to_string()
    };
    assert!(matches!(Sitting::parse("[]"), Err(SittingError::Form(_))));
    assert!(matches!(Sitting::parse("{\"source\": \"x\", \"utterances\": []}"), Err(SittingError::Silent)));
    assert!(matches!(Sitting::parse(&said("A", " ")), Err(SittingError::Silent)));
    assert!(matches!(Sitting::parse(&said(" ", "x")), Err(SittingError::NoSpeaker { number: 1 })));
    assert!(matches!(Sitting::parse(&said("A", "\u{7}")), Err(SittingError::ControlCharacter { number: 1 })));
    assert!(matches!(Sitting::parse(&said(&"A".repeat(201), "x")), Err(SittingError::Name { number: 1 })));
}

#[test]
fn nobody_acts_who_is_not_there() {
    let text = r#"{"source": "x", "utterances": [
        {"speaker": "A", "content": "x", "before": [{"do": "leave", "person": "B"}]}]}"#;
    assert!(matches!(Sitting::parse(text), Err(SittingError::Stranger { name }) if name == "B"));
}

#[test]
fn the_assembly_that_comes_with_the_program_is_thirty_people_with_all_the_votes() {
    let sitting = Sitting::parse(ASSEMBLY).unwrap();
    let weights = sitting.people.iter().filter_map(|person| person.voting_weight.as_deref());
    let sum = weights
        .map(|weight| acta_domain::values::VotingWeight::parse(weight).unwrap())
        .reduce(|sum, weight| sum.checked_add(weight).unwrap());
    assert_eq!(sitting.people.len(), 30);
    assert_eq!(sum.unwrap().to_string(), "100");
    assert_eq!(chairs(&sitting).len(), 1);
}

#[test]
fn the_assembly_that_comes_with_the_program_shows_what_a_session_can_do() {
    let sitting = Sitting::parse(ASSEMBLY).unwrap();
    let actions: Vec<_> = sitting.utterances.iter().flat_map(|utterance| &utterance.before).collect();
    let count = |wanted: fn(&Action) -> bool| actions.iter().filter(|action| wanted(action)).count();
    assert_eq!(count(|action| matches!(action, Action::OpenVote { .. })), 2);
    assert_eq!(count(|action| matches!(action, Action::CloseVote { .. })), 2);
    assert_eq!(count(|action| matches!(action, Action::Leave { .. })), 1);
    assert_eq!(count(|action| matches!(action, Action::Return { .. })), 1);
    assert_eq!(count(|action| matches!(action, Action::Mute { .. })), 1);
    assert_eq!(count(|action| matches!(action, Action::Correct { .. })), 1);
    let kinds =
        sitting.utterances.iter().filter_map(|utterance| utterance.turn.as_ref()).map(|turn| turn.kind);
    assert_eq!(kinds.filter(|kind| *kind == Kind::PointOfOrder).count(), 1);
    assert_eq!((sitting.refused.len(), sitting.erased.len()), (1, 1));
}

#[test]
fn in_the_assembly_that_comes_with_the_program_every_speaker_gave_a_name_at_a_desk() {
    let sitting = Sitting::parse(ASSEMBLY).unwrap();
    let by_code: Vec<_> = sitting.people.iter().filter(|person| person.arrives == Arrival::Qr).collect();
    assert!(by_code.len() > 5);
    let speaks =
        |person: &&&Person| sitting.utterances.iter().any(|utterance| utterance.speaker == person.name);
    assert_eq!(by_code.iter().filter(speaks).count(), 0);
}

#[test]
fn nobody_takes_back_what_they_did_not_ask_for_and_nothing_is_corrected_that_was_not_said() {
    let read = |actions: &str| {
        let utterance = format!(r#"{{"speaker": "A", "content": "x", "before": [{actions}]}}"#);
        Sitting::parse(&format!(r#"{{"source": "x", "utterances": [{utterance}]}}"#))
    };
    assert!(read(r#"{"do": "request", "person": "A"}, {"do": "withdraw", "person": "A"}"#).is_ok());
    let twice = r#"{"do": "request", "person": "A"}, {"do": "deny", "person": "A"}, {"do": "withdraw", "person": "A"}"#;
    assert!(matches!(read(twice), Err(SittingError::NoRequest { .. })));
    let early = r#"{"do": "correct", "person": "A", "content": "y"}"#;
    assert!(matches!(read(early), Err(SittingError::NothingSaid { .. })));
}
