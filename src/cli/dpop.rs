//! `acta dpop`, and the keys that tokens are bound to.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use acta_application::access::KeyThumbprint;
use acta_application::clock::{Clock as _, random_bytes};
use acta_proof::key::{SigningKey, VerifyingKey};
use acta_services::{HolderKey, RequestToProve, thumbprint_of};
use anyhow::{Context as _, ensure};
use clap::Args;
use reqwest::{Method, Url};
use zeroize::Zeroizing;

use crate::system::{SystemClock, SystemRandomness};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct DpopArgs {
    /// The private key (Ed25519, PEM) that the token is bound to
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    /// The access token that goes with the request; none where a token is asked for
    #[arg(long)]
    token: Option<String>,

    /// The `DPoP-Nonce` of the service's last answer, if it gave one
    #[arg(long)]
    nonce: Option<String>,

    /// The method of the request, such as POST
    method: Method,

    /// The URL that is called
    url: Url,
}

const EXAMPLE: &str = "\
A proof is good for one request and about a minute:
  curl -X POST -H \"Authorization: DPoP $T\" -H \"DPoP: $(acta dpop --key client.pem --token $T POST $URL)\" $URL";

/// Prints a proof.
pub(crate) fn run(args: &DpopArgs) -> anyhow::Result<()> {
    ensure!(matches!(args.url.scheme(), "http" | "https"), "{} is no URL of a service", args.url);
    let request = RequestToProve {
        method: args.method.as_str(),
        url: args.url.as_str(),
        token: args.token.as_deref(),
        nonce: args.nonce.as_deref(),
    };
    println!("{}", Holder::read(&args.key)?.prove(&request));
    Ok(())
}

/// Whoever holds a key, here and now.
#[derive(Debug, Clone)]
pub(super) struct Holder(HolderKey);

impl Holder {
    /// One with a new key.
    pub(super) fn new() -> Self {
        Self(HolderKey::new(new_key()))
    }

    /// The one with the private key in `file`.
    fn read(file: &Path) -> anyhow::Result<Self> {
        let key = SigningKey::from_pkcs8_pem(&read_pem(file)?);
        Ok(Self(HolderKey::new(
            key.with_context(|| format!("there is no Ed25519 key in {}", file.display()))?,
        )))
    }

    /// What a token says that is bound to the key.
    pub(super) fn thumbprint(&self) -> KeyThumbprint {
        self.0.thumbprint()
    }

    /// A proof for `request`, sent now.
    pub(super) fn prove(&self, request: &RequestToProve<'_>) -> String {
        let id = uuid::Builder::from_random_bytes(random_bytes(&SystemRandomness)).into_uuid();
        self.0.prove(request, SystemClock.now(), id)
    }
}

/// The thumbprint of the key in `file`, a private or a public one.
pub(super) fn thumbprint_in(file: &Path) -> anyhow::Result<KeyThumbprint> {
    let pem = read_pem(file)?;
    if let Ok(key) = SigningKey::from_pkcs8_pem(&pem) {
        return Ok(HolderKey::new(key).thumbprint());
    }
    let key = VerifyingKey::from_spki_pem(&pem);
    Ok(thumbprint_of(&key.with_context(|| format!("there is no Ed25519 key in {}", file.display()))?))
}

/// Makes a key and writes it to `file`, which must not be there and which only its owner can read; gives its thumbprint.
pub(super) fn make_key(file: &Path) -> anyhow::Result<KeyThumbprint> {
    let key = new_key();
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut made = made.with_context(|| format!("cannot make {}", file.display()))?;
    made.write_all(key.to_pkcs8_pem().as_bytes())?;
    made.sync_all()?;
    Ok(HolderKey::new(key).thumbprint())
}

fn new_key() -> SigningKey {
    SigningKey::from_seed(&Zeroizing::new(random_bytes(&SystemRandomness)))
}

fn read_pem(file: &Path) -> anyhow::Result<Zeroizing<String>> {
    let pem = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Zeroizing::new(pem))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use acta_proof::key::Signer as _;

    use super::*;

    #[test]
    fn a_token_can_be_bound_to_either_half_of_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let (private, public) = (folder.path().join("client.pem"), folder.path().join("public.pem"));
        let made = make_key(&private).unwrap();
        let key = SigningKey::from_pkcs8_pem(&fs::read_to_string(&private).unwrap()).unwrap();
        fs::write(&public, key.verifying_key().to_spki_pem()).unwrap();
        assert_eq!(thumbprint_in(&private).unwrap(), made);
        assert_eq!(thumbprint_in(&public).unwrap(), made);
        assert_eq!(Holder::read(&private).unwrap().thumbprint(), made);
    }

    #[test]
    fn a_new_key_is_its_owners_only_and_never_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("client.pem");
        make_key(&file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(make_key(&file).is_err());
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("client.pem");
        fs::write(&file, "not a key").unwrap();
        assert!(thumbprint_in(&file).is_err());
        assert!(Holder::read(&file).is_err());
    }
}
