//! Files that were published once must verify for ever, and the same session must give the same bytes for ever.

use acta_proof::file::ProofKind;
use acta_proof::key::Signer as _;
use acta_proof::verify::{VerifyOptions, verify_file};

use crate::session::{file, issuer};

const PUBLIC: &[u8] = include_bytes!("../frozen/public-v1.cbor");
const DOSSIER: &[u8] = include_bytes!("../frozen/dossier-v1.cbor");

#[test]
fn the_frozen_files_verify() {
    for frozen in [PUBLIC, DOSSIER] {
        let options =
            VerifyOptions { trusted_keys: vec![issuer().verifying_key()], ..VerifyOptions::default() };
        assert_eq!(verify_file(frozen, &options).unwrap().size, 30);
    }
}

#[test]
fn the_frozen_files_are_reproduced_byte_for_byte() {
    assert!(file(ProofKind::Public, 30).encode() == PUBLIC, "the public proof's format changed");
    assert!(file(ProofKind::Dossier, 30).encode() == DOSSIER, "the dossier's format changed");
}

/// Writes the files for a new version of the format; never run it to make the tests above pass.
#[test]
#[ignore = "writes tests/frozen/*.cbor"]
fn freeze() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/frozen");
    std::fs::write(format!("{folder}/public-v1.cbor"), file(ProofKind::Public, 30).encode()).unwrap();
    std::fs::write(format!("{folder}/dossier-v1.cbor"), file(ProofKind::Dossier, 30).encode()).unwrap();
}
