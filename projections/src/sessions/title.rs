//! Titles are ciphertext in the rows: whoever may open them says what they are, and what is asked for is compared here.

use acta_domain::TenantId;
use async_trait::async_trait;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::SessionView;

/// Titles could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("the titles cannot be opened")]
pub struct TitleError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Opens titles, for one who may read them.
#[async_trait]
pub trait TitleOpener: Send + Sync {
    /// The title of each of `sessions`, in their order; `None` for one that has none or is erased.
    ///
    /// # Errors
    /// [`TitleError`] when the keys cannot be read.
    async fn titles(
        &self,
        tenant: TenantId,
        sessions: &[SessionView],
    ) -> Result<Vec<Option<String>>, TitleError>;
}

/// A text as it is compared: without accents and without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparable(String);

impl Comparable {
    /// Marks of class 10 and up are accents and points; the lower ones tell letters apart in Indic and Japanese scripts.
    pub(super) fn of(text: &str) -> Self {
        let bare = text.nfkd().filter(|c| canonical_combining_class(*c) < 10);
        let upper = bare.flat_map(char::to_uppercase);
        Self(upper.flat_map(char::to_lowercase).collect())
    }

    /// Whether `part` stands somewhere in it.
    pub(super) fn contains(&self, part: &Self) -> bool {
        self.0.contains(&part.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn found(title: &str, text: &str) {
        assert!(Comparable::of(title).contains(&Comparable::of(text)), "{text} in {title}");
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        found("Assemblée générale", "ASSEMBLEE GENERALE");
        found("Große Sitzung", "grosse");
        found("ΣΥΝΕΔΡΊΑΣΗ ΤΗΣ", "της");
        found("Ｆｕｌｌ width", "full");
    }

    #[test]
    fn letters_that_differ_stay_apart() {
        assert!(!Comparable::of("か").contains(&Comparable::of("が")));
        assert!(!Comparable::of("board").contains(&Comparable::of("bored")));
    }
}
