//! Files of `schemas/`.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// The file `name` of `schemas/`.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schemas").join(name)
}

/// Whether files are to be written.
pub(crate) fn regenerating() -> bool {
    std::env::var_os("ACTA_REGENERATE").is_some()
}

/// What the file `name` says.
pub(crate) fn read(name: &str) -> Value {
    let text = fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("no schemas/{name}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// Writes the file `name`.
pub(crate) fn write(name: &str, value: &Value) {
    fs::create_dir_all(path(name).parent().unwrap()).unwrap();
    fs::write(path(name), format!("{value:#}\n")).unwrap();
}

/// Fails unless the file `name` says `value`; writes it first when that is asked for.
#[track_caller]
pub(crate) fn says(name: &str, value: &Value) {
    if regenerating() {
        write(name, value);
    }
    let stored = fs::read_to_string(path(name)).unwrap_or_default();
    assert!(
        stored == format!("{value:#}\n"),
        "schemas/{name} differs from the code: run this test with ACTA_REGENERATE=1"
    );
}
