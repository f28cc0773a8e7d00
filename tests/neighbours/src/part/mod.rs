//! What each neighbour knows and does.

mod compliance;
mod governance;
pub(crate) mod identity;
mod notifications;
mod profiles;
mod tenancy;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use uuid::Uuid;

use crate::{Answer, Received};

pub use compliance::Compliance;
pub use governance::{Governance, Told};
pub use identity::Identity;
pub use notifications::{Message, Notifications};
pub use profiles::Profiles;
pub use tenancy::Tenancy;

/// A neighbour without its connections and faults.
pub trait Part: Send + Sync + 'static {
    /// Does what it is asked for, and says so.
    fn answer(&self, request: &Received) -> Answer;
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A member of the body that must be a UUID.
fn id(body: &Value, name: &str) -> Result<Uuid, Answer> {
    let found = body[name].as_str().and_then(|text| text.parse().ok());
    found.ok_or_else(|| Answer::error(400, &format!("{name} must be a UUID")))
}

/// A member of the body that must be text.
fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, Answer> {
    body[name].as_str().ok_or_else(|| Answer::error(400, &format!("{name} must be text")))
}

/// The answer, whether it is what was wanted or an error.
fn either(answer: Result<Answer, Answer>) -> Answer {
    answer.unwrap_or_else(|error| error)
}

fn no_such_path() -> Answer {
    Answer::error(404, "no such path")
}
