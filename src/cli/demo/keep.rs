//! The files of a sitting, for those who want to look at them afterwards.

use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use super::answers::Counters;
use super::evidence::Evidence;
use super::record::Record;

/// The figures of a sitting.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    /// The session.
    pub(super) session_id: String,
    /// Events on the record.
    pub(super) events: u64,
    /// Utterances that were played.
    pub(super) utterances: u64,
    /// Utterances of the file without words, which were not.
    pub(super) silent_utterances: usize,
    /// Chunks of the transcript.
    pub(super) chunks: usize,
    /// People who attended.
    pub(super) attendees: usize,
    /// Speech requests, by what became of them.
    pub(super) requests: Counters,
}

/// Writes everything into `folder`, which is made if it is not there.
pub(super) fn keep(
    folder: &Path,
    evidence: &Evidence,
    record: &Record,
    summary: &Summary,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let chunks = pretty(&record.chunks)?;
    let summary = pretty(summary)?;
    let files: [(&str, &[u8]); 12] = [
        ("audit-proof.cbor", &evidence.proof),
        ("dossier.cbor", &evidence.dossier),
        ("head-early.cose", &evidence.early_head),
        ("head.cose", &evidence.head),
        ("inclusion.cose", &evidence.inclusion),
        ("inclusion-entry.hex", evidence.inclusion_entry.as_bytes()),
        ("consistency.cose", &evidence.consistency),
        ("evidence-key.pem", &evidence.key_pem),
        ("transcript.txt", &record.text),
        ("transcript.vtt", &record.vtt),
        ("transcript.json", &chunks),
        ("summary.json", &summary),
    ];
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn pretty(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}
