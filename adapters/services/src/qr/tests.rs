use std::sync::Arc;

use acta_application::access::Role;
use acta_application::attendance::{QrClaims, QrError, QrTokens as _};
use acta_application::log::Actor;
use acta_domain::{PersonId, SessionId, TenantId, Timestamp};
use acta_proof::key::SigningKey;
use acta_proof::sealed::SealedPart;
use uuid::Uuid;

use super::SignedQrCodes;
use crate::{BuiltInIssuer, TokenRequest};

const ISSUER: &str = "http://localhost:3014";

fn keys() -> Vec<Arc<SigningKey>> {
    vec![Arc::new(SigningKey::from_seed(&[1; 32]))]
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000).unwrap()
}

fn claims() -> QrClaims {
    QrClaims {
        tenant: TenantId::new(Uuid::from_u128(1)),
        session: SessionId::new(Uuid::from_u128(2)),
        person: PersonId::new(Uuid::from_u128(3)),
        voting_weight: Some("3.25".parse().unwrap()),
        sealed: Some(SealedPart {
            subject: "person:x".to_owned(),
            key_id: [7; 32],
            nonce: [8; 12],
            ciphertext: vec![9; 40],
        }),
        expires_at: at(60),
        id: Uuid::from_u128(4),
    }
}

#[test]
fn a_code_gives_back_what_it_was_issued_for_until_it_expires() {
    let codes = SignedQrCodes::new(ISSUER, &keys(), [5; 32]);
    let code = codes.issue(&claims());
    assert_eq!(codes.verify(&code, at(59)).unwrap().claims, claims());
    assert_eq!(codes.verify(&code, at(60)), Err(QrError::Expired));
}

#[test]
fn the_evidence_of_a_code_depends_on_the_digest_key() {
    let (one, other) =
        (SignedQrCodes::new(ISSUER, &keys(), [5; 32]), SignedQrCodes::new(ISSUER, &keys(), [6; 32]));
    let code = one.issue(&claims());
    let evidence = |codes: &SignedQrCodes| codes.verify(&code, at(0)).unwrap().evidence;
    assert_eq!(evidence(&one), evidence(&one));
    assert_ne!(evidence(&one), evidence(&other));
}

#[test]
fn an_access_token_is_no_code() {
    let request = TokenRequest {
        tenant: claims().tenant,
        actor: Actor::Person(claims().person),
        roles: vec![Role::Chair],
        bound_to: None,
        lifetime_seconds: 60,
    };
    let token = BuiltInIssuer::new(ISSUER, &keys()).issue(&request, at(0), Uuid::from_u128(9));
    assert_eq!(SignedQrCodes::new(ISSUER, &keys(), [5; 32]).verify(&token, at(0)), Err(QrError::Invalid));
}
