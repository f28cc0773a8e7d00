//! What can be wrong with a value.

/// Why a value was refused when it was parsed. The refused text itself is never repeated: it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValue {
    /// A whole number is outside its range.
    #[error("{what} must be between {min} and {max}")]
    OutOfRange {
        /// The value that was meant, in words.
        what: &'static str,
        /// The least allowed number.
        min: u64,
        /// The greatest allowed number.
        max: u64,
    },
    /// The text is not a UUID.
    #[error("{what} must be a UUID")]
    NotAUuid {
        /// The id that was meant, in words.
        what: &'static str,
    },
    /// The text is not an outside id.
    #[error("{what} must be 1 to 128 characters of A-Z, a-z, 0-9, '.', '_', ':' and '-'")]
    NotAnOutsideId {
        /// The id that was meant, in words.
        what: &'static str,
    },
    /// The text is not a plain name.
    #[error("{what} must be 1 to 64 characters of a-z, 0-9 and '-'")]
    NotAName {
        /// The name that was meant, in words.
        what: &'static str,
    },
    /// The text is not a time account.
    #[error("a time account must be 'person:' and a UUID, or 'group:' and a group's name")]
    NotATimeAccount,
    /// The text names no permission.
    #[error("a permission must be one of those there are, such as 'sessions:read'")]
    NotAPermission,
    /// The text is not a session's public id.
    #[error("a public id must be 'urn:acta:s:' and 26 characters of lower-case base32")]
    NotAPublicId,
    /// The text is not an RFC 3339 time.
    #[error("a time must be written as RFC 3339, such as 2026-11-22T10:00:00Z")]
    NotATimestamp,
    /// The time is before 1970 or after 9999.
    #[error("a time must lie in the years 1970 to 9999")]
    TimestampOutOfRange,
    /// The text does not have the shape of a BCP 47 language tag.
    #[error("a language must be a BCP 47 tag of at most 35 characters, such as 'en' or 'pt-BR'")]
    NotALanguage,
    /// A list of languages is empty or longer than 32.
    #[error("there must be 1 to 32 languages")]
    LanguageCount,
    /// A list of languages names one of them twice.
    #[error("a language must not be named twice")]
    LanguageTwice,
    /// The number is not a finite number between 0 and 1.
    #[error("a confidence must be a number between 0 and 1")]
    NotAConfidence,
    /// The text is not a decimal number with at most six decimals.
    #[error("a voting weight must be a decimal number with at most six decimals, such as '3.25'")]
    NotAVotingWeight,
    /// The weight is zero or above a billion.
    #[error("a voting weight must be above 0 and at most 1000000000")]
    VotingWeightOutOfRange,
    /// The text is not 64 hexadecimal digits.
    #[error("a digest must be 64 hexadecimal digits")]
    NotADigest,
    /// The text is not 43 characters of base64url.
    #[error("a key's thumbprint must be 43 characters of base64url")]
    NotAThumbprint,
    /// A session would end before or when it starts.
    #[error("a session must end after it starts")]
    EndsBeforeStart,
}
