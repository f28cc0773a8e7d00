//! RFC 7519 and RFC 9068: what the claims of an access token must be.

use acta_oauth::jwt::{JwtError, KeySet, Rules, Times, check};
use serde_json::{Value, json};

use crate::keys::{ED25519, Key, P256, RSA};
use crate::times::{NOW, at, now};

fn rules() -> Rules {
    Rules {
        issuer: "https://issuer.example".to_owned(),
        audiences: vec!["https://acta.example".to_owned(), "acta".to_owned()],
        plain_jwt: false,
        by_our_clock: false,
    }
}

fn keys() -> KeySet {
    let keys = json!({ "keys": [RSA.published("rsa"), P256.published("p256"), ED25519.published("ed")] });
    KeySet::parse(keys.to_string().as_bytes()).unwrap()
}

fn claims() -> Value {
    json!({ "iss": "https://issuer.example", "aud": "https://acta.example", "iat": NOW - 10, "exp": NOW + 600 })
}

fn token(key: &Key, kid: &str, claims: &str) -> String {
    key.jws(&json!({ "typ": "at+jwt", "alg": key.algorithm(), "kid": kid }).to_string(), claims)
}

#[test]
fn a_token_of_each_algorithm_is_accepted() {
    for (key, kid) in [(&*RSA, "rsa"), (&*P256, "p256"), (&*ED25519, "ed")] {
        let times = check(&token(key, kid, &claims().to_string()), &rules(), &keys(), now());
        let Times { ends, begins, .. } = times.unwrap();
        assert_eq!((ends, begins), (at(NOW + 600), Some(at(NOW - 10))), "{kid}");
    }
}

type Change = fn(&mut Value);

#[test]
fn claims_are_what_they_must_be() {
    let rows: &[(&str, Change, Result<(), JwtError>)] = &[
        ("one of several audiences", |c| c["aud"] = json!(["x", "acta"]), Ok(())),
        ("a fraction of a second", |c| c["exp"] = json!(1_795_000_600.5_f64), Ok(())),
        ("no iat", |c| remove(c, "iat"), Ok(())),
        ("ended 59 seconds ago", |c| c["exp"] = json!(NOW - 59), Ok(())),
        ("ended a minute ago", |c| c["exp"] = json!(NOW - 60), Err(JwtError::Expired)),
        ("begins in a minute", |c| c["nbf"] = json!(NOW + 60), Ok(())),
        ("begins later", |c| c["nbf"] = json!(NOW + 61), Err(JwtError::NotYet)),
        ("issued in the future", |c| c["iat"] = json!(NOW + 61), Err(JwtError::NotYet)),
        ("no exp", |c| remove(c, "exp"), Err(JwtError::Claim("exp"))),
        ("exp is text", |c| c["exp"] = json!("1795000600"), Err(JwtError::Claim("exp"))),
        ("exp null", |c| c["exp"] = Value::Null, Err(JwtError::Claim("exp"))),
        ("exp before 1970", |c| c["exp"] = json!(-1), Err(JwtError::Claim("exp"))),
        ("exp beyond all time", |c| c["exp"] = json!(i64::MAX), Err(JwtError::Claim("exp"))),
        ("exp beyond all numbers", |c| c["exp"] = json!(1e308), Err(JwtError::Claim("exp"))),
        ("nbf is a list", |c| c["nbf"] = json!([1]), Err(JwtError::Claim("nbf"))),
        ("iat is an object", |c| c["iat"] = json!({}), Err(JwtError::Claim("iat"))),
        ("no iss", |c| remove(c, "iss"), Err(JwtError::Claim("iss"))),
        ("iss is a list", |c| c["iss"] = json!(["https://issuer.example"]), Err(JwtError::Claim("iss"))),
        ("another iss", |c| c["iss"] = json!("https://other.example"), Err(JwtError::Issuer)),
        ("iss with a slash more", |c| c["iss"] = json!("https://issuer.example/"), Err(JwtError::Issuer)),
        ("no aud", |c| remove(c, "aud"), Err(JwtError::Claim("aud"))),
        ("no audience", |c| c["aud"] = json!([]), Err(JwtError::Audience)),
        ("another audience", |c| c["aud"] = json!("https://acta.example/other"), Err(JwtError::Audience)),
        ("aud is a number", |c| c["aud"] = json!(1), Err(JwtError::Claim("aud"))),
        ("numbers in aud", |c| c["aud"] = json!(["acta", 1]), Err(JwtError::Claim("aud"))),
    ];
    for (name, change, expected) in rows {
        let mut claims = claims();
        change(&mut claims);
        let result = check(&token(&P256, "p256", &claims.to_string()), &rules(), &keys(), now());
        assert_eq!(result.map(drop), *expected, "{name}");
    }
}

#[test]
fn what_is_no_jwt_is_no_token() {
    let good = token(&P256, "p256", &claims().to_string());
    let twice = claims().to_string().replacen('{', r#"{"exp":1,"#, 1);
    let escaped_twice = claims().to_string().replacen('{', r#"{"\u0065xp":1,"#, 1);
    for (name, token, error) in [
        ("nothing", String::new(), JwtError::Form),
        ("words", "not a token".to_owned(), JwtError::Form),
        ("four parts", format!("{good}.AA"), JwtError::Form),
        ("five parts, as JWE has", format!("{good}.AA.AA"), JwtError::Form),
        ("padding", format!("{good}=="), JwtError::Form),
        ("a line's end", format!("{good}\n"), JwtError::Form),
        ("claims that are no object", token(&P256, "p256", "\"claims\""), JwtError::Form),
        ("claims that end early", token(&P256, "p256", "{\"iss\":"), JwtError::Form),
        ("a member twice", token(&P256, "p256", &twice), JwtError::Form),
        ("a member twice, escaped", token(&P256, "p256", &escaped_twice), JwtError::Form),
        ("a thousand lists in each other", token(&P256, "p256", &"[".repeat(1_000)), JwtError::Form),
        ("a huge token", "A".repeat(16 * 1_024 + 1), JwtError::TooLong),
    ] {
        assert_eq!(check(&token, &rules(), &keys(), now()), Err(error), "{name}");
    }
}

#[test]
fn a_token_of_sixteen_kibibytes_is_not_too_long() {
    let mut claims = claims();
    claims["groups"] = json!("x".repeat(11_900));
    let token = token(&P256, "p256", &claims.to_string());
    assert!((16_000..16 * 1_024).contains(&token.len()), "{} bytes", token.len());
    assert!(check(&token, &rules(), &keys(), now()).is_ok());
}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().remove(name).unwrap();
}

#[test]
fn a_token_of_our_own_clock_ends_to_the_second() {
    let ending = |ends: i64| {
        let mut claims = claims();
        claims["exp"] = json!(ends);
        token(&P256, "p256", &claims.to_string())
    };
    let ours = Rules { by_our_clock: true, ..rules() };
    assert_eq!(check(&ending(NOW), &ours, &keys(), now()), Err(JwtError::Expired));
    assert!(check(&ending(NOW + 1), &ours, &keys(), now()).is_ok());
    assert!(check(&ending(NOW), &rules(), &keys(), now()).is_ok());
}
