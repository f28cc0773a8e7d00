//! An older head that the reader kept himself: only with it, "history was only appended to" can be shown.

use super::VerifyFailure;
use crate::head::{HeadClaims, HeadState, decode_head_unverified, verify_head};
use crate::key::VerifyingKey;
use crate::tree::Hash;

/// Verifies the older head itself, and that it speaks of the same session by the same issuer.
pub(super) fn read(
    cose: &[u8],
    keys: &[VerifyingKey],
    head: &HeadClaims,
) -> Result<HeadClaims, VerifyFailure> {
    let (key_id, _) = decode_head_unverified(cose).map_err(VerifyFailure::OlderHead)?;
    let key = keys.iter().find(|key| key.id() == key_id).ok_or(VerifyFailure::OlderHeadKey { key_id })?;
    let older = verify_head(cose, key).map_err(VerifyFailure::OlderHead)?;
    if (&older.issuer, &older.subject) != (&head.issuer, &head.subject) {
        return Err(VerifyFailure::OlderHeadElsewhere);
    }
    if older.size > head.size {
        return Err(VerifyFailure::OlderHeadLarger { older: older.size, now: head.size });
    }
    check_course(&older, head)?;
    Ok(older)
}

/// A record that was closed neither opens again nor grows, and an older head is not from later.
fn check_course(older: &HeadClaims, head: &HeadClaims) -> Result<(), VerifyFailure> {
    let went_on = head.state == HeadState::Open || head.size > older.size;
    if older.state == HeadState::Closed && went_on {
        return Err(VerifyFailure::ReopenedAfterClose { size: older.size });
    }
    if older.issued_at > head.issued_at {
        let (older, issued_at) = (older.issued_at, head.issued_at);
        return Err(VerifyFailure::IssuedBefore { older, issued_at });
    }
    Ok(())
}

/// Compares the root over the first entries with that of the older head, and says what that shows.
pub(super) fn compare(
    older: &HeadClaims,
    root: Option<Hash>,
    head: &HeadClaims,
) -> Result<String, VerifyFailure> {
    if root != Some(older.root) {
        return Err(VerifyFailure::HistoryChanged { size: older.size });
    }
    let added = head.size - older.size;
    Ok(format!(
        "The first {} entries are those of the older head you gave; {added} were appended since and none was changed.",
        older.size
    ))
}
