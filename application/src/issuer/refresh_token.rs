//! Refresh tokens: nothing of them is kept, the log only counts generations.

use acta_domain::{Generation, SignInId, TenantId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::IssuerSecret;

const BODY: usize = 36;
const WHOLE: usize = BODY + 32;

/// What a refresh token says.
///
/// ```text
/// base64url( tenant 16 ‖ sign-in 16 ‖ generation u32 big-endian ‖ HMAC-SHA256 of those under the issuer's secret 32 )
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RefreshToken {
    /// Whose.
    pub(super) tenant: TenantId,
    /// Of which sign-in.
    pub(super) sign_in: SignInId,
    /// Its number there.
    pub(super) generation: Generation,
}

impl RefreshToken {
    /// Its text.
    pub(super) fn to_text(self, secret: &IssuerSecret) -> Zeroizing<String> {
        let body = self.body();
        Zeroizing::new(URL_SAFE_NO_PAD.encode([&body[..], &secret.of_refresh_token(&body)].concat()))
    }

    /// What `text` says, if this issuer wrote it.
    pub(super) fn read(text: &str, secret: &IssuerSecret) -> Option<Self> {
        if text.len() > WHOLE * 2 {
            return None;
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        let (body, seal) = bytes.split_at_checked(BODY)?;
        let seal = <[u8; 32]>::try_from(seal).ok()?;
        secret.knows_refresh_token(body, seal).then(|| Self::of_body(body)).flatten()
    }

    fn of_body(body: &[u8]) -> Option<Self> {
        let (tenant, rest) = body.split_at_checked(16)?;
        let (sign_in, generation) = rest.split_at_checked(16)?;
        Some(Self {
            tenant: TenantId::new(Uuid::from_slice(tenant).ok()?),
            sign_in: SignInId::new(Uuid::from_slice(sign_in).ok()?),
            generation: Generation::new(u32::from_be_bytes(generation.try_into().ok()?)),
        })
    }

    fn body(&self) -> [u8; BODY] {
        let mut body = [0; BODY];
        body[..16].copy_from_slice(self.tenant.as_uuid().as_bytes());
        body[16..32].copy_from_slice(self.sign_in.as_uuid().as_bytes());
        body[32..].copy_from_slice(&self.generation.get().to_be_bytes());
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> IssuerSecret {
        IssuerSecret::new(Zeroizing::new([byte; 32]))
    }

    fn token() -> RefreshToken {
        RefreshToken {
            tenant: TenantId::new(Uuid::from_u128(1)),
            sign_in: SignInId::new(Uuid::from_u128(2)),
            generation: Generation::new(3),
        }
    }

    #[test]
    fn a_refresh_token_survives_its_text() {
        assert_eq!(RefreshToken::read(&token().to_text(&secret(1)), &secret(1)), Some(token()));
    }

    #[test]
    fn a_refresh_token_that_was_changed_anywhere_is_none() {
        let bytes = URL_SAFE_NO_PAD.decode(&*token().to_text(&secret(1))).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_eq!(RefreshToken::read(&URL_SAFE_NO_PAD.encode(changed), &secret(1)), None, "{place}");
        }
        for text in [String::new(), "a".repeat(1_000), URL_SAFE_NO_PAD.encode(&bytes[..67])] {
            assert_eq!(RefreshToken::read(&text, &secret(1)), None);
        }
    }

    #[test]
    fn a_refresh_token_of_another_secret_is_none() {
        assert_eq!(RefreshToken::read(&token().to_text(&secret(1)), &secret(2)), None);
    }
}
