//! The evidence verifies with software that nobody here wrote.

use std::path::Path;

use crate::binary::printed;
use crate::{python, sittings};

/// `scitt-cose`, `pycose` and an independent verifier accept what was kept in `folder`, and refuse what is altered.
pub(crate) fn agrees(folder: &Path) {
    let output = python::run("check_proofs.py", [folder]);
    assert!(output.status.success(), "{}", printed(&output));
}

#[tokio::test]
async fn other_peoples_verifiers_accept_the_assembly_and_refuse_what_is_altered() {
    let kept = tempfile::tempdir().unwrap();
    sittings::play(None, kept.path()).await;
    agrees(kept.path());
}

#[test]
fn the_verifier_to_copy_explains_itself() {
    let output = python::run("examples/verify_proof.py", ["--help"]);
    assert!(output.status.success() && printed(&output).contains("--older"), "{}", printed(&output));
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("proof/tests/frozen/public-v1.cbor");
    let output = python::run("examples/verify_proof.py", [frozen.as_os_str()]);
    assert!(output.status.success() && printed(&output).starts_with("proven: "), "{}", printed(&output));
    let output = python::run("examples/verify_proof.py", [file!()]);
    assert!(!output.status.success() && printed(&output).starts_with("refused: "), "{}", printed(&output));
}
