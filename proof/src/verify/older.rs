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
    let key = keys
        .iter()
        .find(|key| key.id() == key_id)
        .ok_or(VerifyFailure::OlderHeadKey { key_id })?;
    let older = verify_head(cose, key).map_err(VerifyFailure::OlderHead)?;
    if (&older.issuer, &older.subject) != (&head.issuer, &head.subject) {
        return Err(VerifyFailure::OlderHeadElsewhere);
    }
    if older.size > head.size {
        return Err(VerifyFailure::OlderHeadLarger {
            older: older.size,
            now: head.size,
        });
    }
    Ok(older)
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
    let after_close = if older.state == HeadState::Closed && added > 0 {
        " The older head called the record closed already."
    } else {
        ""
    };
    Ok(format!(
        "The first {} entries are those of the older head you gave; {added} were appended since and none was changed.{after_close}",
        older.size
    ))
}
