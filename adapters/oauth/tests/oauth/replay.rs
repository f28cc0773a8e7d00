//! Proofs hold once, and need the nonce that was asked for.

use std::sync::Arc;

use acta_application::access::{
    CheckedProof, CountersError, MemoryReplayCache, ProofError, ProofRequest, ProofsOfPossession,
    ReplayCache, ReplayKey,
};
use acta_domain::Timestamp;
use acta_oauth::{DpopOptions, DpopProofs, NonceSecret, Nonces};
use async_trait::async_trait;
use serde_json::json;
use zeroize::Zeroizing;

use crate::keys::{ED25519, Key, P256};
use crate::times::{NOW, at, now};

fn remembering() -> Arc<dyn ReplayCache> {
    Arc::new(MemoryReplayCache::new(1_000.try_into().unwrap()))
}

fn nonces() -> Nonces {
    Nonces::new(&NonceSecret(Zeroizing::new([7; 32])))
}

fn proofs(nonces: Option<Nonces>, used: Arc<dyn ReplayCache>) -> DpopProofs {
    DpopProofs::new(DpopOptions { origins: vec!["https://acta.example".parse().unwrap()], nonces }, used)
}

fn proof(key: &Key, id: &str, made_at: i64, nonce: Option<&str>) -> String {
    let header = json!({ "typ": "dpop+jwt", "alg": key.algorithm(), "jwk": key.jwk() });
    let mut claims =
        json!({ "jti": id, "htm": "POST", "htu": "https://acta.example/oauth/token", "iat": made_at });
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    key.jws(&header.to_string(), &claims.to_string())
}

async fn shown(proofs: &DpopProofs, proof: &str, now: Timestamp) -> Result<CheckedProof, ProofError> {
    let request = ProofRequest { proofs: &[proof], method: "POST", path: "/oauth/token", token: None };
    proofs.check(&request, now).await
}

#[tokio::test]
async fn a_proof_holds_once() {
    let proofs = proofs(None, remembering());
    let one = proof(&P256, "one", NOW, None);
    let held = shown(&proofs, &one, now()).await.unwrap();
    assert_eq!(held, CheckedProof { key: P256.thumbprint(), next_nonce: None });
    assert!(matches!(shown(&proofs, &one, now()).await, Err(ProofError::Replayed)));
    let made_anew = proof(&P256, "one", NOW + 1, None);
    assert!(matches!(shown(&proofs, &made_anew, now()).await, Err(ProofError::Replayed)), "the same name");
    assert!(shown(&proofs, &proof(&P256, "two", NOW, None), now()).await.is_ok());
    assert!(shown(&proofs, &proof(&ED25519, "one", NOW, None), now()).await.is_ok(), "another key's");
}

#[tokio::test]
async fn a_proof_is_remembered_until_it_is_too_old_everywhere() {
    let proofs = proofs(None, remembering());
    let ahead = proof(&P256, "one", NOW + 5, None);
    shown(&proofs, &ahead, now()).await.unwrap();
    assert!(matches!(shown(&proofs, &ahead, at(NOW + 65)).await, Err(ProofError::Replayed)));
    assert!(matches!(shown(&proofs, &ahead, at(NOW + 66)).await, Err(ProofError::Invalid(_))));
}

#[tokio::test]
async fn after_a_restart_that_forgot_what_was_used_earlier_proofs_do_not_hold() {
    let used_before = proof(&P256, "one", NOW, None);
    shown(&proofs(None, remembering()), &used_before, now()).await.unwrap();
    let restarted = proofs(None, remembering()).since(at(NOW + 1));
    assert!(matches!(shown(&restarted, &used_before, at(NOW + 1)).await, Err(ProofError::Invalid(_))));
    assert!(shown(&restarted, &proof(&P256, "two", NOW + 1, None), at(NOW + 1)).await.is_ok());
}

#[tokio::test]
async fn two_instances_with_one_memory_take_a_proof_once() {
    let memory = remembering();
    let (one, other) = (proofs(None, Arc::clone(&memory)), proofs(None, memory));
    let proof = proof(&P256, "one", NOW, None);
    let (first, second) = tokio::join!(shown(&one, &proof, now()), shown(&other, &proof, now()));
    assert_eq!([first, second].iter().filter(|result| result.is_ok()).count(), 1);
}

struct Away;

#[async_trait]
impl ReplayCache for Away {
    async fn first_use(&self, _: ReplayKey, _: Timestamp, _: Timestamp) -> Result<bool, CountersError> {
        Err(CountersError::Full)
    }
}

#[tokio::test]
async fn nothing_holds_while_nobody_can_remember() {
    let proofs = proofs(None, Arc::new(Away));
    let result = shown(&proofs, &proof(&P256, "one", NOW, None), now()).await;
    assert!(matches!(result, Err(ProofError::Unavailable(CountersError::Full))));
}

#[tokio::test]
async fn whoever_has_no_nonce_gets_one_and_may_use_the_proofs_name_again() {
    let proofs = proofs(Some(nonces()), remembering());
    let Err(ProofError::NonceNeeded(nonce)) = shown(&proofs, &proof(&P256, "one", NOW, None), now()).await
    else {
        panic!("a nonce is needed");
    };
    let held = shown(&proofs, &proof(&P256, "one", NOW, Some(&nonce)), now()).await.unwrap();
    assert_eq!(held.next_nonce, None);
}

#[tokio::test]
async fn a_nonce_ages_and_ends() {
    let proofs = proofs(Some(nonces()), remembering());
    let nonce = nonces().current(now());
    let held = shown(&proofs, &proof(&P256, "one", NOW + 300, Some(&nonce)), at(NOW + 300)).await.unwrap();
    assert_eq!(held.next_nonce, Some(nonces().current(at(NOW + 300))));
    let ended = shown(&proofs, &proof(&P256, "two", NOW + 660, Some(&nonce)), at(NOW + 660)).await;
    assert!(matches!(ended, Err(ProofError::NonceNeeded(_))));
}

#[tokio::test]
async fn a_nonce_of_somebody_else_is_none() {
    let proofs = proofs(Some(nonces()), remembering());
    let foreign = Nonces::new(&NonceSecret(Zeroizing::new([8; 32]))).current(now());
    let result = shown(&proofs, &proof(&P256, "one", NOW, Some(&foreign)), now()).await;
    assert!(matches!(result, Err(ProofError::NonceNeeded(_))));
}
