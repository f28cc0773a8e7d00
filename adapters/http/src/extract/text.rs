//! Free text.

use std::borrow::Cow;

use acta_application::persons::PersonalText;
use serde::{Deserialize, Deserializer, de};

/// Free text of at most `MAX` characters: not blank, no control characters but line feed and tab.
#[derive(Debug, Clone)]
pub(crate) struct Text<const MAX: usize>(PersonalText);

impl<const MAX: usize> From<Text<MAX>> for PersonalText {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(reader)?;
        PersonalText::parse(&text, MAX).map(Self).map_err(de::Error::custom)
    }
}

/// `text`, if it was given, as the application takes it.
pub(crate) fn personal<const MAX: usize>(text: Option<Text<MAX>>) -> Option<PersonalText> {
    text.map(Into::into)
}
