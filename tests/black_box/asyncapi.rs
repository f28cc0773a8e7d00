//! The documents of the topics and the live feed, and of the room, are what others take for `AsyncAPI`.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::binary::printed;
use crate::node;

/// Of the topics and the live feed.
const TOPICS: &str = "schemas/asyncapi.json";
/// Of the room.
const ROOM: &str = "schemas/room.asyncapi.json";

fn file(document: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(document)
}

/// What the parser of those who make `AsyncAPI` says.
fn parsed(document: &Path) -> Output {
    node::run("validate_asyncapi.mjs", [document])
}

#[test]
fn the_official_parser_takes_the_documents() {
    for document in [TOPICS, ROOM] {
        let output = parsed(&file(document));
        assert!(output.status.success(), "{}", printed(&output));
    }
}

#[test]
fn the_official_parser_refuses_a_document_that_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    for (document, right, wrong) in [
        (
            TOPICS,
            r##""$ref": "#/components/messages/session.created.v1""##,
            r##""$ref": "#/components/messages/none""##,
        ),
        (TOPICS, r#""action": "receive""#, r#""action": "shout""#),
        (TOPICS, r#""type": "string""#, r#""type": "text""#),
        (
            ROOM,
            r##""$ref": "#/components/messages/live.connected""##,
            r##""$ref": "#/components/messages/none""##,
        ),
        (ROOM, r#""method": "GET""#, r#""method": "PUT""#),
    ] {
        let text = std::fs::read_to_string(file(document)).unwrap();
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
