//! What somebody types to say who they are.

use unicode_normalization::UnicodeNormalization;

const LONGEST: usize = 254;

/// A login is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a login has 1 to 254 characters, and no control characters")]
pub struct InvalidLogin;

/// What somebody types to say who they are: an e-mail address, a name. Two that look alike are one: white space around it, the case
/// and the composition of its letters (NFC) make no difference.
#[derive(Clone, PartialEq, Eq)]
pub struct Login(String);

impl Login {
    /// Reads a login as it was typed.
    ///
    /// # Errors
    /// [`InvalidLogin`].
    pub fn parse(text: &str) -> Result<Self, InvalidLogin> {
        // A letter takes at most so many; what is longer need not be looked at.
        if text.len() > LONGEST * 16 {
            return Err(InvalidLogin);
        }
        // Lower case can take a text out of NFC, so it comes first; a letter whose lower case has another lower case is none.
        let login: String = text.trim().nfc().collect::<String>().to_lowercase().nfc().collect();
        let fits = (1..=LONGEST).contains(&login.chars().count());
        if fits && !login.chars().any(char::is_control) { Ok(Self(login)) } else { Err(InvalidLogin) }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Login {
    /// Never the text: debug output ends up in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_that_look_alike_are_one() {
        let login = Login::parse("zoë@example.org");
        for typed in ["Zoë@Example.org", " zoe\u{308}@example.org\n", "ZOE\u{308}@EXAMPLE.ORG"] {
            assert_eq!(Login::parse(typed), login, "{typed}");
        }
        assert_ne!(Login::parse("zoe@example.org"), login);
    }

    #[test]
    fn another_text_is_no_login() {
        let long = "x".repeat(255);
        for text in ["", "  \t", "a\u{0}b", "a\nb", long.as_str()] {
            assert_eq!(Login::parse(text), Err(InvalidLogin), "{text:?}");
        }
        assert!(Login::parse(&"é".repeat(254)).is_ok());
    }

    #[test]
    fn a_login_is_not_printed() {
        assert_eq!(format!("{:?}", Login::parse("ada").unwrap()), "Login(..)");
    }
}
