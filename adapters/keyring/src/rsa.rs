//! RSA keys as PEM (PKCS#8 `PrivateKeyInfo`, RFC 5208, in the form of RFC 7468 §10).

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// Characters in a line of base64 (RFC 7468 §2).
const LINE: usize = 64;
/// A shorter modulus is refused, in bytes (RFC 7518 §3.3).
const SHORTEST: usize = 256;

/// A new key of 3,072 bits. The library draws from the operating system by itself and takes no other source.
pub(crate) fn generate() -> Zeroizing<String> {
    let key = KeyPair::generate(KeySize::Rsa3072).expect("the operating system gives random numbers");
    let der: Pkcs8V1Der<'_> = key.as_der().expect("a key that was made has its PKCS#8");
    to_pem(der.as_ref())
}

/// The thumbprint (RFC 7638) of the key in `pem`, in base64url: the `kid` of what it signs. [`None`] if this is no RSA key of at least
/// 2,048 bits.
pub(crate) fn thumbprint(pem: &str) -> Option<String> {
    let key = KeyPair::from_pkcs8(&of_pem(pem)?).ok().filter(|key| key.public_modulus_len() >= SHORTEST)?;
    let public = key.public_key();
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (e, n) = (
        number(public.exponent().big_endian_without_leading_zero()),
        number(public.modulus().big_endian_without_leading_zero()),
    );
    let members = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(members)))
}

fn to_pem(der: &[u8]) -> Zeroizing<String> {
    let base64 = Zeroizing::new(STANDARD.encode(der));
    // Large enough from the start, so that no copy is left behind by growing.
    let mut pem = Zeroizing::new(String::with_capacity(base64.len() + base64.len() / LINE + 64));
    let lines =
        base64.as_bytes().chunks(LINE).map(|line| std::str::from_utf8(line).expect("base64 is ASCII"));
    for line in std::iter::once(BEGIN).chain(lines).chain([END]) {
        pem.push_str(line);
        pem.push('\n');
    }
    pem
}

fn of_pem(pem: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (body, _) = pem.split_once(BEGIN)?.1.split_once(END)?;
    let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
    base64.extend(body.split_ascii_whitespace());
    STANDARD.decode(base64.as_bytes()).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_was_made_is_read_again() {
        let pem = generate();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\nMII"));
        assert!(pem.lines().all(|line| line.len() <= LINE) && pem.ends_with("-----END PRIVATE KEY-----\n"));
        assert_eq!(thumbprint(&pem).unwrap().len(), 43);
        assert_eq!(thumbprint(&pem), thumbprint(&pem.replace('\n', "\r\n")));
        assert_ne!(thumbprint(&pem), thumbprint(&generate()));
    }

    #[test]
    fn another_text_is_no_rsa_key() {
        let ed25519 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIBERERERERERERERERERERERERERERERERERERERERER\n\
                       -----END PRIVATE KEY-----\n";
        for text in ["", "nonsense", BEGIN, ed25519, &generate()[..2_000]] {
            assert_eq!(thumbprint(text), None, "{text}");
        }
    }
}
