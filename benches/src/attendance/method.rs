//! How people are let in.

/// A way to be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// A QR code of the service.
    OwnQr,
    /// A token of the identity service.
    Token,
    /// A code that the service sent.
    Code,
    /// A biometric sample.
    Biometric,
    /// Somebody at the door.
    ByHand,
}

impl Method {
    pub(super) const ALL: [Self; 5] = [Self::OwnQr, Self::Token, Self::Code, Self::Biometric, Self::ByHand];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::OwnQr => "QR code of the service",
            Self::Token => "token of the identity service",
            Self::Code => "one-time code of the service",
            Self::Biometric => "biometric sample",
            Self::ByHand => "by hand",
        }
    }

    /// The last part of the path.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::OwnQr | Self::Token => "validate-qr",
            Self::Code => "validate-code",
            Self::Biometric => "validate-biometric",
            Self::ByHand => "register-attendee",
        }
    }

    /// Whether the identity service is asked.
    pub(super) const fn asks_identity(self) -> bool {
        matches!(self, Self::Token | Self::Biometric)
    }
}
