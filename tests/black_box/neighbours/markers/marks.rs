//! Texts that nothing else in the world contains, and the forms in which they could turn up.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use uuid::Uuid;

use crate::meeting::any_id;

/// What must not be found.
#[derive(Clone)]
pub(super) struct Mark {
    what: &'static str,
    text: String,
    /// Whether it counts only where nothing of its kind stands beside it: six digits are in many a number.
    stands_alone: bool,
}

impl Mark {
    pub(super) fn of(what: &'static str, text: &str) -> Self {
        Self { what, text: text.to_owned(), stands_alone: text.len() < 10 }
    }

    fn forms(&self) -> Vec<Vec<u8>> {
        let bytes = self.text.as_bytes();
        let mut forms = vec![bytes.to_vec()];
        if self.stands_alone {
            return forms;
        }
        forms.push(hex::encode(bytes).into_bytes());
        // Without what its neighbours change: base64 of a part of a text depends on where the part begins.
        forms.extend((0..3).map(|shift| encoded(bytes, shift)));
        forms.extend(STANDARD.decode(bytes).ok().filter(|decoded| decoded.len() > 8));
        forms.extend(self.text.parse::<f64>().ok().map(|number| number.to_le_bytes().to_vec()));
        forms.extend(self.text.parse::<f64>().ok().map(|number| number.to_be_bytes().to_vec()));
        forms
    }

    fn is_in(&self, bytes: &[u8], lower: &[u8]) -> bool {
        if self.stands_alone {
            return alone(bytes, self.text.as_bytes());
        }
        let lower_form = self.text.to_ascii_lowercase();
        let is_anywhere = |form: &Vec<u8>| memchr::memmem::find(bytes, form).is_some();
        memchr::memmem::find(lower, lower_form.as_bytes()).is_some() || self.forms().iter().any(is_anywhere)
    }
}

/// The middle of the base64 of `bytes` behind `shift` others.
fn encoded(bytes: &[u8], shift: usize) -> Vec<u8> {
    let shifted = [vec![0; shift], bytes.to_vec()].concat();
    let text = URL_SAFE_NO_PAD.encode(shifted).into_bytes();
    text[4..text.len() - 4].to_vec()
}

fn alone(bytes: &[u8], form: &[u8]) -> bool {
    let is_apart = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'.');
    memchr::memmem::find_iter(bytes, form).any(|at| {
        is_apart(at.checked_sub(1).and_then(|before| bytes.get(before)))
            && is_apart(bytes.get(at + form.len()))
    })
}

/// Which of `marks` are in `bytes`.
pub(super) fn found_in(marks: &[Mark], bytes: &[u8]) -> Vec<&'static str> {
    let lower = bytes.to_ascii_lowercase();
    marks.iter().filter(|mark| mark.is_in(bytes, &lower)).map(|mark| mark.what).collect()
}

/// Fails if one of `marks` is in `bytes`.
#[track_caller]
pub(super) fn assert_unmarked(what: &str, marks: &[Mark], bytes: &[u8]) {
    let found = found_in(marks, bytes);
    assert!(found.is_empty(), "{what} holds {found:?}");
}

/// A text of letters and digits that is base64 as well.
pub(super) fn any_text() -> String {
    format!("{}{}", any_id().simple(), any_id().simple())
}

/// Digits that begin with none that is zero.
pub(super) fn any_digits(count: usize) -> String {
    let digits: String = Uuid::as_u128(&any_id()).to_string().chars().rev().take(count - 1).collect();
    format!("7{digits}")
}

#[test]
fn a_mark_is_found_in_each_of_its_forms() {
    let mark = Mark::of("a text", &any_text());
    for form in mark.forms() {
        let hidden = [b"before ".to_vec(), form, b" behind".to_vec()].concat();
        assert_eq!(found_in(std::slice::from_ref(&mark), &hidden), ["a text"]);
    }
    for shift in 0..3 {
        let hidden = STANDARD.encode(["x".repeat(shift), mark.text.clone(), "y".to_owned()].concat());
        assert_eq!(found_in(std::slice::from_ref(&mark), hidden.as_bytes()), ["a text"], "{shift}");
    }
    let code = [Mark::of("a code", "123456")];
    assert!(
        found_in(&code, br#"{"code":"123456"}"#) == ["a code"] && found_in(&code, b"2026.123456Z").is_empty()
    );
}
