use acta_domain::Timestamp;
use acta_proof::key::{Signer as _, SigningKey, VerifyingKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{HolderKey, RequestToProve, thumbprint_of};

const ASKED: RequestToProve<'_> = RequestToProve {
    method: "POST",
    url: "https://acta.example/api/v1/sessions?limit=1#top",
    token: Some("token"),
    nonce: None,
};

fn holder() -> HolderKey {
    HolderKey::new(SigningKey::from_seed(&[7; 32]))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_999_999 + seconds * 1_000_000).unwrap()
}

/// A part of a JWS, decoded.
fn part(proof: &str, number: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(proof.split('.').nth(number).unwrap()).unwrap()
}

fn json_part(proof: &str, number: usize) -> Value {
    serde_json::from_slice(&part(proof, number)).unwrap()
}

#[test]
fn a_thumbprint_is_that_of_rfc_8037() {
    // RFC 8037, appendix A.2 and A.3.
    let x = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
    let key = VerifyingKey::from_bytes(&x.try_into().unwrap()).unwrap();
    assert_eq!(thumbprint_of(&key).to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn a_proof_says_which_request_it_is_for_and_when() {
    let proof = holder().prove(&ASKED, at(0), Uuid::from_u128(1));
    assert_eq!(
        json_part(&proof, 1),
        json!({
            "jti": Uuid::from_u128(1),
            "htm": "POST",
            "htu": "https://acta.example/api/v1/sessions",
            "iat": 1_800_000_000,
            // SHA-256 of `token`.
            "ath": "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A",
        })
    );
}

#[test]
fn a_proof_carries_the_public_key_and_its_signature() {
    let proof = holder().prove(&ASKED, at(0), Uuid::from_u128(1));
    let key = SigningKey::from_seed(&[7; 32]).verifying_key();
    let x = URL_SAFE_NO_PAD.encode(key.to_bytes());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
    assert_eq!(json_part(&proof, 0), json!({ "typ": "dpop+jwt", "alg": "EdDSA", "jwk": jwk }));
    let signature = part(&proof, 2).try_into().unwrap();
    assert!(key.verifies(proof.rsplit_once('.').unwrap().0.as_bytes(), &signature));
}

#[test]
fn a_proof_repeats_the_nonce_that_was_given_and_without_a_token_has_no_digest_of_one() {
    let asked = RequestToProve { token: None, nonce: Some("again"), ..ASKED };
    let claims = json_part(&holder().prove(&asked, at(0), Uuid::from_u128(1)), 1);
    assert_eq!(claims["nonce"], "again");
    assert!(claims.get("ath").is_none(), "{claims}");
}
