//! The built-in issuer.

use std::sync::Arc;

use acta_application::access::{KeyThumbprint, Permission};
use acta_application::issuer::{AccessTokenContents, TokenSigning};
use acta_domain::{SignInId, Timestamp};
use acta_proof::key::VerifyingKey;
use arc_swap::ArcSwap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Rs256Signer;
use crate::jose::{PublicJwk, PublicKey};
use crate::jwt::{KeySet, Rules};

/// The client of whoever signs in at the service itself; RFC 9068 §2.2 wants every token to name one.
const FIRST_PARTY: &str = "acta";

/// Who the issuer says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenNames {
    /// `iss`: the service's public URL.
    pub issuer: String,
    /// `aud`: whom the tokens are for, the service itself.
    pub audience: String,
}

/// The keys of the built-in issuer.
pub struct TokenKeys {
    /// The one that signs.
    pub current: Rs256Signer,
    /// Those that sign no more, or not yet; what they signed is accepted, and they are published.
    pub others: Vec<Rs256Signer>,
    /// Those that tokens of the command line are signed with (`acta token`).
    pub ed25519: Vec<VerifyingKey>,
}

/// Keys as they are used.
pub(crate) struct Issuing {
    current: Rs256Signer,
    published: Value,
    pub(crate) set: Arc<KeySet>,
}

/// Signs access tokens (RFC 9068) by RS256.
pub struct AccessTokenIssuer {
    names: TokenNames,
    keys: ArcSwap<Issuing>,
}

impl AccessTokenIssuer {
    /// The issuer with these names and keys.
    pub fn new(names: TokenNames, keys: TokenKeys) -> Self {
        Self { names, keys: ArcSwap::from_pointee(Issuing::new(keys)) }
    }

    /// From now on these are the keys; tokens of keys that are not among them are no longer accepted.
    pub fn replace_keys(&self, keys: TokenKeys) {
        let mut new = Issuing::new(keys);
        let old = self.key_set();
        // The same keys stay the same set, so that what was verified with them stays verified.
        if new.set.is_same_as(&old) {
            new.set = old;
        }
        self.keys.store(Arc::new(new));
    }

    /// The name of the key that signs.
    pub fn key_id(&self) -> String {
        self.keys.load().current.key_id().to_owned()
    }

    pub(crate) fn rules(&self) -> Rules {
        Rules {
            issuer: self.names.issuer.clone(),
            audiences: vec![self.names.audience.clone()],
            plain_jwt: false,
            by_our_clock: true,
        }
    }

    pub(crate) fn key_set(&self) -> Arc<KeySet> {
        Arc::clone(&self.keys.load().set)
    }
}

impl Issuing {
    fn new(keys: TokenKeys) -> Self {
        let rsa = || std::iter::once(&keys.current).chain(&keys.others);
        let ed25519 = || keys.ed25519.iter().map(|key| (key.id().to_string(), ed25519(key)));
        let published = rsa()
            .map(Rs256Signer::published)
            .chain(ed25519().map(|(kid, (jwk, _))| jwk.to_json(&kid)))
            .collect::<Vec<_>>();
        let set = rsa()
            .map(|key| (key.key_id().to_owned(), key.public().clone()))
            .chain(ed25519().map(|(kid, (_, key))| (kid, key)));
        let set = Arc::new(KeySet::new(set));
        Self { published: json!({ "keys": published }), set, current: keys.current }
    }
}

fn ed25519(key: &VerifyingKey) -> (PublicJwk, PublicKey) {
    let jwk = PublicJwk::Ed25519 { x: URL_SAFE_NO_PAD.encode(key.to_bytes()) };
    let ready = PublicKey::new(&jwk).expect("an Ed25519 key that was checked is a key");
    (jwk, ready)
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: String,
    tenant: String,
    roles: &'a [String],
    permissions: Vec<&'static str>,
    iat: i64,
    exp: i64,
    jti: Uuid,
    client_id: &'a str,
    /// `OpenID` Connect Front-Channel Logout 1.0 §3.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<SignInId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
}

/// RFC 9449 §6.1.
#[derive(Serialize)]
struct Confirmation {
    jkt: KeyThumbprint,
}

impl<'a> Claims<'a> {
    fn new(names: &'a TokenNames, contents: &'a AccessTokenContents) -> Self {
        Self {
            iss: &names.issuer,
            aud: &names.audience,
            sub: contents.actor.to_string(),
            tenant: contents.tenant.to_string(),
            roles: &contents.roles,
            permissions: contents.permissions.iter().copied().map(Permission::as_str).collect(),
            iat: seconds(contents.issued_at),
            exp: seconds(contents.expires_at),
            jti: contents.id,
            client_id: contents.client_id.as_deref().unwrap_or(FIRST_PARTY),
            sid: contents.sign_in,
            cnf: contents.bound_to.map(|jkt| Confirmation { jkt }),
        }
    }
}

const fn seconds(moment: Timestamp) -> i64 {
    moment.as_micros() / 1_000_000
}

impl TokenSigning for AccessTokenIssuer {
    fn sign(&self, contents: &AccessTokenContents) -> String {
        let key = self.keys.load();
        let header = json!({ "alg": "RS256", "kid": key.current.key_id(), "typ": "at+jwt" });
        let message = format!("{}.{}", part(&header), part(&Claims::new(&self.names, contents)));
        let signature = URL_SAFE_NO_PAD.encode(key.current.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    fn published(&self) -> Value {
        self.keys.load().published.clone()
    }
}

fn part(value: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).expect("strings and numbers are always JSON"))
}
