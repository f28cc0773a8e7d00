//! The folders are the architecture: dependencies point inwards only.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What only adapters and the binary may know about: databases, transports, key files, the outside world.
const OUTSIDE: [&str; 17] = [
    "axum",
    "hyper",
    "indicatif",
    "jsonwebtoken",
    "png",
    "qrcode",
    "rdkafka",
    "redis",
    "reqwest",
    "rusqlite",
    "sqlx",
    "socketioxide",
    "tempfile",
    "tower",
    "tower-http",
    "utoipa",
    "clap",
];

/// What can wait, keep time or make noise: nothing for pure rules.
const EFFECTS: [&str; 8] =
    ["async-trait", "futures", "rand", "tokio", "tokio-util", "tracing", "async-stream", "anyhow"];

struct Package {
    folder: PathBuf,
    dependencies: Vec<String>,
}

impl Package {
    /// Where it lives, from the root of the workspace: `domain`, `adapters/http`, nothing for the binary.
    fn room(&self) -> String {
        let room = self.folder.strip_prefix(root()).expect("a package of the workspace is inside it");
        room.to_string_lossy().into_owned()
    }

    fn inner_dependencies(&self, all: &BTreeMap<String, Self>) -> Vec<String> {
        self.dependencies.iter().filter(|name| all.contains_key(*name)).cloned().collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn packages() -> BTreeMap<String, Package> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn package(package: &Value) -> (String, Package) {
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    let normal = dependencies.filter(|dependency| dependency["kind"].is_null());
    let dependencies = normal.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect();
    let folder = manifest.parent().unwrap().to_owned();
    (package["name"].as_str().unwrap().to_owned(), Package { folder, dependencies })
}

/// The crates of the workspace that the room may depend on; `None` is any.
fn allowed(room: &str) -> Option<&'static [&'static str]> {
    match room {
        // The last ones know the contracts of neighbours, and PostgreSQL; nothing of what is done with either.
        "domain" | "proof" | "tests/neighbours" | "tests/throwaway" => Some(&[]),
        "application" => Some(&["acta-domain", "acta-proof"]),
        "projections" => Some(&["acta-application", "acta-domain", "acta-proof"]),
        // The outermost: the binary, and what measures it from outside and its parts from inside. Nothing depends on them.
        "" | "benches" => None,
        room if room.starts_with("adapters/") => {
            Some(&["acta-application", "acta-domain", "acta-projections", "acta-proof"])
        }
        other => panic!("the architecture has no room called {other}: say here what it may use"),
    }
}

#[test]
fn dependencies_point_inwards_only() {
    let all = packages();
    assert!(all.len() >= 8, "the workspace was not read: {:?}", all.keys());
    for (name, package) in &all {
        let Some(allowed) = allowed(&package.room()) else { continue };
        for inner in package.inner_dependencies(&all) {
            assert!(allowed.contains(&inner.as_str()), "{name} must not depend on {inner}");
        }
    }
}

#[test]
fn the_inner_rooms_know_no_database_and_no_transport() {
    for (name, package) in packages() {
        if !["domain", "proof", "application", "projections"].contains(&package.room().as_str()) {
            continue;
        }
        for dependency in &package.dependencies {
            assert!(!OUTSIDE.contains(&dependency.as_str()), "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn the_rules_and_the_evidence_are_pure() {
    for (name, package) in packages() {
        if !["domain", "proof"].contains(&package.room().as_str()) {
            continue;
        }
        for dependency in &package.dependencies {
            assert!(!EFFECTS.contains(&dependency.as_str()), "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn no_crate_may_be_unsafe() {
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""), "the workspace forbids unsafe code");
    for (name, package) in packages() {
        let manifest = std::fs::read_to_string(package.folder.join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{name} inherits the lints of the workspace");
    }
}

#[test]
fn adapters_meet_in_the_wiring_only() {
    let adapters = adapters();
    let source = root().join("src");
    for file in rust_files(&source) {
        let text = std::fs::read_to_string(&file).unwrap();
        let met: Vec<_> = adapters.iter().filter(|adapter| text.contains(&format!("{adapter}::"))).collect();
        let place = file.strip_prefix(&source).unwrap().to_string_lossy().into_owned();
        assert!(met.len() < 2 || place.starts_with("wiring"), "{place} brings adapters together: {met:?}");
    }
}

/// The adapters that talk to something outside by themselves, as the source writes them.
fn adapters() -> Vec<String> {
    let rooms = packages().into_iter().filter(|(_, package)| package.room().starts_with("adapters/"));
    rooms.map(|(name, _)| name.replace('-', "_")).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.chain(folders.iter().flat_map(|folder| rust_files(folder))).collect()
}
