//! Languages as BCP 47 tags.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{InvalidValue, text_value};

/// A language tag of the shape of BCP 47 (RFC 5646), at most 35 characters, in its usual case: `en`, `pt-BR`, `zh-Hant-TW`.
/// Only the shape is checked, not the registry of languages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    const MAX_LENGTH: usize = 35;

    /// Reads a tag in any case.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::NotALanguage`] when it does not have the shape of a tag.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if !has_shape_of_a_tag(text) {
            return Err(InvalidValue::NotALanguage);
        }
        Ok(Self(in_usual_case(text)))
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn has_shape_of_a_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let primary = subtags.next().unwrap_or_default();
    text.len() <= Language::MAX_LENGTH
        && (2..=8).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(|subtag| {
            (1..=8).contains(&subtag.len())
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
        // A single character announces an extension, which must follow.
        && text.rsplit('-').next().is_some_and(|last| last.len() > 1)
}

/// RFC 5646, section 2.1.1: regions in upper case, scripts in title case, all else lower; and lower after a singleton.
fn in_usual_case(text: &str) -> String {
    let mut after_singleton = false;
    let mut tag = String::with_capacity(text.len());
    for (index, subtag) in text.split('-').enumerate() {
        let subtag = subtag.to_ascii_lowercase();
        let subtag = match subtag.len() {
            _ if index == 0 || after_singleton => subtag,
            2 => subtag.to_ascii_uppercase(),
            4 => in_title_case(&subtag),
            _ => subtag,
        };
        after_singleton |= subtag.len() == 1;
        if index > 0 {
            tag.push('-');
        }
        tag.push_str(&subtag);
    }
    tag
}

fn in_title_case(subtag: &str) -> String {
    let (first, rest) = subtag.split_at(1);
    first.to_ascii_uppercase() + rest
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!(Language, {
    "type": "string",
    "maxLength": 35,
    "pattern": "^[a-z]{2,8}((-[A-Za-z0-9]{1,8})*-[A-Za-z0-9]{2,8})?$",
});

/// The languages of a session, 1 to 32 different ones; the first is the main one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Language>", into = "Vec<Language>")]
pub struct Languages(Vec<Language>);

impl Languages {
    const MAX: usize = 32;

    /// Takes a list.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::LanguageCount`] or [`InvalidValue::LanguageTwice`].
    pub fn new(languages: Vec<Language>) -> Result<Self, InvalidValue> {
        if languages.is_empty() || languages.len() > Self::MAX {
            return Err(InvalidValue::LanguageCount);
        }
        if languages.iter().collect::<BTreeSet<_>>().len() < languages.len() {
            return Err(InvalidValue::LanguageTwice);
        }
        Ok(Self(languages))
    }

    /// The languages, the main one first.
    pub fn as_slice(&self) -> &[Language] {
        &self.0
    }

    /// Whether the language is one of them.
    pub fn contains(&self, language: &Language) -> bool {
        self.0.contains(language)
    }
}

impl TryFrom<Vec<Language>> for Languages {
    type Error = InvalidValue;

    fn try_from(languages: Vec<Language>) -> Result<Self, Self::Error> {
        Self::new(languages)
    }
}

impl From<Languages> for Vec<Language> {
    fn from(languages: Languages) -> Self {
        languages.0
    }
}

impl JsonSchema for Languages {
    fn schema_name() -> Cow<'static, str> {
        "Languages".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": generator.subschema_for::<Language>(),
            "minItems": 1,
            "maxItems": Self::MAX,
            "uniqueItems": true,
        })
    }
}
