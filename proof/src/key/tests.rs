use super::*;

fn key() -> SigningKey {
    SigningKey::from_seed(&[0x11; 32])
}

#[test]
fn the_published_vector_has_this_key_and_thumbprint() {
    let body = "MCowBQYDK2VwAyEA0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzc=";
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
    let public = key().verifying_key();
    assert_eq!(public.to_spki_pem(), pem);
    assert_eq!(VerifyingKey::from_spki_pem(&pem), Ok(public));
    assert_eq!(
        hex::encode(public.id().0),
        "df8534b253850532d848039d3ff84290439e14706b55db70007af45822fa1144"
    );
}

#[test]
fn the_private_pem_is_pkcs8_version_1() {
    let pem = key().to_pkcs8_pem();
    // A sequence of 46 bytes (30 2e) that begins with version 0 (02 01 00), which is "v1", as `openssl genpkey` writes it.
    let der = [hex::decode("302e020100300506032b657004220420").unwrap(), vec![0x11; 32]].concat();
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    assert_eq!(*pem, format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"));
    assert_eq!(SigningKey::from_pkcs8_pem(&pem).unwrap().verifying_key(), key().verifying_key());
}

#[test]
fn a_jwk_names_the_key_by_its_thumbprint() {
    let public = key().verifying_key();
    let jwk = public.to_jwk();
    assert_eq!((jwk["kty"].as_str(), jwk["crv"].as_str()), (Some("OKP"), Some("Ed25519")));
    assert_eq!(jwk["kid"].as_str().unwrap(), public.id().to_string());
    assert_eq!(URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap(), public.to_bytes());
    assert!(jwk.get("d").is_none());
}

#[test]
fn weak_and_wrong_keys_are_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(VerifyingKey::from_bytes(&identity), Err(KeyError::Weak));
    assert!((0..=255).any(|byte| VerifyingKey::from_bytes(&[byte; 32]) == Err(KeyError::NotAPoint)));
    assert!(matches!(VerifyingKey::from_spki_pem("nonsense"), Err(KeyError::PublicPem(_))));
    assert!(matches!(SigningKey::from_pkcs8_pem("nonsense"), Err(KeyError::PrivatePem(_))));
}

#[test]
fn a_signature_fits_one_message_and_one_key() {
    let signature = key().sign(b"message");
    assert!(key().verifying_key().verifies(b"message", &signature));
    assert!(!key().verifying_key().verifies(b"Message", &signature));
    assert!(!SigningKey::from_seed(&[0x12; 32]).verifying_key().verifies(b"message", &signature));
}

#[test]
fn a_private_key_is_not_printed() {
    assert_eq!(format!("{:?}", key()), format!("SigningKey({})", key().verifying_key().id()));
}
