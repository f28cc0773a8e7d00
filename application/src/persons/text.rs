//! Free text that goes into a sealed part.

/// Why a text is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("it is blank")]
    Blank,
    /// Longer than its place allows.
    #[error("it is longer than {max} characters")]
    TooLong {
        /// The most characters that are taken.
        max: usize,
    },
    /// A control character other than a line break or a tab.
    #[error("it holds a control character")]
    ControlCharacter,
}

/// Text that can name or describe a person; it leaves the application only sealed, or opened for those who may read it.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalText(String);

impl PersonalText {
    /// Takes `text` of at most `max` characters.
    ///
    /// # Errors
    /// See [`InvalidText`].
    pub fn parse(text: &str, max: usize) -> Result<Self, InvalidText> {
        if text.trim().is_empty() {
            return Err(InvalidText::Blank);
        }
        if text.chars().nth(max).is_some() {
            return Err(InvalidText::TooLong { max });
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(InvalidText::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PersonalText {
    /// Never the words: debug output ends up in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonalText({} bytes)", self.0.len())
    }
}

impl From<PersonalText> for String {
    fn from(text: PersonalText) -> Self {
        text.0
    }
}
