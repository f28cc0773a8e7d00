//! RFC 8725: the known ways to deceive whoever verifies a JWT.

use acta_oauth::jwt::{JwksError, JwtError, KeySet, Rules, check};
use aws_lc_rs::hmac;
use serde_json::{Value, json};

use crate::keys::{ED25519, Key, OTHER_P256, P256, RSA, base64url};
use crate::times::{NOW, now};

fn rules(plain_jwt: bool) -> Rules {
    Rules {
        issuer: "https://issuer.example".to_owned(),
        audiences: vec!["acta".to_owned()],
        plain_jwt,
        by_our_clock: false,
    }
}

fn keys() -> KeySet {
    let keys = json!({ "keys": [RSA.published("rsa"), P256.published("p256"), ED25519.published("ed")] });
    KeySet::parse(keys.to_string().as_bytes()).unwrap()
}

fn claims() -> String {
    json!({ "iss": "https://issuer.example", "aud": "acta", "exp": NOW + 600 }).to_string()
}

fn header() -> Value {
    json!({ "typ": "at+jwt", "alg": "ES256", "kid": "p256" })
}

fn result(token: &str) -> Result<(), JwtError> {
    check(token, &rules(false), &keys(), now()).map(drop)
}

#[test]
fn a_token_without_signature_is_refused() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let mut header = header();
        header["alg"] = json!(alg);
        let unsigned =
            format!("{}.{}.", base64url(header.to_string().as_bytes()), base64url(claims().as_bytes()));
        assert_eq!(result(&unsigned), Err(JwtError::Algorithm), "{alg}");
    }
    let signed = P256.jws(&header().to_string(), &claims());
    let (message, _) = signed.rsplit_once('.').unwrap();
    assert_eq!(result(&format!("{message}.")), Err(JwtError::Signature));
}

/// A public key is no secret, in whatever form somebody takes it for one.
#[test]
fn a_public_key_is_not_taken_for_a_shared_secret() {
    let jwk = RSA.published("rsa");
    for secret in [jwk["n"].as_str().unwrap().to_owned(), jwk.to_string(), String::new()] {
        for alg in ["HS256", "HS384", "HS512"] {
            let header = json!({ "typ": "at+jwt", "alg": alg, "kid": "rsa" }).to_string();
            let message = format!("{}.{}", base64url(header.as_bytes()), base64url(claims().as_bytes()));
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), message.as_bytes());
            let token = format!("{message}.{}", base64url(tag.as_ref()));
            assert_eq!(result(&token), Err(JwtError::Algorithm), "{alg}");
        }
    }
}

#[test]
fn the_key_decides_the_algorithm() {
    for (key, kid, alg) in [
        (&*P256, "p256", "RS256"),
        (&*P256, "p256", "EdDSA"),
        (&*RSA, "rsa", "ES256"),
        (&*RSA, "rsa", "PS256"),
        (&*RSA, "rsa", "RS384"),
        (&*RSA, "rsa", "RS512"),
        (&*ED25519, "ed", "ES256"),
        (&*ED25519, "ed", "Ed448"),
        (&*P256, "rsa", "ES256"),
        (&*P256, "p256", "ES256K"),
        (&*P256, "p256", "es256"),
    ] {
        let header = json!({ "typ": "at+jwt", "alg": alg, "kid": kid }).to_string();
        assert_eq!(
            result(&key.jws(&header, &claims())),
            Err(JwtError::Algorithm),
            "{alg} with the key {kid}"
        );
    }
}

type Row = (&'static str, fn(&mut Value), &'static std::sync::LazyLock<Key>, Result<(), JwtError>);

#[test]
fn the_header_decides_nothing_else() {
    let rows: &[Row] = &[
        ("as it should be", |_| (), &P256, Ok(())),
        ("the long type", |h| h["typ"] = json!("application/at+jwt"), &P256, Ok(())),
        ("the type in another case", |h| h["typ"] = json!("Application/AT+JWT"), &P256, Ok(())),
        ("no typ", |h| remove(h, "typ"), &P256, Err(JwtError::Type)),
        ("typ JWT", |h| h["typ"] = json!("JWT"), &P256, Err(JwtError::Type)),
        ("typ of proofs", |h| h["typ"] = json!("dpop+jwt"), &P256, Err(JwtError::Type)),
        ("typ of log-out tokens", |h| h["typ"] = json!("logout+jwt"), &P256, Err(JwtError::Type)),
        ("typ null", |h| h["typ"] = Value::Null, &P256, Err(JwtError::Type)),
        ("crit", |h| h["crit"] = json!(["exp"]), &P256, Err(JwtError::Extension)),
        ("an empty crit", |h| h["crit"] = json!([]), &P256, Err(JwtError::Extension)),
        ("b64 false", |h| h["b64"] = json!(false), &P256, Err(JwtError::Extension)),
        ("no alg", |h| remove(h, "alg"), &P256, Err(JwtError::Algorithm)),
        ("alg is a list", |h| h["alg"] = json!(["ES256"]), &P256, Err(JwtError::Algorithm)),
        ("no kid", |h| remove(h, "kid"), &P256, Err(JwtError::UnknownKey)),
        ("kid is a number", |h| h["kid"] = json!(0), &P256, Err(JwtError::UnknownKey)),
        ("an unknown kid", |h| h["kid"] = json!("../p256"), &P256, Err(JwtError::UnknownKey)),
        ("a forged signature", |_| (), &OTHER_P256, Err(JwtError::Signature)),
        ("a key of its own", |h| h["jwk"] = OTHER_P256.jwk(), &OTHER_P256, Err(JwtError::Signature)),
        (
            "keys at an address of its own",
            |h| h["jku"] = json!("https://evil.example/keys"),
            &OTHER_P256,
            Err(JwtError::Signature),
        ),
        (
            "a certificate at an address of its own",
            |h| h["x5u"] = json!("https://evil.example/cert"),
            &OTHER_P256,
            Err(JwtError::Signature),
        ),
        (
            "an address that is not looked at",
            |h| h["jku"] = json!("https://evil.example/keys"),
            &P256,
            Ok(()),
        ),
    ];
    for (name, change, key, expected) in rows {
        let mut header = header();
        change(&mut header);
        assert_eq!(result(&key.jws(&header.to_string(), &claims())), *expected, "{name}");
    }
}

#[test]
fn a_header_says_nothing_twice() {
    let twice = header().to_string().replacen('{', r#"{"alg":"none","#, 1);
    assert_eq!(result(&P256.jws(&twice, &claims())), Err(JwtError::Form));
}

#[test]
fn what_was_signed_is_what_was_sent() {
    let token = P256.jws(&header().to_string(), &claims());
    let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let other = json!({ "iss": "https://issuer.example", "aud": "acta", "exp": NOW + 601 }).to_string();
    let altered = format!("{header}.{}.{signature}", base64url(other.as_bytes()));
    assert_eq!(result(&altered), Err(JwtError::Signature));
}

#[test]
fn no_character_of_a_token_can_be_another() {
    let token = P256.jws(&header().to_string(), &claims());
    for place in 0..token.len() {
        let other = if &token[place..=place] == "A" { "B" } else { "A" };
        let altered = format!("{}{other}{}", &token[..place], &token[place + 1..]);
        assert!(result(&altered).is_err(), "character {place}");
    }
}

#[test]
fn issuers_older_than_rfc_9068_may_leave_the_type_out() {
    for (typ, accepted) in [
        (None, true),
        (Some("JWT"), true),
        (Some("jwt"), true),
        (Some("at+jwt"), true),
        (Some("dpop+jwt"), false),
        (Some("id_token"), false),
    ] {
        let mut header = header();
        remove(&mut header, "typ");
        if let Some(typ) = typ {
            header["typ"] = json!(typ);
        }
        let token = P256.jws(&header.to_string(), &claims());
        let result = check(&token, &rules(true), &keys(), now()).map(drop);
        assert_eq!(result, if accepted { Ok(()) } else { Err(JwtError::Type) }, "{typ:?}");
    }
}

#[test]
fn keys_that_are_of_no_use_are_passed_over() {
    let mut private = P256.published("private");
    private["d"] = json!("AA");
    let mut encryption = RSA.published("encryption");
    encryption["use"] = json!("enc");
    let mut symmetric = json!({ "kty": "oct", "kid": "symmetric", "k": "AAAA" });
    symmetric["alg"] = json!("HS256");
    let keys = json!({ "keys": [
        private, encryption, symmetric, P256.jwk(), {}, 7, null, { "kty": "AKP", "kid": "new" },
        P256.published("good"), OTHER_P256.published("good"),
    ] });
    let keys = KeySet::parse(keys.to_string().as_bytes()).unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys.find("good").map(acta_oauth::jose::PublicKey::thumbprint), Some(P256.thumbprint()));
}

#[test]
fn what_is_no_set_of_keys_is_none() {
    let many = json!({ "keys": vec![P256.published("p256"); 101] }).to_string();
    assert_eq!(KeySet::parse(many.as_bytes()).err(), Some(JwksError::TooMany));
    for other in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":null}"#, "<html>", r#"{"keys":[],"keys":[]}"#]
    {
        assert_eq!(KeySet::parse(other.as_bytes()).err(), Some(JwksError::Form), "{other}");
    }
}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().remove(name).unwrap();
}
