//! Hashing passwords by Argon2id (RFC 9106).

use std::num::NonZeroUsize;
use std::sync::Arc;

use acta_application::clock::{Randomness, random_bytes};
use acta_application::issuer::{Password, PasswordCheck, PasswordError, PasswordHashing};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use super::common::is_common;
use super::normal::{is_long_enough, normal};

/// What a hash costs, and how many there are at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Options {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// How many are computed at once: so many times `memory_kib` is the most that is used.
    pub at_once: NonZeroUsize,
    /// How many more may wait.
    pub waiting: usize,
}

impl Default for Argon2Options {
    /// 19 MiB and two passes (OWASP Password Storage Cheat Sheet), one at once for each core, 64 waiting.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { memory_kib: 19_456, passes: 2, lanes: 1, at_once: cores, waiting: 64 }
    }
}

/// Argon2 has bounds, and these numbers are outside of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the costs of password hashes are outside the bounds of Argon2")]
pub struct InvalidCost(#[source] argon2::Error);

/// Hashes passwords by Argon2id, a few at a time, on threads that may block.
pub struct Argon2Passwords {
    params: Params,
    randomness: Arc<dyn Randomness>,
    /// Places of those that are computed and those that wait.
    places: Arc<Semaphore>,
    /// Those that are computed.
    at_once: Arc<Semaphore>,
}

/// Somebody's turn to use the memory; it ends when the hash is computed, even if nobody waits for it any more.
struct Turn {
    _place: OwnedSemaphorePermit,
    _memory: OwnedSemaphorePermit,
}

impl Argon2Passwords {
    /// Hashes at these costs, with salts from `randomness`.
    ///
    /// # Errors
    /// [`InvalidCost`].
    pub fn new(options: &Argon2Options, randomness: Arc<dyn Randomness>) -> Result<Self, InvalidCost> {
        let params =
            Params::new(options.memory_kib, options.passes, options.lanes, None).map_err(InvalidCost)?;
        let at_once = options.at_once.get();
        Ok(Self {
            params,
            randomness,
            places: Arc::new(Semaphore::new(at_once.saturating_add(options.waiting))),
            at_once: Arc::new(Semaphore::new(at_once)),
        })
    }

    async fn turn(&self) -> Result<Turn, PasswordError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let memory = Arc::clone(&self.at_once).acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        Ok(Turn { _place: place, _memory: memory })
    }

    /// Runs `work` when it is its turn.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'_>) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = self.turn().await?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let computed = tokio::task::spawn_blocking(move || {
            let result = work(&argon2);
            drop(turn);
            result
        });
        Ok(computed.await.expect("Argon2 does not panic, and nobody cancels it"))
    }

    fn salt(&self) -> [u8; 16] {
        random_bytes(&*self.randomness)
    }
}

#[async_trait]
impl PasswordHashing for Argon2Passwords {
    async fn hash(&self, password: Password) -> Result<Zeroizing<String>, PasswordError> {
        let password = normal(&password).filter(|password| is_long_enough(password));
        let password = password.ok_or(PasswordError::Length)?;
        if is_common(&password) {
            return Err(PasswordError::Common);
        }
        let salt = self.salt();
        self.in_turn(move |argon2| Zeroizing::new(hashed(argon2, &password, &salt).to_string())).await
    }

    async fn check(
        &self,
        password: Password,
        hash: Option<Zeroizing<String>>,
    ) -> Result<PasswordCheck, PasswordError> {
        let password = normal(&password);
        let params = self.params.clone();
        self.in_turn(move |argon2| check(argon2, &params, password.as_ref(), hash.as_ref())).await
    }
}

fn hashed(argon2: &Argon2<'_>, password: &str, salt: &[u8; 16]) -> PasswordHash {
    argon2
        .hash_password_with_salt(password.as_bytes(), salt)
        .expect("16 bytes are a salt, and the costs were checked")
}

/// Without a password or a hash to compare, something is hashed all the same, so that it takes as long.
fn check(
    argon2: &Argon2<'_>,
    params: &Params,
    password: Option<&Zeroizing<String>>,
    hash: Option<&Zeroizing<String>>,
) -> PasswordCheck {
    let hash = hash.and_then(|hash| PasswordHash::new(hash).ok());
    let (Some(password), Some(hash)) = (password, hash) else {
        hashed(argon2, "", &[0; 16]);
        return PasswordCheck::Wrong;
    };
    match argon2.verify_password(password.as_bytes(), &hash) {
        Ok(()) => PasswordCheck::Right { outdated: is_outdated(&hash, params) },
        Err(_) => PasswordCheck::Wrong,
    }
}

fn is_outdated(hash: &PasswordHash, params: &Params) -> bool {
    let same_algorithm = hash.algorithm.as_str() == Algorithm::Argon2id.as_str();
    let same_version = hash.version == Some(Version::V0x13.into());
    let same_costs = Params::try_from(hash).is_ok_and(|of_hash| {
        (of_hash.m_cost(), of_hash.t_cost(), of_hash.p_cost())
            == (params.m_cost(), params.t_cost(), params.p_cost())
    });
    !(same_algorithm && same_version && same_costs)
}

#[cfg(test)]
mod tests;
