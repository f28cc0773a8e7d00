//! The folder of keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acta_application::clock::{Randomness, random_bytes};
use acta_proof::key::{Signer as _, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::files::{at, make_folder, read, write_new};
use crate::{KeyringError, MasterKey};

/// What a signing key is for. One key never serves two purposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Heads and receipts.
    Evidence,
    /// Access tokens and QR codes.
    Tokens,
}

impl Purpose {
    /// The folder of its keys.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Tokens => "tokens",
        }
    }
}

/// The signing keys of one purpose, oldest first; there is always one.
#[derive(Clone)]
pub struct SigningKeys(Vec<Arc<SigningKey>>);

impl SigningKeys {
    /// The key that signs now.
    pub fn current(&self) -> Arc<SigningKey> {
        Arc::clone(self.0.last().expect("a keyring holds at least one key of each purpose"))
    }

    /// All keys, for whoever verifies.
    pub fn published(&self) -> Vec<VerifyingKey> {
        self.0.iter().map(|key| key.verifying_key()).collect()
    }

    /// All keys, oldest first.
    pub fn all(&self) -> &[Arc<SigningKey>] {
        &self.0
    }
}

/// A folder of keys, opened.
pub struct Keyring {
    folder: PathBuf,
    randomness: Arc<dyn Randomness>,
}

impl Keyring {
    /// The keys in `folder`, which were made before.
    ///
    /// # Errors
    /// [`KeyringError::NoKeys`] if a purpose has no signing key.
    pub fn existing(folder: &Path, randomness: Arc<dyn Randomness>) -> Result<Self, KeyringError> {
        let keyring = Self { folder: folder.to_owned(), randomness };
        for purpose in [Purpose::Evidence, Purpose::Tokens] {
            keyring.signing_keys(purpose)?;
        }
        Ok(keyring)
    }

    /// Opens the keys in `folder`, making on the first run those that are not there.
    ///
    /// # Errors
    /// When the folder cannot be written or a file in it is not what it should be.
    pub fn open(folder: &Path, randomness: Arc<dyn Randomness>) -> Result<Self, KeyringError> {
        let keyring = Self { folder: folder.to_owned(), randomness };
        for purpose in [Purpose::Evidence, Purpose::Tokens] {
            let keys = keyring.folder_of(purpose);
            make_folder(&keys)?;
            if numbers(&keys)?.is_empty() {
                keyring.rotate(purpose)?;
            }
        }
        Ok(keyring)
    }

    /// The master key.
    ///
    /// # Errors
    /// When its file cannot be read or made.
    pub fn master(&self) -> Result<MasterKey, KeyringError> {
        Ok(MasterKey::new(&self.secret("master.key")?, Arc::clone(&self.randomness)))
    }

    /// The key of the digests of attendance evidence.
    ///
    /// # Errors
    /// When its file cannot be read or made.
    pub fn digest_key(&self) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
        self.secret("digest.key")
    }

    /// The signing keys of `purpose`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn signing_keys(&self, purpose: Purpose) -> Result<SigningKeys, KeyringError> {
        let folder = self.folder_of(purpose);
        let numbers = numbers(&folder)?;
        if numbers.is_empty() {
            return Err(KeyringError::NoKeys { folder });
        }
        let keys = numbers.into_iter().map(|number| signing_key(&file(&folder, number)).map(Arc::new));
        Ok(SigningKeys(keys.collect::<Result<_, _>>()?))
    }

    /// Adds a signing key for `purpose`, which signs from the next start of the service on.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub fn rotate(&self, purpose: Purpose) -> Result<VerifyingKey, KeyringError> {
        let folder = self.folder_of(purpose);
        let next = numbers(&folder)?.last().map_or(1, |last| last + 1);
        let key = SigningKey::from_seed(&Zeroizing::new(random_bytes(&*self.randomness)));
        write_new(&file(&folder, next), &key.to_pkcs8_pem())?;
        Ok(key.verifying_key())
    }

    fn folder_of(&self, purpose: Purpose) -> PathBuf {
        self.folder.join(purpose.folder())
    }

    fn secret(&self, name: &str) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
        let path = self.folder.join(name);
        if let Some(text) = read(&path)? {
            return parse_secret(&path, &text);
        }
        let secret = Zeroizing::new(random_bytes::<32>(&*self.randomness));
        write_new(&path, &Zeroizing::new(format!("{}\n", hex::encode(*secret))))?;
        Ok(secret)
    }
}

fn parse_secret(path: &Path, text: &str) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
    let mut secret = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), &mut *secret)
        .map_err(|_| KeyringError::NotASecret { path: path.to_owned() })?;
    Ok(secret)
}

fn signing_key(path: &Path) -> Result<SigningKey, KeyringError> {
    let pem = read(path)?.ok_or_else(|| at(path, std::io::ErrorKind::NotFound.into()))?;
    SigningKey::from_pkcs8_pem(&pem)
        .map_err(|source| KeyringError::NotASigningKey { path: path.to_owned(), source })
}

fn file(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:04}.pem"))
}

/// The numbers of the keys in `folder`, lowest first.
fn numbers(folder: &Path) -> Result<Vec<u32>, KeyringError> {
    let mut numbers = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(numbers),
        entries => entries.map_err(|error| at(folder, error))?,
    };
    for entry in entries {
        let name = entry.map_err(|error| at(folder, error))?.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_suffix(".pem"))
            .and_then(|stem| stem.parse::<u32>().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}
