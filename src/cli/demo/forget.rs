//! Somebody asks to be forgotten: their words become unreadable, and every proof stays valid.

use acta_domain::PersonId;
use anyhow::{Context as _, ensure};
use serde::Deserialize as _;

use super::answers::{Chunk, PersonErased};
use super::evidence::{self, Evidence};
use super::record::chunks;
use super::room::Room;
use super::show::{Show, count};

/// Forgets whoever asks for it.
pub(super) async fn forget(room: &Room, show: &Show, evidence: &Evidence) -> anyhow::Result<()> {
    if room.script.erased.is_empty() {
        return Ok(());
    }
    show.section("6  The right to be forgotten");
    show.say("Names and words are sealed under a key of each person. Destroying the key makes them unreadable, in every copy.");
    for name in &room.script.erased {
        forget_one(room, show, name).await?;
    }
    check_proofs(room, show, evidence).await
}

async fn forget_one(room: &Room, show: &Show, name: &str) -> anyhow::Result<()> {
    let id = room.cast.member(name).id;
    let before = words_of(room, id).await?;
    ensure!(before.iter().all(|chunk| chunk.text.is_some()), "words of {name} could not be read before");
    show_words(show, "before", name, &before);
    let erased: PersonErased = room.cast.organiser.delete(&room.path(&format!("/persons/{id}"))).await?;
    show.figure("erased", &format!("the key of {name} is destroyed, {}", erased.erased_at));
    let after = words_of(room, id).await?;
    let gone = after.len() == before.len() && after.iter().all(|chunk| chunk.text.is_none() && chunk.sealed);
    ensure!(gone, "words of {name} can still be read");
    show_words(show, "after", &id.to_string(), &after);
    Ok(())
}

async fn words_of(room: &Room, id: PersonId) -> anyhow::Result<Vec<Chunk>> {
    let found = chunks(room, &format!("&speaker_id={id}")).await?;
    found
        .iter()
        .map(|chunk| Chunk::deserialize(chunk).context("a chunk is not what the API promises"))
        .collect()
}

fn show_words(show: &Show, when: &str, name: &str, chunks: &[Chunk]) {
    if let Some(chunk) = chunks.first() {
        let text = chunk.text.as_deref().unwrap_or("(nobody can read this any more)");
        show.item(when, &format!("{name}: {text}"));
    }
}

/// The proof that was downloaded before and the files as they are now: all of them still verify.
async fn check_proofs(room: &Room, show: &Show, evidence: &Evidence) -> anyhow::Result<()> {
    let before = evidence.verify(&evidence.dossier).context("the dossier from before does not verify")?;
    let dossier = evidence::dossier(room).await?;
    let now = evidence.verify(&dossier).context("the dossier does not verify any more")?;
    let lost = now.unreadable_parts.saturating_sub(before.unreadable_parts);
    ensure!(lost > 0, "the dossier still opens what was erased");
    evidence.verify(&evidence.proof).context("the proof does not verify any more")?;
    let parts = count(lost, "personal part", "personal parts");
    show.figure(
        "still proven",
        &format!("the dossier verifies as before; {parts} in it cannot be opened any more"),
    );
    Ok(())
}
