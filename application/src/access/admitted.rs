//! Somebody whom the service has let in already, for a request that is made inside of it.

use acta_domain::{ClientId, SignInId, Timestamp};

use super::Principal;

/// Who stands behind a request or a connection, once that is known. Another door of the same process puts it into the extensions of
/// the requests that it passes on; from outside nobody can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// Who it is.
    pub principal: Principal,
    /// Whether they have proven that they hold the key of their token: without that they only read.
    pub proven: bool,
    /// When the token that let them in ends.
    pub expires_at: Timestamp,
    /// What the token rests on, where our own issuer says so.
    pub grant: Option<Grant>,
}

/// What a token of our own issuer rests on: when that is taken back, so is the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grant {
    /// The sign-in of a user (claim `sid`).
    SignIn(SignInId),
    /// A registered client (claim `client_id`).
    Client(ClientId),
}
