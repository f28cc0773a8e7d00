//! The built-in issuer: what it signs is accepted, by others too.

use std::sync::{Arc, LazyLock};

use acta_application::access::{
    AccessTokens as _, Grant, Permission, Principal, Role, TokenError, VerifiedToken,
};
use acta_application::clock::Clock;
use acta_application::issuer::{AccessTokenContents, ClientName, TokenSigning as _};
use acta_application::log::Actor;
use acta_oauth::{
    AccessTokenIssuer, Rs256Signer, RsaKeyError, TokenKeys, TokenNames, TrustedIssuers, generate_rsa_pem,
};
use acta_proof::key::{Signer as _, SigningKey};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::keys::P256;
use crate::times::{HandClock, NOW, at, now};

const ISSUER: &str = "https://acta.example";
static FIRST: LazyLock<String> = LazyLock::new(|| generate_rsa_pem().to_string());
static SECOND: LazyLock<String> = LazyLock::new(|| generate_rsa_pem().to_string());

fn signer(pem: &str) -> Rs256Signer {
    Rs256Signer::from_pkcs8_pem(pem).unwrap()
}

fn command_line() -> SigningKey {
    SigningKey::from_seed(&[3; 32])
}

fn keys(current: &str, others: &[&str]) -> TokenKeys {
    let others = others.iter().map(|pem| signer(pem)).collect();
    TokenKeys { current: signer(current), others, ed25519: vec![command_line().verifying_key()] }
}

fn issuer(current: &str, others: &[&str]) -> Arc<AccessTokenIssuer> {
    let names = TokenNames { issuer: ISSUER.to_owned(), audience: ISSUER.to_owned() };
    Arc::new(AccessTokenIssuer::new(names, keys(current, others)))
}

fn trusting(issuer: &Arc<AccessTokenIssuer>) -> TrustedIssuers {
    let clock: Arc<dyn Clock> = Arc::new(HandClock::new());
    TrustedIssuers::new(Some(Arc::clone(issuer)), Vec::new(), &clock).unwrap()
}

fn contents() -> AccessTokenContents {
    AccessTokenContents {
        tenant: Uuid::from_u128(1).into(),
        actor: Actor::Person(Uuid::from_u128(2).into()),
        roles: vec!["chair".to_owned(), "a-role-of-the-tenant".to_owned()],
        permissions: [Permission::SessionsRead, Permission::FloorModerate].into(),
        client_id: None,
        sign_in: Some(Uuid::from_u128(4).into()),
        bound_to: Some(P256.thumbprint()),
        issued_at: now(),
        expires_at: at(NOW + 900),
        id: Uuid::from_u128(3),
    }
}

#[tokio::test]
async fn a_token_says_who_may_do_what() {
    let issuer = issuer(&FIRST, &[]);
    let trusted = trusting(&issuer);
    let token = issuer.sign(&contents());
    let expected = VerifiedToken {
        principal: Principal {
            tenant: Uuid::from_u128(1).into(),
            actor: Actor::Person(Uuid::from_u128(2).into()),
            permissions: [Permission::SessionsRead, Permission::FloorModerate].into(),
        },
        bound_to: Some(P256.thumbprint()),
        expires_at: at(NOW + 900),
        grant: Some(Grant::SignIn(Uuid::from_u128(4).into())),
    };
    for _ in 0..2 {
        assert_eq!(trusted.verify(&token, now()).await.unwrap(), expected);
    }
    assert!(trusted.verify(&token, at(NOW + 899)).await.is_ok());
    assert!(matches!(trusted.verify(&token, at(NOW + 900)).await, Err(TokenError::Expired)));
}

#[tokio::test]
async fn a_token_of_a_client_rests_on_the_client() {
    let issuer = issuer(&FIRST, &[]);
    let trusted = trusting(&issuer);
    let grant_of = async |tenant: u128, client_id: Option<String>| {
        let contents = AccessTokenContents {
            tenant: Uuid::from_u128(tenant).into(),
            client_id,
            sign_in: None,
            ..contents()
        };
        trusted.verify(&issuer.sign(&contents), now()).await.unwrap().grant
    };
    let (tenant, client) = (Uuid::from_u128(1).into(), Uuid::from_u128(9).into());
    let name = ClientName { tenant, client }.to_string();
    assert_eq!(grant_of(1, Some(name.clone())).await, Some(Grant::Client(client)));
    // Another tenant's client, what is no client, and nobody in particular: nothing that could be taken back here.
    for (tenant, name) in [(2, Some(name)), (1, Some("acta_x".to_owned())), (1, None)] {
        assert_eq!(grant_of(tenant, name).await, None);
    }
}

#[tokio::test]
async fn a_service_is_known_by_its_name() {
    let issuer = issuer(&FIRST, &[]);
    let actor = Actor::Service("scheduler".to_owned());
    let contents = AccessTokenContents {
        actor: actor.clone(),
        client_id: Some("acta_x".to_owned()),
        bound_to: None,
        ..contents()
    };
    let verified = trusting(&issuer).verify(&issuer.sign(&contents), now()).await.unwrap();
    assert_eq!((verified.principal.actor, verified.bound_to), (actor, None));
}

#[test]
fn another_library_accepts_our_tokens_by_the_published_keys() {
    let issuer = issuer(&FIRST, &[]);
    let token = issuer.sign(&contents());
    let header = jsonwebtoken::decode_header(&token).unwrap();
    let published: JwkSet = serde_json::from_value(issuer.published()).unwrap();
    let key = DecodingKey::from_jwk(published.find(header.kid.as_deref().unwrap()).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[ISSUER]);
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap().claims;
    let expected = json!({
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": "person:00000000-0000-0000-0000-000000000002",
        "tenant": "00000000-0000-0000-0000-000000000001",
        "roles": ["chair", "a-role-of-the-tenant"],
        "permissions": ["sessions:read", "floor:moderate"],
        "iat": NOW,
        "exp": NOW + 900,
        "jti": "00000000-0000-0000-0000-000000000003",
        "client_id": "acta",
        "sid": "00000000-0000-0000-0000-000000000004",
        "cnf": { "jkt": P256.thumbprint() },
    });
    assert_eq!(claims, expected);
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    assert_eq!(header.kid, Some(issuer.key_id()));
}

#[test]
fn keys_are_published_without_what_is_secret() {
    let published = issuer(&SECOND, &[&FIRST]).published();
    let keys = published["keys"].as_array().unwrap();
    let kinds: Vec<_> =
        keys.iter().map(|key| (key["alg"].as_str().unwrap(), key["use"].as_str().unwrap())).collect();
    assert_eq!(kinds, [("RS256", "sig"), ("RS256", "sig"), ("EdDSA", "sig")]);
    assert_eq!(keys[0]["kid"], signer(&SECOND).key_id());
    assert_eq!(keys[2], command_line().verifying_key().to_jwk());
    for key in keys {
        let names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(
            names.iter().all(|name| ["alg", "crv", "e", "kid", "kty", "n", "use", "x"].contains(name)),
            "{names:?}"
        );
    }
}

#[tokio::test]
async fn tokens_of_a_key_are_accepted_while_it_is_published() {
    let issuer = issuer(&FIRST, &[]);
    let trusted = trusting(&issuer);
    let old = issuer.sign(&contents());
    assert!(trusted.verify(&old, now()).await.is_ok());

    assert!(trusted.health(now()).is_none(), "nobody else is needed");

    issuer.replace_keys(keys(&SECOND, &[&FIRST]));
    let new = issuer.sign(&contents());
    assert!(trusted.verify(&old, now()).await.is_ok());
    assert!(trusted.verify(&new, now()).await.is_ok());

    issuer.replace_keys(keys(&SECOND, &[]));
    assert!(
        matches!(trusted.verify(&old, now()).await, Err(TokenError::Invalid)),
        "it was seen, and is forgotten"
    );
    assert!(trusted.verify(&new, now()).await.is_ok());
}

/// A token as the command line makes it, by another library.
fn token_of_the_command_line(change: impl Fn(&mut Value)) -> String {
    let key = command_line();
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(key.verifying_key().id().to_string());
    let mut claims = json!({
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": "person:00000000-0000-0000-0000-000000000002",
        "tenant": "00000000-0000-0000-0000-000000000001",
        "roles": ["observer"],
        "iat": NOW,
        "exp": NOW + 900,
    });
    change(&mut claims);
    let key = EncodingKey::from_ed_pem(key.to_pkcs8_pem().as_bytes()).unwrap();
    jsonwebtoken::encode(&header, &claims, &key).unwrap()
}

#[tokio::test]
async fn tokens_of_the_command_line_are_accepted() {
    let trusted = trusting(&issuer(&FIRST, &[]));
    let verified = trusted.verify(&token_of_the_command_line(|_| ()), now()).await.unwrap();
    assert_eq!(verified.principal.permissions, Role::Observer.permissions().iter().copied().collect());
}

/// What is said, how, and which claim is at fault.
type BadClaim = (&'static str, fn(&mut Value), &'static str);

#[tokio::test]
async fn a_token_that_says_nothing_we_can_work_with_is_refused() {
    let rows: &[BadClaim] = &[
        ("no tenant", |c| c["tenant"] = Value::Null, "tenant"),
        ("a tenant that is no UUID", |c| c["tenant"] = json!("one"), "tenant"),
        ("no subject", |c| c["sub"] = Value::Null, "sub"),
        ("time itself", |c| c["sub"] = json!("clock"), "sub"),
        ("a bare UUID", |c| c["sub"] = json!("00000000-0000-0000-0000-000000000002"), "sub"),
        ("an e-mail address", |c| c["sub"] = json!("service:a@b.example"), "sub"),
        ("roles that are a number", |c| c["roles"] = json!(1), "roles"),
        ("a role that is a number", |c| c["roles"] = json!([1]), "roles"),
        ("permissions that are an object", |c| c["permissions"] = json!({}), "permissions"),
        ("a scope that is a number", |c| c["scope"] = json!(1), "scope"),
        ("bound to a certificate", |c| c["cnf"] = json!({ "x5t#S256": "A".repeat(43) }), "cnf"),
        ("bound to nothing", |c| c["cnf"] = json!({}), "cnf"),
        ("bound to null", |c| c["cnf"] = Value::Null, "cnf"),
        ("bound to half a key", |c| c["cnf"] = json!({ "jkt": "AAAA" }), "cnf"),
    ];
    let trusted = trusting(&issuer(&FIRST, &[]));
    for (name, change, claim) in rows {
        let result = trusted.verify(&token_of_the_command_line(change), now()).await;
        assert!(matches!(result, Err(TokenError::Claim(found)) if found == *claim), "{name}: {result:?}");
    }
}

/// What is said, how, and what it grants.
type Claimed = (&'static str, fn(&mut Value), &'static [Permission]);

#[tokio::test]
async fn what_a_token_lists_counts_and_else_its_roles() {
    use Permission::{FeedRead, FloorModerate, SessionsRead};
    let rows: &[Claimed] = &[
        ("roles", |c| c["roles"] = json!(["observer"]), &[SessionsRead]),
        ("a role of another version", |c| c["roles"] = json!(["observer", "emperor"]), &[SessionsRead]),
        ("no permissions", |c| c["permissions"] = json!([]), &[]),
        ("permissions", |c| c["permissions"] = json!(["feed:read", "x:y"]), &[FeedRead]),
        ("a scope", |c| c["scope"] = json!("openid floor:moderate"), &[FloorModerate]),
        ("a scope of others", |c| c["scope"] = json!("openid profile"), &[SessionsRead]),
        (
            "permissions and a scope",
            |c| {
                c["permissions"] = json!(["feed:read"]);
                c["scope"] = json!("floor:moderate");
            },
            &[FloorModerate, FeedRead],
        ),
    ];
    let trusted = trusting(&issuer(&FIRST, &[]));
    for (name, change, expected) in rows {
        let verified = trusted.verify(&token_of_the_command_line(change), now()).await.unwrap();
        assert_eq!(verified.principal.permissions, expected.iter().copied().collect(), "{name}");
    }
}

#[test]
fn what_is_no_rsa_key_signs_nothing() {
    let error = |pem: &str| Rs256Signer::from_pkcs8_pem(pem).err();
    assert_eq!(error(""), Some(RsaKeyError::Pem));
    assert_eq!(
        error("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        Some(RsaKeyError::Rsa)
    );
    assert_eq!(error(&command_line().to_pkcs8_pem()), Some(RsaKeyError::Rsa));
    assert_eq!(error(&FIRST.replace("BEGIN PRIVATE", "BEGIN PUBLIC")), Some(RsaKeyError::Pem));
}
