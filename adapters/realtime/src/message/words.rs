//! Names and words on their way out.

use acta_application::persons::PersonalPart;

/// The personal part of something, as a reader sees it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Words<'a> {
    /// There is none.
    None,
    /// There is one that the reader may not see, or that nobody can open any more.
    Shut,
    /// This one.
    Open(&'a PersonalPart),
}

impl<'a> Words<'a> {
    /// The text of `field`, to who sees it.
    pub(super) fn text(self, field: &str) -> Option<&'a str> {
        match self {
            Self::Open(part) => part.get(field),
            Self::None | Self::Shut => None,
        }
    }

    /// Whether there are words that the reader does not see.
    pub(super) const fn is_sealed(self) -> bool {
        matches!(self, Self::Shut)
    }
}
