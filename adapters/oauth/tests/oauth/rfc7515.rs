//! RFC 7515, 7638 and 8037: the examples of signatures and thumbprints.

use acta_oauth::jose::{Algorithm, JwkError, PublicJwk, PublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::keys::{P256, RSA, base64url};

const JOE: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

struct Example {
    name: &'static str,
    algorithm: Algorithm,
    jwk: Value,
    signed: String,
    signature: &'static str,
}

fn examples() -> [Example; 3] {
    [
        Example {
            name: "RFC 7515 A.2",
            algorithm: Algorithm::Rs256,
            jwk: json!({
                "kty": "RSA",
                "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-\
                      SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo\
                      7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs\
                      91kzk2PAcDTW9gb54h4FRWyuXpoQ",
                "e": "AQAB",
            }),
            signed: format!("eyJhbGciOiJSUzI1NiJ9.{JOE}"),
            signature: "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdb\
                        F9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383\
                        LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy\
                        wlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        },
        Example {
            name: "RFC 7515 A.3",
            algorithm: Algorithm::Es256,
            jwk: json!({
                "kty": "EC",
                "crv": "P-256",
                "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            }),
            signed: format!("eyJhbGciOiJFUzI1NiJ9.{JOE}"),
            signature: "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        },
        Example {
            name: "RFC 8037 A.4",
            algorithm: Algorithm::EdDsa,
            jwk: json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
            signed: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".to_owned(),
            signature: "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        },
    ]
}

fn parse(jwk: &Value) -> Result<PublicJwk, JwkError> {
    PublicJwk::parse(jwk.to_string().as_bytes())
}

#[test]
fn the_examples_verify() {
    for example in examples() {
        let key = PublicKey::new(&parse(&example.jwk).unwrap()).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(example.signature).unwrap();
        assert_eq!(key.algorithm(), example.algorithm, "{}", example.name);
        assert!(key.verifies(example.signed.as_bytes(), &signature), "{}", example.name);
    }
}

#[test]
fn the_examples_altered_do_not_verify() {
    for example in examples() {
        let key = PublicKey::new(&parse(&example.jwk).unwrap()).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(example.signature).unwrap();
        let mut flipped = signature.clone();
        flipped[7] ^= 1;
        assert!(!key.verifies(format!("{}A", example.signed).as_bytes(), &signature), "{}", example.name);
        assert!(!key.verifies(example.signed.as_bytes(), &flipped), "{}", example.name);
        assert!(!key.verifies(example.signed.as_bytes(), &signature[1..]), "{}", example.name);
        assert!(!key.verifies(example.signed.as_bytes(), &vec![0; signature.len()]), "{}", example.name);
        assert!(!key.verifies(example.signed.as_bytes(), &[]), "{}", example.name);
    }
}

#[test]
fn thumbprints_are_those_of_the_examples() {
    let rsa = json!({
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs\
              tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1\
              n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "alg": "RS256",
        "kid": "2011-04-29",
    });
    let ed25519 =
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    for (name, jwk, thumbprint) in [
        ("RFC 7638 §3.1", rsa, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
        ("RFC 8037 A.3", ed25519, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
    ] {
        assert_eq!(parse(&jwk).unwrap().thumbprint().to_string(), thumbprint, "{name}");
    }
}

#[test]
fn what_is_no_public_key_for_signatures_is_refused() {
    let with = |jwk: &Value, name: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk[name] = value;
        jwk
    };
    let (ec, rsa) = (P256.jwk(), RSA.jwk());
    let zero_first = base64url(&[&[0], &[0xff; 256][..]].concat());
    for (name, jwk, error) in [
        ("a private key", with(&ec, "d", json!("AA")), JwkError::Secret),
        ("a private key's null", with(&ec, "d", Value::Null), JwkError::Secret),
        ("a prime", with(&rsa, "p", json!("AA")), JwkError::Secret),
        ("a symmetric key", json!({ "kty": "oct", "k": "AAAA" }), JwkError::Secret),
        ("no type", json!({ "crv": "P-256" }), JwkError::Form),
        ("another type", json!({ "kty": "AKP" }), JwkError::Unsupported),
        ("another curve", with(&ec, "crv", json!("P-384")), JwkError::Unsupported),
        ("secp256k1", with(&ec, "crv", json!("secp256k1")), JwkError::Unsupported),
        (
            "a key for agreement",
            json!({ "kty": "OKP", "crv": "X25519", "x": base64url(&[9; 32]) }),
            JwkError::Unsupported,
        ),
        ("for encryption", with(&rsa, "use", json!("enc")), JwkError::Unsupported),
        ("for another algorithm", with(&rsa, "alg", json!("PS256")), JwkError::Unsupported),
        ("for HMAC", with(&rsa, "alg", json!("HS256")), JwkError::Unsupported),
        ("for wrapping", with(&rsa, "key_ops", json!(["wrapKey"])), JwkError::Unsupported),
        ("half a point", json!({ "kty": "EC", "crv": "P-256", "x": ec["x"] }), JwkError::Form),
        ("a short coordinate", with(&ec, "x", json!(base64url(&[1; 31]))), JwkError::Form),
        ("padding", with(&ec, "x", json!(format!("{}=", ec["x"].as_str().unwrap()))), JwkError::Form),
        ("another alphabet", with(&ec, "x", json!("+".repeat(43))), JwkError::Form),
        ("a number as text", with(&ec, "x", json!(7)), JwkError::Form),
        ("1024 bits", with(&rsa, "n", json!(base64url(&[0xff; 128]))), JwkError::Size),
        ("8192 bits", with(&rsa, "n", json!(base64url(&[0xff; 1024]))), JwkError::Size),
        ("a huge exponent", with(&rsa, "e", json!(base64url(&[1; 5]))), JwkError::Size),
        ("a modulus with a zero first", with(&rsa, "n", json!(zero_first)), JwkError::Form),
        ("no modulus", with(&rsa, "n", json!("")), JwkError::Form),
    ] {
        assert_eq!(parse(&jwk), Err(error), "{name}");
    }
}

#[test]
fn a_point_off_its_curve_is_no_key() {
    let x = base64url(&[1; 32]);
    let jwk = parse(&json!({ "kty": "EC", "crv": "P-256", "x": x, "y": x })).unwrap();
    assert_eq!(PublicKey::new(&jwk).err(), Some(JwkError::Numbers));
}
