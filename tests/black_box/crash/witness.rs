//! Somebody who keeps heads and proofs, and holds what comes later against them.

use std::sync::Arc;

use acta_proof::file::ProofFile;
use acta_proof::head::{HeadClaims, verify_head};
use acta_proof::key::VerifyingKey;
use acta_proof::receipt::verify_consistency_receipt;
use acta_proof::verify::{VerifyOptions, verify_file};
use reqwest::Method;
use serde_json::Value;

use super::load::Load;
use crate::api::{Answer, try_send};
use crate::instances::Ways;

/// How many acknowledgements lie between two looks.
const INTERVAL: u64 = 20;
/// Every so many looks, a proof is fetched.
const PROOF: usize = 4;
/// How many proofs, and how many heads for the end, are kept of a session.
const KEPT: usize = 12;

const LATEST: &str = "/heads/latest";

/// A head, and what it says.
struct Head {
    cose: Vec<u8>,
    claims: HeadClaims,
}

/// Somebody who watches one session.
pub(super) struct Witness {
    /// Its id.
    session: String,
    key: VerifyingKey,
    last: Option<Head>,
    heads: Vec<Head>,
    proofs: Vec<Vec<u8>>,
    looks: usize,
}

impl Witness {
    /// One who knows the service's `key`.
    pub(super) fn new(session: String, key: VerifyingKey) -> Self {
        Self { session, key, last: None, heads: Vec::new(), proofs: Vec::new(), looks: 0 }
    }

    /// A path below the session.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/sessions/{}{rest}", self.session)
    }

    /// Whether the event is one of the session.
    pub(super) fn watches(&self, event: &Value) -> bool {
        event["session_id"] == self.session
    }

    /// Looks again and again until `end`.
    pub(super) async fn watch(mut self, mut ways: Ways, load: Arc<Load>) -> Self {
        let mut next = INTERVAL;
        while load.goes_on_to(next).await {
            self.look(&mut ways).await;
            next = load.acknowledged() + INTERVAL;
        }
        self
    }

    /// Fetches a head, and perhaps a proof. What cannot be had at the moment is done without.
    pub(super) async fn look(&mut self, ways: &mut Ways) {
        self.looks += 1;
        let Some(head) = self.fetch(ways, LATEST).await else { return };
        let claims = verify_head(&head.body, &self.key).unwrap();
        self.follows(&claims, ways).await;
        if self.looks.is_multiple_of(PROOF)
            && let Some(proof) = self.fetch(ways, "/audit-proof").await
        {
            self.check(&proof.body, &head.body);
            keep(&mut self.proofs, proof.body);
        }
        if let Some(last) = self.last.replace(Head { cose: head.body, claims }) {
            keep(&mut self.heads, last);
        }
    }

    /// The new head, from whichever instance, is consistent with the one before.
    async fn follows(&self, new: &HeadClaims, ways: &mut Ways) {
        let Some(Head { claims: old, .. }) = &self.last else { return };
        assert!(new.size >= old.size, "a head of size {} came after one of size {}", new.size, old.size);
        if new.size == old.size {
            return assert_eq!(new.root, old.root, "two heads of size {}", new.size);
        }
        let path = format!("/receipts/consistency?from={}&to={}", old.size, new.size);
        if let Some(receipt) = self.fetch(ways, &path).await {
            let found = verify_consistency_receipt(&receipt.body, &old.root, &self.key).unwrap();
            assert_eq!((found.new_size, found.new_root), (new.size, new.root));
        }
    }

    async fn fetch(&self, ways: &mut Ways, path: &str) -> Option<Answer> {
        let api = ways.current().await;
        let request = api.request(Method::GET, &self.path(path));
        let accept = if path == LATEST { "application/cose" } else { "*/*" };
        let answer = try_send(request.header("Accept", accept)).await;
        ways.leave();
        answer.ok().filter(|answer| answer.status != 503).map(|answer| answer.expect(200))
    }

    /// Checks a proof against a head that was kept.
    fn check(&self, proof: &[u8], head: &[u8]) {
        let options = VerifyOptions {
            trusted_keys: vec![self.key],
            older_head: Some(head),
            ..VerifyOptions::default()
        };
        verify_file(proof, &options).unwrap();
    }

    /// Everything that was kept still holds, and `last_proof` holds against every head that was; gives the size of that proof.
    pub(super) fn judge(&self, last_proof: &[u8]) -> u64 {
        let options = VerifyOptions { trusted_keys: vec![self.key], ..VerifyOptions::default() };
        for proof in &self.proofs {
            verify_file(proof, &options).unwrap();
        }
        assert!(self.last.is_some(), "heads were kept");
        for head in self.heads.iter().chain(&self.last) {
            self.check(last_proof, &head.cose);
        }
        verify_file(last_proof, &options).unwrap().size
    }
}

/// Keeps any [`KEPT`] of all there were, old and new.
fn keep<T>(kept: &mut Vec<T>, new: T) {
    if kept.len() == KEPT {
        kept.swap_remove(rand::random_range(0..KEPT));
    }
    kept.push(new);
}

/// The key that signed `proof`.
pub(super) fn key_of(proof: &[u8]) -> VerifyingKey {
    ProofFile::decode(proof).unwrap().keys[0]
}
