//! Text that nobody may see.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error, Visitor};
use zeroize::Zeroizing;

/// Reads text of 1 to `most` characters that `fits`, to be wiped when it is not needed any more; `form` says in words what it is to
/// look like. Whatever stands there instead is not told in the error.
pub(crate) fn secret<'de, D: Deserializer<'de>>(
    reader: D,
    most: usize,
    fits: fn(&str) -> bool,
    form: &'static str,
) -> Result<Zeroizing<String>, D::Error> {
    reader.deserialize_str(Secret { most, fits, form })
}

struct Secret {
    most: usize,
    fits: fn(&str) -> bool,
    form: &'static str,
}

impl Visitor<'_> for Secret {
    type Value = Zeroizing<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.form)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        // What is not ASCII has fewer characters than bytes, and fits nothing that is read here.
        if (1..=self.most).contains(&text.len()) && (self.fits)(text) {
            return Ok(Zeroizing::new(text.to_owned()));
        }
        Err(E::custom(self.form))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        self.visit_str(&Zeroizing::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> bool {
        text.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn read(json: &str) -> Result<Zeroizing<String>, String> {
        let mut reader = serde_json::Deserializer::from_str(json);
        secret(&mut reader, 6, digits, "1 to 6 digits").map_err(|error| error.to_string())
    }

    #[test]
    fn what_fits_is_read() {
        assert_eq!(read(r#""123456""#).unwrap().as_str(), "123456");
        assert_eq!(read(r#""\u0031""#).unwrap().as_str(), "1");
    }

    #[test]
    fn what_does_not_fit_is_not_told() {
        for json in [r#""""#, r#""1234567""#, r#""abc""#] {
            assert!(read(json).unwrap_err().starts_with("1 to 6 digits"), "{json}");
        }
    }
}
