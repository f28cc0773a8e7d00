//! Sittings played through the service come out of it as they went in.
//!
//! `ACTA_SITTINGS=FOLDER` plays every `*.json` in that folder, each in the form
//! `{"source": …, "utterances": [{"speaker": …, "content": …}, …]}`.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::binary::{acta, printed};
use crate::{other_software, python};

/// A real sitting has hours of speech in it.
const LONGEST: Duration = Duration::from_mins(15);

/// What was said, by whom.
struct Utterance {
    speaker: String,
    words: String,
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Text as words with one space between.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the file says was said; utterances without a word are none.
fn utterances(sitting: &Value) -> Vec<Utterance> {
    let all = sitting["utterances"].as_array().unwrap().iter();
    let read = all.map(|one| Utterance {
        speaker: one["speaker"].as_str().unwrap().to_owned(),
        words: words(one["content"].as_str().unwrap()),
    });
    read.filter(|utterance| !utterance.words.is_empty()).collect()
}

/// `acta demo`, which keeps what it did in `keep`.
pub(crate) async fn play(sitting: Option<&Path>, keep: &Path) {
    let mut command = acta();
    command.arg("demo").arg("--fast").arg("--keep").arg(keep);
    if let Some(sitting) = sitting {
        command.arg("--sitting").arg(sitting);
    }
    let output = tokio::time::timeout(LONGEST, command.output()).await.expect("the demo ends").unwrap();
    assert!(output.status.success(), "{sitting:?}: {}", printed(&output));
}

/// Every utterance is in the transcript, whole, in order, and under one id a speaker.
fn assert_complete(said: &[Utterance], transcript: &Value) {
    let mut chunks = transcript.as_array().unwrap().iter();
    let mut ids: BTreeMap<&str, &Value> = BTreeMap::new();
    let (mut start, mut numbers) = (None, 1..);
    for utterance in said {
        let mut taken_down = String::new();
        while words(&taken_down) != utterance.words {
            let chunk =
                chunks.next().unwrap_or_else(|| panic!("the transcript ends in: {}", utterance.words));
            taken_down = format!("{taken_down}{}", chunk["text"].as_str().unwrap());
            let whole = utterance.words.starts_with(&words(&taken_down));
            assert!(whole, "instead of\n{}\nthe transcript has\n{taken_down}", utterance.words);
            let id = ids.entry(&utterance.speaker).or_insert(&chunk["speaker_id"]);
            assert_eq!(**id, chunk["speaker_id"], "{} speaks: {chunk}", utterance.speaker);
            assert!(Some(chunk["start_ms"].as_u64().unwrap()) > start, "the times grow: {chunk}");
            start = chunk["start_ms"].as_u64();
            assert_eq!(chunk["chunk"].as_u64(), numbers.next(), "the chunks are numbered: {chunk}");
        }
    }
    assert_eq!(chunks.next(), None, "nothing is in the transcript that nobody said");
}

async fn assert_verifies(kept: &Path) {
    let path = |name: &str| kept.join(name).into_os_string();
    let (key, early) = (path("evidence-key.pem"), path("head-early.cose"));
    for name in ["audit-proof.cbor", "dossier.cbor"] {
        let file = path(name);
        let arguments: [&OsStr; 6] =
            ["verify".as_ref(), &file, "--key".as_ref(), &key, "--against".as_ref(), &early];
        let output = acta().args(arguments).output().await.unwrap();
        assert!(output.status.success(), "{name}: {}", printed(&output));
    }
}

/// Plays a sitting and checks everything that can be checked from outside.
async fn hold(sitting: &Path) {
    let kept = tempfile::tempdir().unwrap();
    play(Some(sitting), kept.path()).await;
    let said = utterances(&read(sitting));
    assert_complete(&said, &read(&kept.path().join("transcript.json")));
    assert_verifies(kept.path()).await;
    other_software::agrees(kept.path());
    let summary = read(&kept.path().join("summary.json"));
    assert_eq!(summary["utterances"].as_u64(), Some(said.len() as u64), "{summary}");
}

/// A sitting that is hard to get right: long, short, repeated and odd utterances.
fn awkward() -> Value {
    let said = |speaker: &str, content: &str| json!({ "speaker": speaker, "content": content });
    let long = "A sentence that goes on for a while, and then some more. ".repeat(400);
    let mut utterances =
        vec![said("The Chair (Ms. Vega)", "Welcome. I recognise Mr. O'Neill."), said("Mr. O'Neill", &long)];
    for number in 0..40 {
        utterances.push(said("Mr. O'Neill", "Yes."));
        utterances.push(said("Ana \"Nita\" López", if number % 2 == 0 { "Yes." } else { "" }));
        utterances.push(said("The Chair (Ms. Vega)", "Thank you -->  <b>next</b> & so on.\n\nNext."));
    }
    utterances.push(said("Ибрагим 李", "Добрый день. 大家好 👋🏽. \u{202e}abc"));
    utterances.push(said("Mr. O'Neill", &"word".repeat(5000)));
    json!({ "source": "an awkward sitting", "utterances": utterances })
}

#[tokio::test]
async fn an_awkward_sitting_comes_out_as_it_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, &awkward());
    hold(&file).await;
}

fn written(folder: &TempDir, sitting: &Value) -> PathBuf {
    let file = folder.path().join("sitting.json");
    fs::write(&file, sitting.to_string()).unwrap();
    file
}

#[tokio::test]
async fn every_given_sitting_comes_out_as_it_went_in() {
    let Some(folder) = std::env::var_os("ACTA_SITTINGS") else { return };
    let files =
        fs::read_dir(&folder).expect("ACTA_SITTINGS names a folder").map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
    files.sort();
    assert!(!files.is_empty(), "there are no sittings in {}", folder.display());
    python::interpreter();
    for file in files {
        hold(&file).await;
    }
}

#[tokio::test]
async fn a_file_that_is_no_sitting_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for sitting in [json!({}), json!({ "source": "x", "utterances": [] }), json!([1])] {
        let file = written(&folder, &sitting);
        let output = acta().arg("demo").arg("--sitting").arg(&file).output().await.unwrap();
        assert!(!output.status.success(), "{sitting}");
        assert!(printed(&output).contains("sitting.json"), "{sitting}: {}", printed(&output));
    }
}
