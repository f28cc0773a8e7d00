use std::sync::Arc;

use acta_application::access::{AccessTokens as _, KeyThumbprint, Permission, Role, TokenError};
use acta_application::log::Actor;
use acta_domain::{PersonId, TenantId, Timestamp};
use acta_proof::key::SigningKey;
use uuid::Uuid;

use super::{BuiltInIssuer, TokenRequest};

const ISSUER: &str = "http://localhost:3014";

fn key(seed: u8) -> Arc<SigningKey> {
    Arc::new(SigningKey::from_seed(&[seed; 32]))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000).unwrap()
}

fn request(roles: Vec<Role>) -> TokenRequest {
    TokenRequest {
        tenant: TenantId::new(Uuid::from_u128(1)),
        actor: Actor::Person(PersonId::new(Uuid::from_u128(2))),
        roles,
        bound_to: None,
        lifetime_seconds: 60,
    }
}

#[tokio::test]
async fn a_token_says_who_holds_it_and_what_they_may_do() {
    let issuer = BuiltInIssuer::new(ISSUER, &[key(1)]);
    let token = issuer.issue(&request(vec![Role::Observer]), at(0), Uuid::from_u128(9));

    let principal = issuer.verify(&token, at(59)).await.unwrap().principal;

    assert_eq!(principal.tenant, request(vec![]).tenant);
    assert_eq!(principal.actor, request(vec![]).actor);
    assert!(principal.may(Permission::SessionsRead) && !principal.may(Permission::SessionsManage));
}

#[tokio::test]
async fn a_token_is_good_until_the_second_it_expires() {
    let issuer = BuiltInIssuer::new(ISSUER, &[key(1)]);
    let token = issuer.issue(&request(vec![]), at(0), Uuid::from_u128(9));
    assert!(matches!(issuer.verify(&token, at(60)).await, Err(TokenError::Expired)));
    assert!(issuer.verify(&token, at(59)).await.is_ok());
    assert!(matches!(issuer.verify(&token, at(60)).await, Err(TokenError::Expired)));
}

#[tokio::test]
async fn tokens_of_an_older_key_are_accepted_after_a_rotation_and_foreign_ones_never() {
    let old = BuiltInIssuer::new(ISSUER, &[key(1)]).issue(&request(vec![]), at(0), Uuid::from_u128(9));
    let foreign = BuiltInIssuer::new(ISSUER, &[key(3)]).issue(&request(vec![]), at(0), Uuid::from_u128(9));
    let elsewhere =
        BuiltInIssuer::new("http://elsewhere", &[key(1)]).issue(&request(vec![]), at(0), Uuid::from_u128(9));
    let rotated = BuiltInIssuer::new(ISSUER, &[key(1), key(2)]);

    assert!(rotated.verify(&old, at(1)).await.is_ok());
    assert!(matches!(rotated.verify(&foreign, at(1)).await, Err(TokenError::Invalid)));
    assert!(matches!(rotated.verify(&elsewhere, at(1)).await, Err(TokenError::Invalid)));
}

#[tokio::test]
async fn a_token_says_which_key_its_holder_has() {
    let issuer = BuiltInIssuer::new(ISSUER, &[key(1)]);
    let bound_to = Some(KeyThumbprint::new([7; 32]));
    let bound = issuer.issue(&TokenRequest { bound_to, ..request(vec![]) }, at(0), Uuid::from_u128(9));
    let unbound = issuer.issue(&request(vec![]), at(0), Uuid::from_u128(9));
    assert_eq!(issuer.verify(&bound, at(1)).await.unwrap().bound_to, bound_to);
    assert_eq!(issuer.verify(&unbound, at(1)).await.unwrap().bound_to, None);
}

#[tokio::test]
async fn an_altered_token_is_not_accepted() {
    let issuer = BuiltInIssuer::new(ISSUER, &[key(1)]);
    let token = issuer.issue(&request(vec![Role::Observer]), at(0), Uuid::from_u128(9));
    for place in 0..token.len() {
        let mut altered = token.clone().into_bytes();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        assert!(matches!(issuer.verify(&altered, at(1)).await, Err(TokenError::Invalid)), "byte {place}");
    }
}
