//! Receipts (RFC 9942): that one event is in a session, and that a session was only appended to.

use acta_domain::{SessionId, TenantId};
use acta_proof::commitment::Commitment;
use acta_proof::entry::Entry;
use acta_proof::receipt::{
    ConsistencyProof, InclusionProof, ReceiptClaims, issue_consistency, issue_inclusion,
};
use acta_proof::tree::{Hash, consistency_path, inclusion_path, root};

use super::{Evidence, EvidenceError, tree};

/// A receipt, with what is needed to check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The receipt as COSE.
    pub cose: Vec<u8>,
    /// The entry that it is about; empty for a consistency receipt.
    pub entry: Vec<u8>,
    /// The root of the tree of `size` entries.
    pub root: Hash,
    /// How many entries the tree has.
    pub size: u64,
}

impl Evidence {
    /// A receipt that the event at `index` is in the session's tree of `size` events (all, if not told).
    ///
    /// # Errors
    /// [`EvidenceError::OutOfRange`] if there is no such event or size; else see [`EvidenceError`].
    pub async fn inclusion_receipt(
        &self,
        tenant: TenantId,
        session: SessionId,
        index: u64,
        size: Option<u64>,
    ) -> Result<Receipt, EvidenceError> {
        let (claims, commitments) = self.receipt_basis(tenant, session, size).await?;
        let size = commitments.len() as u64;
        let place = usize::try_from(index).ok().filter(|place| *place < commitments.len());
        let place = place.ok_or(EvidenceError::OutOfRange { what: "index", size })?;
        let leaves = tree::leaves(&commitments);
        let path = inclusion_path(&leaves, index).expect("the index was checked above");
        let root = root(&leaves);
        let proof = InclusionProof { size, index, path };
        let cose = issue_inclusion(&*self.ports.signer, &claims, &root, &proof);
        let entry = Entry { index, commitment: commitments[place] }.encode();
        Ok(Receipt { cose, entry, root, size })
    }

    /// A receipt that the session's tree of `to` events (all, if not told) only appended to the one of `from` events.
    ///
    /// # Errors
    /// [`EvidenceError::OutOfRange`] unless `0 < from < to`; else see [`EvidenceError`].
    pub async fn consistency_receipt(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: u64,
        to: Option<u64>,
    ) -> Result<Receipt, EvidenceError> {
        let (claims, commitments) = self.receipt_basis(tenant, session, to).await?;
        let size = commitments.len() as u64;
        if from == 0 || from >= size {
            return Err(EvidenceError::OutOfRange { what: "from", size });
        }
        let leaves = tree::leaves(&commitments);
        let path = consistency_path(&leaves, from).expect("the sizes were checked above");
        let root = root(&leaves);
        let proof = ConsistencyProof { old_size: from, new_size: size, path };
        let cose = issue_consistency(&*self.ports.signer, &claims, &root, &proof);
        Ok(Receipt { cose, entry: Vec::new(), root, size })
    }

    async fn receipt_basis(
        &self,
        tenant: TenantId,
        session: SessionId,
        size: Option<u64>,
    ) -> Result<(ReceiptClaims, Vec<Commitment>), EvidenceError> {
        let (subject, _) = self.subject(tenant, session).await?;
        let all = self.ports.log.session_size(tenant, session).await?;
        let wanted = size.unwrap_or(all);
        if wanted == 0 || wanted > all {
            return Err(EvidenceError::OutOfRange { what: "size", size: all });
        }
        let commitments = tree::commitments(&*self.ports.log, tenant, session, wanted).await?;
        let issuer = self.ports.issuer.clone();
        Ok((ReceiptClaims { issuer, subject, issued_at: self.now_seconds() }, commitments))
    }
}
