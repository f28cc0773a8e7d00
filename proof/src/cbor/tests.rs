use proptest::prelude::*;

use super::*;

fn refused(hexadecimal: &str) -> CborError {
    decode(&hex::decode(hexadecimal).unwrap()).unwrap_err()
}

#[test]
fn the_examples_of_rfc_8949_appendix_a_are_read_and_written_back() {
    let examples = [
        "00",
        "17",
        "1818",
        "1903e8",
        "1a000f4240",
        "1b000000e8d4a51000",
        "1bffffffffffffffff",
        "20",
        "3863",
        "3903e7",
        "3bffffffffffffffff",
        "f4",
        "f5",
        "f6",
        "40",
        "4401020304",
        "60",
        "6449455446",
        "80",
        "83010203",
        "8301820203820405",
        "a0",
        "a201020304",
        "a26161016162820203",
        "c11a514b67b0",
    ];
    for example in examples {
        let bytes = hex::decode(example).unwrap();
        let value = decode(&bytes).unwrap();
        assert_eq!(encode(&value), bytes, "{example}");
        assert_eq!(value, ciborium::from_reader(bytes.as_slice()).unwrap(), "{example}");
    }
}

#[test]
fn map_keys_are_written_bytewise_ascending() {
    let keys = [Value::from("z"), Value::from(-1), Value::from(100), Value::from("aa"), Value::from(10)];
    let map = Value::Map(keys.into_iter().map(|key| (key, Value::Null)).collect());
    // The order of RFC 8949 §4.2.1: 10, 100, -1, "z", "aa".
    assert_eq!(hex::encode(encode(&map)), "a50af61864f620f6617af6626161f6");
}

#[test]
fn longer_forms_than_needed_are_refused() {
    for longer in
        ["1817", "190017", "1900ff", "1a0000ffff", "1b00000000ffffffff", "5817", "9800", "b800", "d800"]
    {
        assert!(matches!(refused(longer), CborError::NotShortest { at: 0 }), "{longer}");
    }
}

#[test]
fn indefinite_lengths_floats_and_odd_simple_values_are_refused() {
    for other in [
        "5f4101ff",
        "7f6161ff",
        "9fff",
        "bfff",
        "f90000",
        "fa47c35000",
        "fb3ff199999999999a",
        "f7",
        "f0",
        "f8ff",
        "ff",
        "1c",
    ] {
        assert!(matches!(refused(other), CborError::Unsupported { .. }), "{other}");
    }
}

#[test]
fn unsorted_and_doubled_keys_are_refused() {
    assert_eq!(refused("a202000100"), CborError::KeyOrder { at: 3 });
    assert_eq!(refused("a201000100"), CborError::KeyOrder { at: 3 });
}

#[test]
fn trailing_and_missing_bytes_are_refused() {
    assert_eq!(refused("0000"), CborError::Trailing { extra: 1 });
    assert!(matches!(refused("4401"), CborError::Truncated { .. }));
    assert!(matches!(refused("5bffffffffffffffff00"), CborError::Truncated { .. }));
    assert!(matches!(refused("9bffffffffffffffff00"), CborError::Truncated { .. }));
    assert!(matches!(refused(""), CborError::Truncated { at: 0 }));
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    assert_eq!(refused("61ff"), CborError::NotUtf8 { at: 0 });
}

#[test]
fn nesting_has_an_end() {
    let deep = |levels: usize| [vec![0x81; levels], vec![0]].concat();
    assert!(decode(&deep(MAX_DEPTH)).is_ok());
    assert!(matches!(decode(&deep(MAX_DEPTH + 1)), Err(CborError::TooDeep { .. })));
    assert!(matches!(decode(&deep(1_000_000)), Err(CborError::TooDeep { .. })));
}

#[test]
fn the_encoder_and_the_cursor_keep_the_extreme_numbers() {
    for number in [i64::MIN, -1, 0, 23, 24, i64::MAX] {
        let bytes = Encoder::new().int(number).finish();
        assert_eq!(bytes, encode(&Value::from(number)));
        assert_eq!(Cursor::new(&bytes).int(), Ok(number));
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        ".{0,12}".prop_map(Value::Text),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::btree_map(any::<i32>(), inner, 0..6).prop_map(|map| Value::Map(
                map.into_iter().map(|(key, value)| (Value::from(key), value)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_by_us_and_by_ciborium(value in any_value()) {
        let bytes = encode(&value);
        let read = decode(&bytes).unwrap();
        prop_assert_eq!(encode(&read), bytes.clone());
        prop_assert_eq!(read, ciborium::from_reader::<Value, _>(bytes.as_slice()).unwrap());
    }

    #[test]
    fn what_is_read_has_no_other_encoding(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        if let Ok(value) = decode(&bytes) {
            prop_assert_eq!(encode(&value), bytes);
        }
    }
}
