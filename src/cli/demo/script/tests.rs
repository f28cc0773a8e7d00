use super::*;

fn script(utterances: &serde_json::Value) -> Script {
    let text = serde_json::json!({ "source": "a test", "utterances": utterances }).to_string();
    Script::of(Sitting::parse(&text).unwrap())
}

fn said(speaker: &str, content: &str) -> serde_json::Value {
    serde_json::json!({ "speaker": speaker, "content": content })
}

fn lines(script: &Script) -> Vec<&Line> {
    script.beats.iter().flat_map(|beat| &beat.lines).collect()
}

#[test]
fn every_change_of_speaker_is_a_turn_except_for_the_chair() {
    let script = script(&serde_json::json!([
        said("The Chair", "Welcome."),
        said("Ana", "One."),
        said("Ana", "Two."),
        said("Ben", "Three."),
        said("The Chair", "Thank you."),
    ]));
    let turns: Vec<_> = script
        .beats
        .iter()
        .map(|beat| (beat.speaker.as_str(), beat.turn.is_some(), beat.utterances))
        .collect();
    assert_eq!(turns, [("The Chair", false, 1), ("Ana", true, 2), ("Ben", true, 1), ("The Chair", false, 1)]);
}

#[test]
fn the_time_comes_from_the_words() {
    let script = script(&serde_json::json!([said("A", "one two three"), said("B", "four")]));
    let times: Vec<_> = lines(&script).iter().map(|line| (line.start_ms, line.end_ms)).collect();
    assert_eq!(times, [(0, 1_200), (1_200, 1_600)]);
}

#[test]
fn the_start_times_always_grow() {
    let script = script(&serde_json::json!([said("A", "—"), said("A", "…"), said("B", "x")]));
    assert!(lines(&script).windows(2).all(|pair| pair[0].start_ms < pair[1].start_ms));
}

#[test]
fn an_utterance_without_words_is_counted_but_not_played() {
    let script = script(&serde_json::json!([said("A", "x"), said("B", " "), said("C", "y")]));
    assert_eq!((script.utterances(), script.silent), (2, 1));
}

#[test]
fn a_long_utterance_is_split_where_sentences_end_and_nothing_is_lost() {
    let text = "A sentence of some words. ".repeat(1_000);
    let script = script(&serde_json::json!([said("A", text.trim_end())]));
    let lines = lines(&script);
    assert!(lines.len() > 3 && lines.iter().all(|line| line.text.chars().count() <= LONGEST_CHUNK));
    assert!(lines.iter().all(|line| line.text.trim_end().ends_with('.')));
    assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<String>(), text.trim_end());
}

#[test]
fn words_without_sentences_are_split_between_words_and_without_words_anywhere() {
    assert_eq!(pieces("aaa bbb ccc", 8), ["aaa bbb ", "ccc"]);
    assert_eq!(pieces("ññññññ", 4), ["ññññ", "ññ"]);
    assert_eq!(pieces("short", 8), ["short"]);
}

#[test]
fn whoever_has_something_to_do_is_no_bystander() {
    let script = script(&serde_json::json!([
        said("The Chair", "Welcome."),
        { "speaker": "Ana", "content": "x", "before": [{ "do": "leave", "person": "Ben" }] },
        { "speaker": "Cleo", "content": "x", "turn": { "kind": "reply" } },
        said("Ben", "x"),
    ]));
    assert_eq!(script.bystanders(), ["Ana"]);
}

#[test]
fn nobody_makes_a_point_of_order_early() {
    let turn = |kind| Turn { kind, ..Turn::default() };
    assert_eq!(turn(Kind::PointOfOrder).foresight(), 0);
    assert!(turn(Kind::Speech).foresight() > turn(Kind::Reply).foresight());
}

#[test]
fn what_happens_before_words_that_are_missing_still_happens() {
    let script = script(&serde_json::json!([
        said("A", "x"),
        { "speaker": "B", "content": "", "before": [{ "do": "show_queue" }] },
        said("A", "y"),
    ]));
    assert_eq!(script.beats[1].before, [Action::ShowQueue]);
}

#[test]
fn nobody_asks_for_the_floor_while_they_are_out() {
    let script = script(&serde_json::json!([
        said("The Chair", "One."),
        { "speaker": "Ana", "content": "Two.", "before": [{ "do": "leave", "person": "Ben" }] },
        { "speaker": "The Chair", "content": "Three.", "before": [{ "do": "return", "person": "Ben" }] },
        said("Ana", "Four."),
        said("Ben", "Five."),
    ]));
    let asks: Vec<_> = script.beats.iter().map(|beat| beat.asks_from).collect();
    assert_eq!(asks, [0, 0, 2, 0, 3]);
}
