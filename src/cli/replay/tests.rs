use clap::Parser as _;

use super::errand::{NotThere, OtherErrand};
use super::progress::Kept;
use super::*;

#[derive(Debug, clap::Parser)]
struct CommandLine {
    #[command(flatten)]
    replay: ReplayArgs,
}

fn parse(line: &str) -> Result<ReplayArgs, clap::Error> {
    let words = std::iter::once("replay").chain(line.split_whitespace());
    CommandLine::try_parse_from(words).map(|parsed| parsed.replay)
}

fn errand(line: &str, kept: Option<&Kept>) -> anyhow::Result<Errand> {
    let args = parse(line).unwrap();
    Errand::of(&args, &args.destination(), kept, Position::new(100))
}

#[test]
fn a_first_position_is_asked_for() {
    assert!(parse("").is_err());
    assert!(parse("--from 0").is_err());
    assert!(parse("--from first").is_err());
    assert_eq!(parse("--from 12").unwrap().from, 12);
}

#[test]
fn a_rate_is_at_least_one_a_second() {
    assert!(parse("--from 1 --rate 0").is_err());
    assert_eq!(parse("--from 1 --rate 500").unwrap().rate, NonZeroU32::new(500));
    assert_eq!(parse("--from 1").unwrap().rate, None);
}

#[test]
fn a_topic_is_called_as_a_broker_takes_it() {
    assert_eq!(parse_topic("copy-of_acta.1"), Ok(TopicName::new("copy-of_acta.1")));
    for name in ["", ".", "..", "a b", "ä", &"a".repeat(250)] {
        assert!(parse_topic(name).is_err(), "{name}");
    }
}

#[test]
fn a_broker_must_be_named() {
    let args = parse("--from 1 --kafka-brokers=").unwrap();
    assert!(args.broker().unwrap_err().to_string().starts_with("no broker is named"));
}

#[test]
fn it_ends_at_the_end_of_the_log_unless_told_otherwise() {
    assert_eq!(errand("--from 1", None).unwrap().to, Position::new(100));
    assert_eq!(errand("--from 1 --to 50", None).unwrap().to, Position::new(50));
}

#[test]
fn it_is_said_in_words() {
    let whole = errand("--from 1 --kafka-topic-prefix here.", None).unwrap();
    let words =
        "positions 1 to 100 into the ordinary topics, where a session begins in here.session.created.v1";
    assert_eq!(whole.to_string(), words);
    let session = "0195fca4-0000-7000-8000-000000000001";
    let one = errand(&format!("--from 2 --to 9 --topic copy --session {session}"), None).unwrap();
    assert_eq!(one.to_string(), format!("positions 2 to 9 of session {session} into the topic copy"));
}

#[test]
fn positions_that_are_not_there_are_refused() {
    let refused = |line| errand(line, None).unwrap_err().downcast::<NotThere>().unwrap();
    assert_eq!(refused("--from 9 --to 8").to_string(), "position 8 is before position 9");
    for line in ["--from 101", "--from 1 --to 101", "--from 102 --to 101"] {
        assert_eq!(refused(line).to_string(), "the log ends at position 100", "{line}");
    }
}

#[test]
fn a_log_that_has_become_shorter_is_noticed() {
    let begun = Errand { to: Position::new(120), ..errand("--from 1", None).unwrap() };
    let kept = Kept { errand: begun, acknowledged: Position::new(30) };
    let refused = errand("--from 1", Some(&kept)).unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(NotThere::BehindTheEnd { .. })));
}

#[test]
fn started_again_it_ends_where_the_log_ended_the_first_time() {
    let first = Errand { to: Position::new(70), ..errand("--from 1", None).unwrap() };
    let kept = Kept { errand: first.clone(), acknowledged: Position::new(30) };
    assert_eq!(errand("--from 1", Some(&kept)).unwrap(), first);
    assert_eq!(errand("--from 1 --to 70", Some(&kept)).unwrap(), first);
}

#[test]
fn a_file_of_another_replay_is_refused_in_words() {
    let kept = Kept { errand: errand("--from 1 --to 70", None).unwrap(), acknowledged: Position::new(30) };
    let others = ["--from 2", "--from 1 --to 71", "--from 1 --topic copy", "--from 1 --kafka-layout single"];
    for other in others {
        let refused = errand(other, Some(&kept)).unwrap_err();
        assert!(refused.downcast_ref::<OtherErrand>().is_some(), "{other}: {refused}");
        assert!(refused.to_string().contains("another replay has come, of positions 1 to 70 into"));
    }
}

#[test]
fn it_is_said_how_to_go_on() {
    let errand = errand("--from 5", None).unwrap();
    assert_eq!(
        how_to_go_on(&errand, Position::new(40), true),
        "everything up to position 40 is acknowledged: to go on, run the same command again"
    );
    assert_eq!(
        how_to_go_on(&errand, Position::new(4), false),
        "nothing is acknowledged yet: to go on, run it again with --from 5 --to 100"
    );
}
