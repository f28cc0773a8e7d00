use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, json, to_value};

use super::*;
use crate::ids::{AssemblyId, PersonId, PublicId};

fn reads<T: DeserializeOwned>(value: Value) -> bool {
    from_value::<T>(value).is_ok()
}

#[test]
fn a_timestamp_is_written_in_utc_with_six_fraction_digits() {
    for (given, written) in [
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000000Z"),
        ("2026-11-22T12:30:00.5+02:30", "2026-11-22T10:00:00.500000Z"),
        ("2026-11-22T10:00:00.123456789Z", "2026-11-22T10:00:00.123456Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ] {
        assert_eq!(Timestamp::parse(given).expect("a valid value").to_string(), written);
    }
}

#[test]
fn a_timestamp_lies_between_1970_and_9999() {
    for outside in ["1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999-00:01"] {
        assert_eq!(Timestamp::parse(outside), Err(InvalidValue::TimestampOutOfRange));
    }
    assert_eq!(Timestamp::from_micros(-1), Err(InvalidValue::TimestampOutOfRange));
    for text in ["", "2026-11-22", "2026-11-22T10:00:00", "2026-02-30T10:00:00Z", "yesterday"] {
        assert_eq!(Timestamp::parse(text), Err(InvalidValue::NotATimestamp));
    }
}

#[test]
fn a_time_limit_after_the_last_moment_ends_at_the_last_moment() {
    assert_eq!(Timestamp::MAX.plus(TimeLimit::MAX), Timestamp::MAX);
}

#[test]
fn whole_numbers_keep_their_range() {
    assert_eq!(TimeLimit::new(86_400).expect("a valid value").get(), 86_400);
    let error = InvalidValue::OutOfRange { what: "a time limit in seconds", min: 1, max: 86_400 };
    assert_eq!(TimeLimit::new(0), Err(error.clone()));
    assert_eq!(TimeLimit::new(86_401), Err(error));
    assert!(Capacity::new(0).is_err());
    assert!(Capacity::new(u64::from(u32::MAX) + 1).is_err());
    assert!(Priority::new(10).is_err());
    assert!(ConcurrentTurns::new(17).is_err());
    assert!(MediaTime::new(1 << 53).is_err());
    assert_eq!((Priority::default().get(), ConcurrentTurns::default().get()), (0, 1));
    assert!(!reads::<Priority>(json!(-1)) && !reads::<Priority>(json!(1.5)));
}

#[test]
fn a_language_is_written_in_its_usual_case() {
    for (given, written) in [
        ("EN", "en"),
        ("PT-br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("sl-ROZAJ-biske", "sl-rozaj-biske"),
        ("es-419", "es-419"),
        ("en-CA-X-CA", "en-CA-x-ca"),
    ] {
        assert_eq!(Language::parse(given).expect("a valid value").as_str(), written);
    }
}

#[test]
fn a_language_must_have_the_shape_of_a_tag() {
    for text in ["", "e", "en-", "-en", "en--US", "en_US", "en-x", "123", "allemannic-1", "é"] {
        assert_eq!(Language::parse(text), Err(InvalidValue::NotALanguage), "{text}");
    }
    let long = format!("en{}", "-abcdefgh".repeat(4));
    assert_eq!(Language::parse(&long), Err(InvalidValue::NotALanguage));
}

#[test]
fn languages_are_one_to_thirty_two_different_ones() {
    let list = |tags: &[&str]| tags.iter().map(|tag| Language::parse(tag).expect("a valid value")).collect();
    assert_eq!(Languages::new(vec![]), Err(InvalidValue::LanguageCount));
    assert_eq!(Languages::new(list(&["en", "EN"])), Err(InvalidValue::LanguageTwice));
    assert!(
        Languages::new(list(&["en", "es"]))
            .expect("a valid value")
            .contains(&Language::parse("es").expect("a valid value"))
    );
    assert!(!reads::<Languages>(json!([])));
}

#[test]
fn a_confidence_is_a_number_from_zero_to_one() {
    for number in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert_eq!(Confidence::new(number), Err(InvalidValue::NotAConfidence));
    }
    assert!(Confidence::new(-0.0).expect("a valid value").get().is_sign_positive());
    assert!(reads::<Confidence>(json!(1)) && !reads::<Confidence>(json!("1")));
}

#[test]
fn a_voting_weight_is_an_exact_decimal() {
    for (given, written, millionths) in [
        ("3.25", "3.25", 3_250_000),
        ("1", "1", 1_000_000),
        ("1.000000", "1", 1_000_000),
        ("0.000001", "0.000001", 1),
        ("1000000000", "1000000000", 1_000_000_000_000_000),
    ] {
        let weight = VotingWeight::parse(given).expect("a valid value");
        assert_eq!((weight.to_string().as_str(), weight.as_millionths()), (written, millionths));
        assert_eq!(to_value(weight).expect("a plain value"), json!(written));
    }
}

#[test]
fn a_voting_weight_is_above_zero_and_at_most_a_billion() {
    for text in ["0", "0.0", "1000000000.000001", "99999999999999999999999"] {
        assert_eq!(VotingWeight::parse(text), Err(InvalidValue::VotingWeightOutOfRange), "{text}");
    }
    for text in ["", ".5", "5.", "1.2345678", "-1", "+1", "1e3", "01", "1,5", "1.2.3"] {
        assert_eq!(VotingWeight::parse(text), Err(InvalidValue::NotAVotingWeight), "{text}");
    }
    let most = VotingWeight::parse("1000000000").expect("a valid value");
    assert_eq!(most.checked_add(VotingWeight::parse("0.000001").expect("a valid value")), None);
}

#[test]
fn a_digest_is_written_in_lower_case() {
    let digest = EvidenceDigest::parse(&"AB".repeat(32)).expect("a valid value");
    assert_eq!(digest.to_string(), "ab".repeat(32));
    for text in [String::new(), "ab".repeat(31), "ab".repeat(33), "zz".repeat(32)] {
        assert_eq!(EvidenceDigest::parse(&text), Err(InvalidValue::NotADigest));
    }
}

#[test]
fn a_session_must_end_after_it_starts() {
    let start = Timestamp::parse("2026-11-22T10:00:00Z").expect("a valid value");
    assert_eq!(Schedule::new(start, Some(start)), Err(InvalidValue::EndsBeforeStart));
    let written = to_value(Schedule::new(start, None).expect("a plain value")).expect("a plain value");
    assert_eq!(written, json!({ "starts_at": "2026-11-22T10:00:00.000000Z" }));
    let backwards = json!({ "starts_at": start, "ends_at": "2026-11-22T09:00:00Z" });
    assert!(!reads::<Schedule>(backwards));
}

#[test]
fn a_public_id_has_exactly_one_text() {
    let id = PublicId::new([0xff; 16]);
    let text = id.to_string();
    assert_eq!(text, format!("urn:acta:s:{}4", "7".repeat(25)));
    assert_eq!(PublicId::parse(&text), Ok(id));
    for other in [
        text.replace("7774", "7775"),
        text.to_uppercase(),
        text.replace("urn:", ""),
        format!("{text}a"),
        text.replace("774", "71!"),
    ] {
        assert_eq!(PublicId::parse(&other), Err(InvalidValue::NotAPublicId), "{other}");
    }
}

#[test]
fn an_outside_id_has_1_to_128_plain_characters() {
    assert_eq!(AssemblyId::parse("urn:gov:1.2_3-A").expect("a valid value").as_str(), "urn:gov:1.2_3-A");
    for text in [String::new(), "a b".into(), "a/b".into(), "é".into(), "a".repeat(129)] {
        let error = InvalidValue::NotAnOutsideId { what: "an assembly id" };
        assert_eq!(AssemblyId::parse(&text), Err(error));
    }
}

#[test]
fn an_id_that_is_not_a_uuid_is_refused() {
    let error = InvalidValue::NotAUuid { what: "a person id" };
    assert_eq!(PersonId::parse("Ada Lovelace"), Err(error));
}

#[test]
fn a_name_has_1_to_64_characters_of_lower_case_letters_digits_and_dashes() {
    assert_eq!(RoleName::parse("minute-taker-2").expect("a valid value").as_str(), "minute-taker-2");
    assert_eq!(ServiceName::parse(&"a".repeat(64)).expect("a valid value").as_str().len(), 64);
    for text in [String::new(), "Chair".into(), "a b".into(), "a@b".into(), "é".into(), "a".repeat(65)] {
        assert_eq!(RoleName::parse(&text), Err(InvalidValue::NotAName { what: "a role's name" }));
        assert_eq!(ServiceName::parse(&text), Err(InvalidValue::NotAName { what: "a service's name" }));
    }
}

#[test]
fn a_thumbprint_has_one_text() {
    let thumbprint = KeyThumbprint::new([0xff; 32]);
    let text = thumbprint.to_string();
    assert_eq!((text.len(), KeyThumbprint::parse(&text)), (43, Ok(thumbprint)));
    // The last character says two bits that no byte has: they must be zero.
    let other = format!("{}_", &text[..42]);
    for text in [String::new(), text[..42].to_owned(), format!("{text}="), other] {
        assert_eq!(KeyThumbprint::parse(&text), Err(InvalidValue::NotAThumbprint));
    }
}

#[test]
fn generations_count_from_one_to_the_last() {
    assert_eq!(Generation::FIRST.next(), Some(Generation::new(2)));
    assert_eq!(Generation::new(u32::MAX).next(), None);
    assert_eq!(to_value(Generation::new(7)).expect("a plain value"), json!(7));
}

#[test]
fn words_are_written_as_serde_writes_them() {
    for method in AttendanceMethod::ALL {
        assert_eq!(to_value(method).expect("a plain value"), json!(method.as_str()));
    }
    for kind in SpeechKind::ALL {
        assert_eq!(to_value(kind).expect("a plain value"), json!(kind.to_string()));
    }
}

proptest! {
    #[test]
    fn a_timestamp_survives_its_text(micros in 0..=Timestamp::MAX.as_micros()) {
        let timestamp = Timestamp::from_micros(micros).expect("a valid value");
        prop_assert_eq!(Timestamp::parse(&timestamp.to_string()), Ok(timestamp));
    }

    #[test]
    fn a_public_id_survives_its_text(bytes in any::<[u8; 16]>()) {
        let id = PublicId::new(bytes);
        prop_assert_eq!(PublicId::parse(&id.to_string()), Ok(id));
    }

    #[test]
    fn a_voting_weight_survives_its_text(millionths in 1..=1_000_000_000_000_000_u64) {
        let weight = VotingWeight::from_millionths(millionths).expect("a valid value");
        prop_assert_eq!(VotingWeight::parse(&weight.to_string()), Ok(weight));
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in "\\PC{0,40}") {
        let _ = (Timestamp::parse(&text), Language::parse(&text), VotingWeight::parse(&text));
        let _ = (EvidenceDigest::parse(&text), PublicId::parse(&text), AssemblyId::parse(&text));
    }

    #[test]
    fn a_language_in_its_usual_case_stays_as_it_is(text in "[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}") {
        if let Ok(language) = Language::parse(&text) {
            prop_assert_eq!(Language::parse(language.as_str()), Ok(language));
        }
    }
}
