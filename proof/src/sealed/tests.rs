use super::*;

const CONTEXT: SealContext<'static> = SealContext { tenant: [1; 16], session: [2; 16], subject: "p-1" };

fn sealed() -> (PersonKey, SealedPart) {
    let key = PersonKey::new([3; 32]);
    let part = seal(&key, [4; 12], &CONTEXT, br#"{"name":"Ada"}"#).unwrap();
    (key, part)
}

#[test]
fn a_sealed_part_opens_with_its_key_in_its_place() {
    let (key, part) = sealed();
    assert_eq!(open(&key, &CONTEXT, &part).unwrap().as_slice(), br#"{"name":"Ada"}"#);
    assert_eq!(part.key_id, key.key_id());
}

#[test]
fn a_sealed_part_does_not_open_in_another_place() {
    let (key, part) = sealed();
    let elsewhere = [SealContext { tenant: [9; 16], ..CONTEXT }, SealContext { session: [9; 16], ..CONTEXT }];
    for context in elsewhere {
        assert_eq!(open(&key, &context, &part), Err(SealError::Altered));
    }
    let other = SealContext { subject: "p-2", ..CONTEXT };
    assert_eq!(open(&key, &other, &part), Err(SealError::OtherSubject));
}

#[test]
fn another_key_is_named_as_such() {
    let (_, part) = sealed();
    assert_eq!(open(&PersonKey::new([9; 32]), &CONTEXT, &part), Err(SealError::OtherKey));
}

#[test]
fn an_altered_ciphertext_does_not_open() {
    let (key, part) = sealed();
    for at in 0..part.ciphertext.len() {
        let mut altered = part.clone();
        altered.ciphertext[at] ^= 1;
        assert_eq!(open(&key, &CONTEXT, &altered), Err(SealError::Altered));
    }
}

#[test]
fn a_sealed_part_is_read_back_from_its_encoding() {
    let (_, part) = sealed();
    assert_eq!(SealedPart::decode(&part.encode()), Ok(part.clone()));
    assert!(SealedPart::decode(&[part.encode(), vec![0]].concat()).is_err());
}

#[test]
fn a_person_key_is_not_printed() {
    assert_eq!(format!("{:?}", PersonKey::new([0x41; 32])), "PersonKey(..)");
}
