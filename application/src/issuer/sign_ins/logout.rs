//! Sign out.

use acta_domain::values::EndReason;

use crate::issuer::refresh_token::RefreshToken;
use crate::issuer::{Issuer, IssuerError};

impl Issuer {
    /// Ends the sign-in of a refresh token, whichever of its tokens it is. One that is over stays so; access tokens go on being
    /// good until they expire.
    ///
    /// # Errors
    /// [`IssuerError::RefreshRefused`] for what is no refresh token of this issuer; else see [`IssuerError`].
    pub async fn logout(&self, token: &str) -> Result<(), IssuerError> {
        let shown = RefreshToken::read(token, &self.ports.secret).ok_or(IssuerError::RefreshRefused)?;
        let sign_in = self.sign_in(shown).await?;
        self.end_sign_in(shown, &sign_in, EndReason::SignedOut).await
    }
}
