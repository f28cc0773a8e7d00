//! RFC 9449: the examples, and the twelve checks of §4.3.

use acta_application::access::{KeyThumbprint, ProofRequest};
use acta_domain::Timestamp;
use acta_oauth::Origin;
use acta_oauth::dpop::{CheckedClaims, DpopError, check};
use acta_oauth::jose::JwkError;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::keys::{ED25519, Key, OTHER_P256, P256, RSA, base64url};
use crate::times::{NOW, at, now};

const TOKEN: &str = "an.access.token";
const KEY_OF_THE_RFC: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

fn origins(texts: &[&str]) -> Vec<Origin> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn the_example_of_section_4_1_holds() {
    let proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0Rsc\
                 EJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.ey\
                 JqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxN\
                 TYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
    let request = ProofRequest { proofs: &[proof], method: "POST", path: "/token", token: None };
    let claims = check(&request, &origins(&["https://server.example.com"]), at(1_562_262_616)).unwrap();
    let expected = CheckedClaims {
        key: KeyThumbprint::parse(KEY_OF_THE_RFC).unwrap(),
        id: "-BwC3ESc6acc2lTc".to_owned(),
        made_at: at(1_562_262_616),
        nonce: None,
    };
    assert_eq!(claims, expected);
}

#[test]
fn the_example_of_section_7_1_holds_with_its_token() {
    let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    let proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0Rsc\
                 EJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.ey\
                 JqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvd\
                 XJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrt\
                 NP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
    let key = KeyThumbprint::parse(KEY_OF_THE_RFC).unwrap();
    let (origins, then) = (origins(&["https://resource.example.org"]), at(1_562_262_618));
    let proofs = [proof];
    let request = |token| ProofRequest { proofs: &proofs, method: "GET", path: "/protectedresource", token };
    assert_eq!(check(&request(Some((token, key))), &origins, then).unwrap().key, key);
    assert_eq!(check(&request(Some(("another", key))), &origins, then), Err(DpopError::OtherToken));
    assert_eq!(check(&request(Some((token, P256.thumbprint()))), &origins, then), Err(DpopError::OtherKey));
}

/// A proof for `POST https://acta.example/api/v1/sessions` with [`TOKEN`], to be spoilt.
struct Proof {
    header: Value,
    claims: Value,
    key: &'static Key,
}

impl Proof {
    fn good(key: &'static Key) -> Self {
        Self {
            header: json!({ "typ": "dpop+jwt", "alg": key.algorithm(), "jwk": key.jwk() }),
            claims: json!({
                "jti": "one",
                "htm": "POST",
                "htu": "https://acta.example/api/v1/sessions",
                "iat": NOW,
                "ath": base64url(&Sha256::digest(TOKEN)),
            }),
            key,
        }
    }

    fn text(&self) -> String {
        self.key.jws(&self.header.to_string(), &self.claims.to_string())
    }
}

fn checked(proofs: &[&str]) -> Result<CheckedClaims, DpopError> {
    checked_for(proofs, &P256, now())
}

fn checked_for(proofs: &[&str], bound_to: &Key, now: Timestamp) -> Result<CheckedClaims, DpopError> {
    let token = Some((TOKEN, bound_to.thumbprint()));
    let request = ProofRequest { proofs, method: "POST", path: "/api/v1/sessions", token };
    check(&request, &origins(&["https://acta.example", "http://127.0.0.1:8080"]), now)
}

#[test]
fn a_proof_of_each_algorithm_holds() {
    for key in [&*RSA, &*P256, &*ED25519] {
        let claims = checked_for(&[&Proof::good(key).text()], key, now()).unwrap();
        assert_eq!((claims.key, claims.id.as_str()), (key.thumbprint(), "one"));
    }
}

#[test]
fn there_is_exactly_one_proof() {
    let proof = Proof::good(&P256).text();
    assert_eq!(checked(&[]), Err(DpopError::Missing));
    assert_eq!(checked(&[&proof, &proof]), Err(DpopError::Several));
    assert_eq!(checked(&[&format!("{proof}, {proof}")]), Err(DpopError::Form));
}

/// What is wrong, how to spoil a good proof so, and what is said of it.
type Row = (&'static str, fn(&mut Proof), DpopError);

#[test]
fn a_proof_with_another_header_is_refused() {
    let rows: &[Row] = &[
        ("no typ", |p| remove(&mut p.header, "typ"), DpopError::Type),
        ("typ JWT", |p| p.header["typ"] = json!("JWT"), DpopError::Type),
        ("typ of access tokens", |p| p.header["typ"] = json!("at+jwt"), DpopError::Type),
        ("typ is a number", |p| p.header["typ"] = json!(1), DpopError::Type),
        ("no alg", |p| remove(&mut p.header, "alg"), DpopError::Algorithm),
        ("alg none", |p| p.header["alg"] = json!("none"), DpopError::Algorithm),
        ("alg HS256", |p| p.header["alg"] = json!("HS256"), DpopError::Algorithm),
        ("alg ES384", |p| p.header["alg"] = json!("ES384"), DpopError::Algorithm),
        ("alg in another case", |p| p.header["alg"] = json!("es256"), DpopError::Algorithm),
        ("alg of another key", |p| p.header["alg"] = json!("RS256"), DpopError::Algorithm),
        ("crit", |p| p.header["crit"] = json!(["exp"]), DpopError::Extension),
        ("crit null", |p| p.header["crit"] = Value::Null, DpopError::Extension),
        ("b64 false", |p| p.header["b64"] = json!(false), DpopError::Extension),
        ("no jwk", |p| remove(&mut p.header, "jwk"), DpopError::Key(JwkError::Form)),
        ("jwk is text", |p| p.header["jwk"] = json!("key"), DpopError::Key(JwkError::Form)),
        ("a private jwk", |p| p.header["jwk"]["d"] = json!("AA"), DpopError::Key(JwkError::Secret)),
        (
            "a symmetric jwk",
            |p| p.header["jwk"] = json!({ "kty": "oct", "k": "AAAA" }),
            DpopError::Key(JwkError::Secret),
        ),
        (
            "a jwk of another curve",
            |p| p.header["jwk"]["crv"] = json!("P-384"),
            DpopError::Key(JwkError::Unsupported),
        ),
        (
            "a jwk of no point",
            |p| p.header["jwk"]["y"] = p.header["jwk"]["x"].clone(),
            DpopError::Key(JwkError::Numbers),
        ),
        ("a foreign jwk", |p| p.header["jwk"] = OTHER_P256.jwk(), DpopError::Signature),
        ("signed with another key", |p| p.key = &OTHER_P256, DpopError::Signature),
    ];
    for (name, spoil, error) in rows {
        let mut proof = Proof::good(&P256);
        spoil(&mut proof);
        assert_eq!(checked(&[&proof.text()]), Err(*error), "{name}");
    }
}

#[test]
fn a_proof_with_other_claims_is_refused() {
    let rows: &[Row] = &[
        ("no htm", |p| remove(&mut p.claims, "htm"), DpopError::Claim("htm")),
        ("htm is a list", |p| p.claims["htm"] = json!(["POST"]), DpopError::Claim("htm")),
        ("another htm", |p| p.claims["htm"] = json!("GET"), DpopError::Method),
        ("htm in another case", |p| p.claims["htm"] = json!("post"), DpopError::Method),
        ("no htu", |p| remove(&mut p.claims, "htu"), DpopError::Claim("htu")),
        ("htu null", |p| p.claims["htu"] = Value::Null, DpopError::Claim("htu")),
        ("no iat", |p| remove(&mut p.claims, "iat"), DpopError::Claim("iat")),
        ("iat is text", |p| p.claims["iat"] = json!(NOW.to_string()), DpopError::Claim("iat")),
        ("iat before 1970", |p| p.claims["iat"] = json!(-1), DpopError::Claim("iat")),
        ("iat beyond all time", |p| p.claims["iat"] = json!(1e300), DpopError::Claim("iat")),
        ("a stale iat", |p| p.claims["iat"] = json!(NOW - 61), DpopError::Old),
        ("a future iat", |p| p.claims["iat"] = json!(NOW + 6), DpopError::Future),
        ("no jti", |p| remove(&mut p.claims, "jti"), DpopError::Claim("jti")),
        ("an empty jti", |p| p.claims["jti"] = json!(""), DpopError::Claim("jti")),
        ("a jti of 257 characters", |p| p.claims["jti"] = json!("x".repeat(257)), DpopError::Claim("jti")),
        ("jti is a number", |p| p.claims["jti"] = json!(1), DpopError::Claim("jti")),
        ("no ath", |p| remove(&mut p.claims, "ath"), DpopError::Claim("ath")),
        ("ath is a number", |p| p.claims["ath"] = json!(1), DpopError::Claim("ath")),
        (
            "ath of another token",
            |p| p.claims["ath"] = json!(base64url(&Sha256::digest("another"))),
            DpopError::OtherToken,
        ),
        ("the token itself", |p| p.claims["ath"] = json!(TOKEN), DpopError::OtherToken),
        ("nonce is a number", |p| p.claims["nonce"] = json!(1), DpopError::Claim("nonce")),
    ];
    for (name, spoil, error) in rows {
        let mut proof = Proof::good(&P256);
        spoil(&mut proof);
        assert_eq!(checked(&[&proof.text()]), Err(*error), "{name}");
    }
}

#[test]
fn a_proof_is_for_one_address() {
    for (htu, good) in [
        ("https://acta.example/api/v1/sessions", true),
        ("HTTPS://ACTA.example:443/api/v1/sessions", true),
        ("https://acta.example/api/v1/sessions?page=2", true),
        ("https://acta.example/api/v1/sessions#x", true),
        ("https://acta.example/api/%761/sessions", true),
        ("http://127.0.0.1:8080/api/v1/sessions", true),
        ("http://acta.example/api/v1/sessions", false),
        ("https://evil.example/api/v1/sessions", false),
        ("https://acta.example.evil.example/api/v1/sessions", false),
        ("https://acta.example@evil.example/api/v1/sessions", false),
        ("https://acta.example:8443/api/v1/sessions", false),
        ("http://127.0.0.1/api/v1/sessions", false),
        ("http://localhost:8080/api/v1/sessions", false),
        ("https://acta.example/api/v1/Sessions", false),
        ("https://acta.example/api/v1/sessions/", false),
        ("https://acta.example/api/v1%2Fsessions", false),
        ("https://acta.example/api/v1", false),
        ("https://acta.example", false),
        ("/api/v1/sessions", false),
        ("", false),
    ] {
        let mut proof = Proof::good(&P256);
        proof.claims["htu"] = json!(htu);
        let result = checked(&[&proof.text()]).map(drop);
        assert_eq!(result, if good { Ok(()) } else { Err(DpopError::Address) }, "{htu}");
    }
}

#[test]
fn a_proof_holds_for_a_minute_and_clocks_may_be_five_seconds_apart() {
    let proof = Proof::good(&P256).text();
    for (seconds, result) in
        [(-6, Err(DpopError::Future)), (-5, Ok(())), (0, Ok(())), (60, Ok(())), (61, Err(DpopError::Old))]
    {
        assert_eq!(
            checked_for(&[&proof], &P256, at(NOW + seconds)).map(drop),
            result,
            "{seconds} seconds later"
        );
    }
}

#[test]
fn a_fraction_of_a_second_is_a_time_too() {
    let mut proof = Proof::good(&P256);
    proof.claims["iat"] = json!(1_794_999_999.25_f64);
    let made_at = checked(&[&proof.text()]).unwrap().made_at;
    assert_eq!(made_at.as_micros(), 1_794_999_999_250_000);
}

#[test]
fn a_proof_made_with_another_key_than_the_token_is_bound_to_is_refused() {
    assert_eq!(checked(&[&Proof::good(&OTHER_P256).text()]), Err(DpopError::OtherKey));
}

#[test]
fn what_is_no_jws_is_no_proof() {
    let good = Proof::good(&P256);
    let text = good.text();
    let [header, claims, signature] = text.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let json_form =
        json!({ "payload": claims, "signatures": [{ "protected": header, "signature": signature }] });
    let twice = good.claims.to_string().replacen('{', r#"{"htm":"GET","#, 1);
    let header_twice = good.header.to_string().replacen('{', r#"{"alg":"ES256","#, 1);
    for (name, proof, error) in [
        ("nothing", String::new(), DpopError::Form),
        ("two parts", format!("{header}.{claims}"), DpopError::Form),
        ("two signatures", format!("{text}.{signature}"), DpopError::Form),
        ("the JSON form", json_form.to_string(), DpopError::Form),
        ("padding", format!("{text}="), DpopError::Form),
        ("a space", format!(" {text}"), DpopError::Form),
        ("another alphabet", format!("{header}.{claims}.+/{}", &signature[2..]), DpopError::Form),
        ("a header that is no object", P256.jws("[]", "{}"), DpopError::Form),
        ("claims that are no object", P256.jws(&good.header.to_string(), "[]"), DpopError::Form),
        (
            "claims that are not encoded as UTF-8",
            format!("{header}.{}.{signature}", base64url(b"{\"a\":\"\xff\"}")),
            DpopError::Form,
        ),
        (
            "a header that says something twice",
            P256.jws(&header_twice, &good.claims.to_string()),
            DpopError::Form,
        ),
        ("claims that say something twice", P256.jws(&good.header.to_string(), &twice), DpopError::Form),
        ("no signature", format!("{header}.{claims}."), DpopError::Signature),
        ("other claims", format!("{header}.{}.{signature}", base64url(b"{}")), DpopError::Signature),
        ("a huge proof", format!("{text}{}", "A".repeat(8_192)), DpopError::TooLong),
    ] {
        assert_eq!(checked(&[&proof]), Err(error), "{name}");
    }
}

#[test]
fn no_character_of_a_proof_can_be_another() {
    let proof = Proof::good(&P256).text();
    for place in 0..proof.len() {
        let other = if &proof[place..=place] == "A" { "B" } else { "A" };
        let altered = format!("{}{other}{}", &proof[..place], &proof[place + 1..]);
        assert!(checked(&[&altered]).is_err(), "character {place}");
    }
}

#[test]
fn where_a_token_is_asked_for_no_token_need_be_hashed() {
    let mut proof = Proof::good(&ED25519);
    remove(&mut proof.claims, "ath");
    proof.claims["nonce"] = json!("n");
    let text = proof.text();
    let request = ProofRequest { proofs: &[&text], method: "POST", path: "/api/v1/sessions", token: None };
    let claims = check(&request, &origins(&["https://acta.example"]), now()).unwrap();
    assert_eq!((claims.key, claims.nonce.as_deref()), (ED25519.thumbprint(), Some("n")));
}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().remove(name).unwrap();
}
