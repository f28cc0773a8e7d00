//! What an auditor takes home, and the checks of it that need nobody's trust.

use acta_proof::head::{HeadClaims, decode_head_unverified, verify_head};
use acta_proof::key::VerifyingKey;
use acta_proof::receipt::{verify_consistency_receipt, verify_inclusion_receipt};
use acta_proof::verify::{Report, VerifyOptions, verify_file};
use anyhow::{Context as _, ensure};

use super::client::CallError;
use super::room::Room;

const COSE: &str = "application/cose";
const PROOF: &str = "application/vnd.acta.proof+cbor";

/// What an auditor takes home.
pub(super) struct Evidence {
    /// The service's public key, as PEM.
    pub(super) key_pem: Vec<u8>,
    /// The head that was kept early on.
    pub(super) early_head: Vec<u8>,
    /// The head over the closed record.
    pub(super) head: Vec<u8>,
    /// The public proof.
    pub(super) proof: Vec<u8>,
    /// The dossier, with everything that the auditor may read.
    pub(super) dossier: Vec<u8>,
    /// A receipt that one entry is in the record.
    pub(super) inclusion: Vec<u8>,
    /// That entry, in hex.
    pub(super) inclusion_entry: String,
    /// A receipt that the record was only appended to since the early head.
    pub(super) consistency: Vec<u8>,
    key: VerifyingKey,
    issuer: String,
}

impl Evidence {
    /// Downloads it all. `issuer` is who must have signed.
    pub(super) async fn download(room: &Room, early_head: Vec<u8>, issuer: &str) -> anyhow::Result<Self> {
        let anybody = &room.cast.passer_by;
        let key_pem = anybody.download("/.well-known/evidence-keys.pem", "*/*").await?.bytes;
        let key = only_key(&key_pem)?;
        let head = anybody.download(&room.path("/heads/latest"), COSE).await?.bytes;
        let (_, now) = decode_head_unverified(&head)?;
        let (_, early) = decode_head_unverified(&early_head)?;
        let (index, size) = (now.size / 2, now.size);
        let path = room.path(&format!("/receipts/inclusion?index={index}&size={size}"));
        let inclusion = anybody.download(&path, COSE).await?;
        let path = room.path(&format!("/receipts/consistency?from={}&to={size}", early.size));
        let consistency = anybody.download(&path, COSE).await?.bytes;
        Ok(Self {
            proof: anybody.download(&room.path("/audit-proof"), PROOF).await?.bytes,
            dossier: dossier(room).await?,
            inclusion_entry: inclusion.header("acta-entry").to_owned(),
            inclusion: inclusion.bytes,
            issuer: issuer.to_owned(),
            key_pem,
            early_head,
            head,
            consistency,
            key,
        })
    }

    /// Checks a proof file or a dossier as `acta verify` does, against the service's key and the early head.
    pub(super) fn verify(&self, file: &[u8]) -> Result<Report, acta_proof::verify::VerifyFailure> {
        let options = VerifyOptions {
            trusted_keys: vec![self.key],
            older_head: Some(&self.early_head),
            issuer: Some(self.issuer.clone()),
        };
        verify_file(file, &options)
    }

    /// Checks both receipts against both heads; gives the heads, the early one first.
    pub(super) fn check_receipts(&self) -> anyhow::Result<(HeadClaims, HeadClaims)> {
        let early = verify_head(&self.early_head, &self.key).context("the early head does not verify")?;
        let now = verify_head(&self.head, &self.key).context("the head does not verify")?;
        let entry = hex::decode(&self.inclusion_entry).context("the entry is not hex")?;
        let inclusion = verify_inclusion_receipt(&self.inclusion, &entry, &self.key)
            .context("the receipt of inclusion does not verify")?;
        ensure!(inclusion.root == now.root, "the receipt of inclusion is about another tree than the head");
        let consistency = verify_consistency_receipt(&self.consistency, &early.root, &self.key)
            .context("the receipt of consistency does not verify")?;
        let same = (consistency.old_size, consistency.new_size) == (early.size, now.size);
        ensure!(same && consistency.new_root == now.root, "the receipt of consistency is about other heads");
        Ok((early, now))
    }
}

/// The dossier as it is now.
pub(super) async fn dossier(room: &Room) -> Result<Vec<u8>, CallError> {
    Ok(room.cast.auditor.download(&room.path("/dossier"), PROOF).await?.bytes)
}

/// A fresh service has one key and has signed everything with it.
fn only_key(pem: &[u8]) -> anyhow::Result<VerifyingKey> {
    let pem = std::str::from_utf8(pem).context("the published keys are not PEM")?;
    VerifyingKey::from_spki_pem(pem.trim()).context("a fresh service does not publish exactly one key")
}
