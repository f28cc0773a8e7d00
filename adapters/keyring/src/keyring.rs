//! The folder of keys.

mod masters;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use acta_application::clock::{Randomness, random_bytes};
use acta_domain::Timestamp;
use acta_proof::key::SigningKey;
use zeroize::Zeroizing;

use crate::files::{at, make_folder, move_file, numbers, read, take_turn, write_new};
use crate::place::{Place, mark, split};
use crate::secret::Secret;
use crate::sources::{SecretSources, Sourced};
use crate::{IssuerKey, IssuerKeys, KeyringError, SigningKeys, rsa};

const PEM: &str = "pem";
/// Where keys go that are not used any more.
const RETIRED: &str = "retired";

/// What a signing key is for. One key never serves two purposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Heads and receipts (Ed25519).
    Evidence,
    /// Tokens of the command line and QR codes (Ed25519).
    Tokens,
    /// Access tokens of the issuer (RSA).
    Issuer,
}

impl Purpose {
    /// The folder of its keys.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Tokens => "tokens",
            Self::Issuer => "issuer",
        }
    }
}

/// A folder of keys, opened, and the secrets that the environment gives in place of its files.
pub struct Keyring {
    folder: PathBuf,
    sources: SecretSources,
    randomness: Arc<dyn Randomness>,
}

impl Keyring {
    /// The keys in `folder`, which were made before.
    ///
    /// # Errors
    /// [`KeyringError::NoKeys`] if there is no key for evidence or tokens.
    pub fn existing(folder: &Path, randomness: Arc<dyn Randomness>) -> Result<Self, KeyringError> {
        let keyring = Self::at(folder, randomness);
        for purpose in [Purpose::Evidence, Purpose::Tokens] {
            keyring.signing_keys(purpose)?;
        }
        Ok(keyring)
    }

    /// Opens the keys in `folder`: see [`Self::open_with`].
    ///
    /// # Errors
    /// See [`Self::open_with`].
    pub fn open(folder: &Path, randomness: Arc<dyn Randomness>) -> Result<Self, KeyringError> {
        Self::open_with(folder, SecretSources::default(), randomness)
    }

    /// Opens the keys in `folder`, and what `sources` give in place of files. The first run makes all that is in neither, but for the
    /// keys of the issuer. Later only a key for tokens is made again: one may be gone on purpose, because it leaked.
    ///
    /// # Errors
    /// [`KeyringError::Missing`] if the master key or the key of digests is gone, or when the folder cannot be written or a file in
    /// it is not what it should be.
    pub fn open_with(
        folder: &Path,
        sources: SecretSources,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, KeyringError> {
        let keyring = Self { sources, ..Self::at(folder, randomness) };
        let (evidence, tokens) = (keyring.folder_of(Purpose::Evidence), keyring.folder_of(Purpose::Tokens));
        if numbers(&evidence, PEM)?.is_empty() {
            let _turn = take_turn(&keyring.folder)?;
            // The keys for evidence are the last, so that a first run that was cut short is still the first one.
            keyring.make_first_master()?;
            keyring.make_digest_key()?;
            keyring.make_first(Purpose::Tokens)?;
            keyring.make_first(Purpose::Evidence)?;
        } else if numbers(&tokens, PEM)?.is_empty() {
            let _turn = take_turn(&keyring.folder)?;
            keyring.make_first(Purpose::Tokens)?;
        }
        keyring.master()?;
        keyring.digest_key()?;
        Ok(keyring)
    }

    fn at(folder: &Path, randomness: Arc<dyn Randomness>) -> Self {
        Self { folder: folder.to_owned(), sources: SecretSources::default(), randomness }
    }

    /// The same keyring with what the environment gives.
    #[must_use]
    pub fn with_sources(self, sources: SecretSources) -> Self {
        Self { sources, ..self }
    }

    /// The key of the digests of attendance evidence.
    ///
    /// # Errors
    /// [`KeyringError::Missing`], or when its file cannot be read or the environment gives another one.
    pub fn digest_key(&self) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
        let path = self.digest_file();
        let secret = given(&path, self.sources.digest())?;
        secret.map(|secret| secret.bytes).ok_or(KeyringError::Missing { path })
    }

    /// The Ed25519 keys of `purpose`, as if none of them had to wait: see [`SigningKeys::as_of`].
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn signing_keys(&self, purpose: Purpose) -> Result<SigningKeys, KeyringError> {
        let read = |path: &Path, place, pem: &str| {
            let key = SigningKey::from_pkcs8_pem(pem);
            let key = key.map_err(|source| KeyringError::NotASigningKey { path: path.to_owned(), source })?;
            Ok((place, key))
        };
        self.keys_of(purpose, read).map(SigningKeys::new)
    }

    /// The RSA keys of the issuer, after the first one was made if there was none: see [`Self::issuer_keys`].
    ///
    /// # Errors
    /// When a file cannot be read or made.
    pub fn open_issuer_keys(&self) -> Result<IssuerKeys, KeyringError> {
        if numbers(&self.folder_of(Purpose::Issuer), PEM)?.is_empty() {
            let _turn = take_turn(&self.folder)?;
            self.make_first(Purpose::Issuer)?;
        }
        self.issuer_keys()
    }

    /// The RSA keys of the issuer, as if none of them had to wait: see [`IssuerKeys::as_of`].
    ///
    /// # Errors
    /// [`KeyringError::NoKeys`], or when a file cannot be read.
    pub fn issuer_keys(&self) -> Result<IssuerKeys, KeyringError> {
        let read = |path: &Path, place, pem: &str| {
            let id =
                rsa::thumbprint(pem).ok_or_else(|| KeyringError::NotAnIssuerKey { path: path.to_owned() })?;
            Ok(IssuerKey { place, id, pem: Zeroizing::new(pem.to_owned()) })
        };
        self.keys_of(Purpose::Issuer, read).map(IssuerKeys::new)
    }

    /// Adds a key for `purpose`, which is published from now on and signs from `in_use_from` on, or at once; gives its number.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub fn rotate(&self, purpose: Purpose, in_use_from: Option<Timestamp>) -> Result<u32, KeyringError> {
        let _turn = take_turn(&self.folder)?;
        let folder = self.folder_of(purpose);
        let number = next(&folder, PEM)?;
        self.make(purpose, Place { number, in_use_from })?;
        Ok(number)
    }

    /// Takes key `number` of `purpose` out of use for good: what it signed verifies no more.
    ///
    /// # Errors
    /// [`KeyringError::NeverRetired`] for evidence, [`KeyringError::InUse`] if it signs at `now`, [`KeyringError::NoSuchKey`], or
    /// when its file cannot be moved.
    pub fn retire(&self, purpose: Purpose, number: u32, now: Timestamp) -> Result<(), KeyringError> {
        let signs = match purpose {
            Purpose::Evidence => return Err(KeyringError::NeverRetired),
            Purpose::Tokens => {
                self.signing_keys(purpose)?.as_of(now).places().last().map(|place| place.number)
            }
            Purpose::Issuer => Some(self.issuer_keys()?.as_of(now).current().place.number),
        };
        if signs == Some(number) {
            return Err(KeyringError::InUse { number });
        }
        let _turn = take_turn(&self.folder)?;
        let folder = self.folder_of(purpose);
        if !numbers(&folder, PEM)?.contains(&number) {
            return Err(KeyringError::NoSuchKey { folder, number });
        }
        move_file(&file(&folder, number, PEM), &file(&folder.join(RETIRED), number, PEM))
    }

    /// The keys of `purpose`, oldest first, each made of its path, place and PEM by `read`.
    fn keys_of<K>(
        &self,
        purpose: Purpose,
        read_key: impl Fn(&Path, Place, &str) -> Result<K, KeyringError>,
    ) -> Result<Vec<K>, KeyringError> {
        let folder = self.folder_of(purpose);
        let numbers = numbers(&folder, PEM)?;
        if numbers.is_empty() {
            return Err(KeyringError::NoKeys { folder });
        }
        let key = |number| {
            let path = file(&folder, number, PEM);
            let text = read(&path)?.ok_or_else(|| at(&path, std::io::ErrorKind::NotFound.into()))?;
            let (pem, in_use_from) = split(&path, &text)?;
            read_key(&path, Place { number, in_use_from }, pem)
        };
        numbers.into_iter().map(key).collect()
    }

    /// Makes the first key of `purpose`, unless another process did while this one waited for its turn.
    fn make_first(&self, purpose: Purpose) -> Result<(), KeyringError> {
        let folder = self.folder_of(purpose);
        if numbers(&folder, PEM)?.is_empty() {
            self.make(purpose, Place { number: next(&folder, PEM)?, in_use_from: None })?;
        }
        Ok(())
    }

    fn make(&self, purpose: Purpose, place: Place) -> Result<(), KeyringError> {
        let pem = match purpose {
            Purpose::Evidence | Purpose::Tokens => {
                SigningKey::from_seed(&Zeroizing::new(random_bytes(&*self.randomness))).to_pkcs8_pem()
            }
            Purpose::Issuer => rsa::generate(),
        };
        let folder = self.folder_of(purpose);
        make_folder(&folder)?;
        let text = Zeroizing::new(format!("{}{}", mark(place.in_use_from), *pem));
        write_new(&file(&folder, place.number, PEM), &text)
    }

    fn folder_of(&self, purpose: Purpose) -> PathBuf {
        self.folder.join(purpose.folder())
    }

    fn digest_file(&self) -> PathBuf {
        self.folder.join("digest.key")
    }

    fn make_digest_key(&self) -> Result<(), KeyringError> {
        let path = self.digest_file();
        if given(&path, self.sources.digest())?.is_none() {
            self.make_secret(&path, None)?;
        }
        Ok(())
    }

    fn make_secret(&self, path: &Path, in_use_from: Option<Timestamp>) -> Result<(), KeyringError> {
        let secret = Secret { bytes: Zeroizing::new(random_bytes(&*self.randomness)), in_use_from };
        write_new(path, &secret.to_text())
    }
}

/// The secret that `source` gives or that stands in the file `path`; where both do, they must be alike.
fn given(path: &Path, source: Option<&Sourced>) -> Result<Option<Secret>, KeyringError> {
    let in_file = read(path)?
        .map(|text| Secret::parse(path, &text).map(|secret| Sourced { origin: path.to_owned(), secret }));
    match (source, in_file.transpose()?) {
        (Some(source), Some(in_file)) => source.must_equal(&in_file).map(|()| Some(source.secret.clone())),
        (source, in_file) => Ok(source.cloned().or(in_file).map(|sourced| sourced.secret)),
    }
}

fn file(folder: &Path, number: u32, extension: &str) -> PathBuf {
    folder.join(format!("{number:04}.{extension}"))
}

/// The number of the next key in `folder`; no number is used twice, also not that of a retired key.
fn next(folder: &Path, extension: &str) -> Result<u32, KeyringError> {
    let (there, retired) = (numbers(folder, extension)?, numbers(&folder.join(RETIRED), extension)?);
    Ok(there.into_iter().chain(retired).max().unwrap_or_default() + 1)
}
