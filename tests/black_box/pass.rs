//! What lets a client in: a token of `acta token`, and the key that it is bound to.

use std::path::{Path, PathBuf};

use acta_domain::Timestamp;
use acta_proof::key::{Signer as _, SigningKey};
use acta_services::{HolderKey, RequestToProve};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use uuid::Uuid;

use crate::binary::{acta, ended, printed};
use crate::meeting::any_id;
use crate::service::ISSUER;

const DPOP: HeaderName = HeaderName::from_static("dpop");

/// Who a token is for.
#[derive(Clone, Copy)]
pub(crate) enum Holder<'a> {
    User(Uuid),
    Service(&'a str),
}

/// Whom a token lets in, with which roles, and for how many seconds.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) tenant: Uuid,
    pub(crate) holder: Holder<'a>,
    pub(crate) roles: &'a [&'a str],
    pub(crate) lifetime: u32,
}

/// A token, and the key that it is bound to.
pub(crate) struct Pass {
    token: String,
    key: Option<HolderKey>,
    tenant: Uuid,
    data: PathBuf,
}

impl Pass {
    /// One that is good for everything that its roles permit, by the service whose keys are in `data`.
    pub(crate) async fn bound(data: &Path, wanted: &Wanted<'_>) -> Self {
        let key = SigningKey::from_seed(&rand::random());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, key.verifying_key().to_spki_pem()).unwrap();
        let token = token(data, wanted, Some(file.path())).await;
        Self { token, key: Some(HolderKey::new(key)), tenant: wanted.tenant, data: data.to_owned() }
    }

    /// One that is bound to no key and good for reading only.
    pub(crate) async fn unbound(data: &Path, wanted: &Wanted<'_>) -> Self {
        let token = token(data, wanted, None).await;
        Self { token, key: None, tenant: wanted.tenant, data: data.to_owned() }
    }

    /// The same key with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), key: self.key.clone(), tenant: self.tenant, data: self.data.clone() }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// The key, where the token is bound to one.
    pub(crate) fn key(&self) -> &HolderKey {
        self.key.as_ref().expect("this token is bound to a key")
    }

    pub(crate) fn tenant(&self) -> Uuid {
        self.tenant
    }

    /// A token of the same tenant for programs that only read and hold no key.
    pub(crate) async fn reading_token(&self) -> String {
        let holder = Holder::Service("reader");
        let wanted = Wanted { tenant: self.tenant, holder, roles: &["administrator"], lifetime: 3600 };
        token(&self.data, &wanted, None).await
    }

    /// The headers that let one request in, sent now (RFC 9449 §7.1).
    pub(crate) fn headers(
        &self,
        method: &str,
        url: &str,
        nonce: Option<&str>,
    ) -> Vec<(HeaderName, HeaderValue)> {
        let value = |text: String| HeaderValue::try_from(text).unwrap();
        let Some(key) = &self.key else {
            return vec![(AUTHORIZATION, value(format!("Bearer {}", self.token)))];
        };
        let request = RequestToProve { method, url, token: Some(&self.token), nonce };
        let proof = key.prove(&request, now(), any_id());
        vec![(AUTHORIZATION, value(format!("DPoP {}", self.token))), (DPOP, value(proof))]
    }
}

#[expect(clippy::disallowed_methods, reason = "the service under test runs in real time")]
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(since.as_micros().try_into().unwrap()).unwrap()
}

/// What `acta token` prints, with the keys in `data`; bound to the public key in a file, if there is one.
pub(crate) async fn token(data: &Path, wanted: &Wanted<'_>, bound_to: Option<&Path>) -> String {
    let mut command = acta();
    command.args(["token", "--public-url", ISSUER, "--data"]).arg(data);
    command.args(["--tenant", &wanted.tenant.to_string(), "--lifetime", &wanted.lifetime.to_string()]);
    match wanted.holder {
        Holder::User(user) => command.args(["--user", &user.to_string()]),
        Holder::Service(name) => command.args(["--service", name]),
    };
    for role in wanted.roles {
        command.args(["--role", role]);
    }
    if let Some(key) = bound_to {
        command.arg("--dpop-key").arg(key);
    }
    let output = ended(command).await;
    assert!(output.status.success(), "{}", printed(&output));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
