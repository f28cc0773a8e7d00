//! Who may do what: the principal behind a request, and the ports that verify tokens, proofs and counts.

mod admitted;
pub mod counters;
mod error;
mod limits;
mod port;
mod principal;
mod proof;
mod record;
mod replay;
mod revocations;
mod rules;

pub use acta_domain::access::{Permission, Role};
pub use acta_domain::values::KeyThumbprint;
pub use admitted::{Admitted, Grant};
pub use counters::{MemoryRateLimits, MemoryReplayCache};
pub use error::CountersError;
pub use limits::{Allowance, InvalidQuota, LimitKey, Quota, RateLimits, Taken};
pub use port::{AccessTokens, TokenError, VerifiedToken};
pub use principal::Principal;
pub use proof::{CheckedProof, ProofError, ProofRequest, ProofsOfPossession};
pub use replay::{ReplayCache, ReplayKey};
pub use revocations::{Revocations, Revoked};
pub use rules::{AppliedQuotas, WriteLimit, WriteQuotas, WriteRule, WriteRules};
