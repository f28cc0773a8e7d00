//! The heads of one session against its commitments.

use acta_domain::{SessionId, TenantId};
use acta_proof::entry::Entry;
use acta_proof::head::{HeadClaims, decode_head_unverified, verify_head, verify_head_jws};
use acta_proof::key::VerifyingKey;
use acta_proof::tree::{Frontier, Hash};

use crate::evidence::{HeadArchive, IssuedHead};
use crate::log::{EventLog, LogError, SessionIndex};

/// Heads read at once.
const HEADS: u32 = 500;
/// Commitments read at once.
const COMMITMENTS: usize = 10_000;

/// A head that is signed as it should be: what is left to check is its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Signed {
    size: u64,
    root: Hash,
}

/// Checks every head that was issued for a session; gives how many there are.
pub(super) async fn check(
    log: &dyn EventLog,
    archive: &dyn HeadArchive,
    keys: &[VerifyingKey],
    (tenant, session): (TenantId, SessionId),
    mut fault: impl FnMut(String),
) -> Result<u64, LogError> {
    let (mut signed, mut count) = (Vec::new(), 0);
    loop {
        let page = archive.heads(tenant, session, count, HEADS).await?;
        for head in &page {
            match check_signed(head, keys) {
                Ok(head) => signed.push(head),
                Err(what) => fault(format!("the head of session {session} at {} events {what}", head.size)),
            }
        }
        count += u32::try_from(page.len()).unwrap_or(HEADS);
        if page.len() < HEADS as usize {
            break;
        }
    }
    signed.sort_unstable_by_key(|head| head.size);
    let mut tree = Tree { log, tenant, session, frontier: Frontier::new() };
    for head in signed {
        let what = match tree.root_at(head.size).await? {
            Some(root) if root == head.root => continue,
            Some(_) => "is over other events than the session has",
            None => "is over more events than the session has",
        };
        fault(format!("the head of session {session} at {} events {what}", head.size));
    }
    Ok(u64::from(count))
}

/// Whether `head` is signed under one of `keys`, in both forms, and says what is kept beside it.
fn check_signed(head: &IssuedHead, keys: &[VerifyingKey]) -> Result<Signed, String> {
    let (key_id, _) =
        decode_head_unverified(&head.signed.cose).map_err(|error| format!("cannot be read: {error}"))?;
    if key_id != head.key_id {
        return Err(format!("names the key {key_id}, and is kept as one of {}", head.key_id));
    }
    let key = keys.iter().find(|key| key.id() == key_id);
    let key = key.ok_or_else(|| {
        format!("is signed under the key {key_id}, which is not among the keys of the service")
    })?;
    let claims = verify_head(&head.signed.cose, key).map_err(|error| format!("is not valid: {error}"))?;
    let jws =
        verify_head_jws(&head.signed.jws, key).map_err(|error| format!("is not valid as JWS: {error}"))?;
    if jws != claims {
        return Err("says one thing as COSE and another as JWS".to_owned());
    }
    let HeadClaims { size, root, state, issued_at, .. } = claims;
    if (size, state, issued_at) != (head.size, head.state, head.issued_at) {
        return Err("says something else than what is kept beside it".to_owned());
    }
    Ok(Signed { size, root })
}

/// The tree of a session, growing.
struct Tree<'a> {
    log: &'a dyn EventLog,
    tenant: TenantId,
    session: SessionId,
    frontier: Frontier,
}

impl Tree<'_> {
    /// The root over the first `size` events, not fewer than last time; [`None`] when there are not as many.
    async fn root_at(&mut self, size: u64) -> Result<Option<Hash>, LogError> {
        while self.frontier.size() < size {
            let from = self.frontier.size();
            let missing = usize::try_from(size - from).unwrap_or(COMMITMENTS).min(COMMITMENTS);
            let page =
                self.log.commitments(self.tenant, self.session, SessionIndex::new(from), missing).await?;
            if page.is_empty() {
                return Ok(None);
            }
            let entries = (from..).zip(page).map(|(index, commitment)| Entry { index, commitment });
            self.frontier.extend(entries.map(|entry| entry.leaf_hash()));
        }
        Ok(Some(self.frontier.root()))
    }
}

#[cfg(test)]
mod tests;
