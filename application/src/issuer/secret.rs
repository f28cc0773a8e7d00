//! The secret of the issuer: what nobody else can compute.

use acta_domain::{ClientId, CredentialId, TenantId, UserId};
use acta_proof::commitment::{Commitment, Salt, commit};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Login;
use crate::clock::{Randomness, random_bytes};

/// The secret under which the issuer names users, signs refresh tokens and remembers client secrets. It stays outside the log, so
/// that the log alone cannot be used to test guesses at a login.
#[derive(Clone)]
pub struct IssuerSecret(Zeroizing<[u8; 32]>);

impl IssuerSecret {
    /// The secret `bytes`.
    pub const fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The user whom `login` names in `tenant`: a version 8 UUID (RFC 9562 §5.8), so that a login names one user and needs no index.
    pub fn user_id(&self, tenant: TenantId, login: &Login) -> UserId {
        let digest = self.digest(&[b"acta.user-id", tenant.as_uuid().as_bytes(), login.as_str().as_bytes()]);
        let head = digest.first_chunk::<16>().expect("a digest has 32 bytes");
        UserId::new(uuid::Builder::from_custom_bytes(*head).into_uuid())
    }

    /// The digest that the secret of a client is known by.
    pub(super) fn of_client(&self, credential: CredentialId, secret: &str) -> [u8; 32] {
        self.digest(&[b"acta.client-secret", credential.as_uuid().as_bytes(), secret.as_bytes()])
    }

    /// Whether `digest` is that of the secret `secret`, in constant time.
    pub(super) fn knows_client(&self, credential: CredentialId, secret: &str, digest: [u8; 32]) -> bool {
        let credential = credential.as_uuid();
        let parts: [&[u8]; 3] = [b"acta.client-secret", credential.as_bytes(), secret.as_bytes()];
        Commitment(digest).opens_to(&Salt(*self.0), &framed(&parts))
    }

    /// The seal on a refresh token.
    pub(super) fn of_refresh_token(&self, text: &[u8]) -> [u8; 32] {
        self.digest(&[b"acta.refresh-token", text])
    }

    /// Whether `seal` is that of the refresh token, in constant time.
    pub(super) fn knows_refresh_token(&self, text: &[u8], seal: [u8; 32]) -> bool {
        Commitment(seal).opens_to(&Salt(*self.0), &framed(&[b"acta.refresh-token", text]))
    }

    fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        commit(&Salt(*self.0), &framed(parts)).0
    }
}

impl std::fmt::Debug for IssuerSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IssuerSecret(..)")
    }
}

/// The parts, each behind its length, so that no two splits agree.
fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// The secret of a client, shown once: 43 characters of base64url, 256 random bits.
pub struct ClientSecret(pub Zeroizing<String>);

impl ClientSecret {
    /// A new one.
    pub(super) fn fresh(randomness: &dyn Randomness) -> Self {
        let bytes = Zeroizing::new(random_bytes::<32>(randomness));
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes)))
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret(..)")
    }
}

/// Which client of which tenant, as clients name themselves (RFC 6749 §2.2).
///
/// Text: `acta_` and base64url of the tenant (16 bytes) and the client (16 bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientName {
    /// Whose client it is.
    pub tenant: TenantId,
    /// The client.
    pub client: ClientId,
}

/// The text names no client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a client's id is `acta_` and 43 characters of base64url")]
pub struct InvalidClientName;

const PREFIX: &str = "acta_";

impl std::fmt::Display for ClientName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [self.tenant.as_uuid().into_bytes(), self.client.as_uuid().into_bytes()].concat();
        write!(f, "{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl std::str::FromStr for ClientName {
    type Err = InvalidClientName;

    fn from_str(text: &str) -> Result<Self, InvalidClientName> {
        let code = text.strip_prefix(PREFIX).filter(|code| code.len() == 43).ok_or(InvalidClientName)?;
        let bytes = URL_SAFE_NO_PAD.decode(code).map_err(|_| InvalidClientName)?;
        let (tenant, client) = bytes.split_at_checked(16).ok_or(InvalidClientName)?;
        let id = |bytes: &[u8]| Uuid::from_slice(bytes).map_err(|_| InvalidClientName);
        Ok(Self { tenant: TenantId::new(id(tenant)?), client: ClientId::new(id(client)?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> IssuerSecret {
        IssuerSecret::new(Zeroizing::new([byte; 32]))
    }

    fn tenant(number: u128) -> TenantId {
        TenantId::new(Uuid::from_u128(number))
    }

    #[test]
    fn a_login_names_one_user_in_each_tenant() {
        let login = Login::parse("ada@example.org").unwrap();
        let user = secret(1).user_id(tenant(1), &login);
        assert_eq!(secret(1).user_id(tenant(1), &Login::parse(" Ada@Example.ORG ").unwrap()), user);
        assert_ne!(secret(1).user_id(tenant(2), &login), user);
        assert_ne!(secret(2).user_id(tenant(1), &login), user);
        assert_ne!(secret(1).user_id(tenant(1), &Login::parse("bob").unwrap()), user);
        assert_eq!(user.as_uuid().get_version_num(), 8);
    }

    #[test]
    fn a_client_secret_is_known_by_its_digest_alone() {
        let id = CredentialId::new(Uuid::from_u128(1));
        let digest = secret(1).of_client(id, "s3cret");
        assert!(secret(1).knows_client(id, "s3cret", digest));
        assert!(!secret(1).knows_client(id, "s3creT", digest));
        assert!(!secret(2).knows_client(id, "s3cret", digest));
        assert!(!secret(1).knows_client(CredentialId::new(Uuid::from_u128(2)), "s3cret", digest));
    }

    #[test]
    fn the_name_of_a_client_survives_its_text() {
        let name = ClientName { tenant: tenant(7), client: ClientId::new(Uuid::from_u128(9)) };
        let text = name.to_string();
        assert_eq!(text.len(), 48);
        assert_eq!(text.parse(), Ok(name));
    }

    #[test]
    fn another_text_names_no_client() {
        let good = ClientName { tenant: tenant(7), client: ClientId::new(Uuid::from_u128(9)) }.to_string();
        for text in
            ["", "acta_", &good[1..], &good[..47], &format!("{good}A"), &good.replace("acta_", "acts_")]
        {
            assert_eq!(text.parse::<ClientName>(), Err(InvalidClientName), "{text}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        assert_eq!(format!("{:?}", secret(0x41)), "IssuerSecret(..)");
        assert_eq!(format!("{:?}", ClientSecret(Zeroizing::new("abc".to_owned()))), "ClientSecret(..)");
    }
}
