//! The document of the topics and the live feed is what others take for `AsyncAPI`.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::binary::printed;
use crate::node;

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/asyncapi.json")
}

/// What the parser of those who make `AsyncAPI` says.
fn parsed(document: &Path) -> Output {
    node::run("validate_asyncapi.mjs", [document])
}

#[test]
fn the_official_parser_takes_the_document() {
    let output = parsed(&document());
    assert!(output.status.success(), "{}", printed(&output));
}

#[test]
fn the_official_parser_refuses_a_document_that_is_wrong() {
    let text = std::fs::read_to_string(document()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (right, wrong) in [
        (
            r##""$ref": "#/components/messages/session.created.v1""##,
            r##""$ref": "#/components/messages/none""##,
        ),
        (r#""action": "receive""#, r#""action": "shout""#),
        (r#""type": "string""#, r#""type": "text""#),
    ] {
        assert!(text.contains(right), "{right}");
        let altered = folder.path().join("asyncapi.json");
        std::fs::write(&altered, text.replace(right, wrong)).unwrap();
        let output = parsed(&altered);
        let said = printed(&output);
        assert!(!output.status.success() && said.contains("error: "), "{wrong}: {said}");
    }
}

#[test]
fn the_list_of_packages_names_no_registry() {
    let list = std::fs::read_to_string(node::file("package-lock.json")).unwrap();
    assert!(list.contains("\"integrity\"") && !list.contains("\"resolved\""));
}
