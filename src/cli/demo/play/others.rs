//! The others in the room: members who think aloud, and an auditor who keeps a head.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::watch;

use super::super::answers::Recorded;
use super::super::client::CallError;
use super::super::room::Room;
use super::super::sitting::{Kind, Turn};

/// How many groups chat at once.
const GROUPS: usize = 4;

/// `people` in a few groups; none is empty.
pub(super) fn groups(people: &[String]) -> Vec<Vec<String>> {
    let size = people.len().div_ceil(GROUPS).max(1);
    people.chunks(size).map(<[String]>::to_vec).collect()
}

/// Members ask for a reply and think better of it, one of `people` whenever the sitting moves on.
pub(super) async fn chat(
    room: Arc<Room>,
    people: Vec<String>,
    mut at: watch::Receiver<usize>,
) -> Result<(), CallError> {
    let reply = Turn { kind: Kind::Reply, ..Turn::default() };
    for name in people.iter().cycle() {
        if at.changed().await.is_err() {
            break;
        }
        let _chatter = room.chatter.read().await;
        let request = super::ask(&room, name, Some(&reply)).await?;
        let path = room.path(&format!("/floor/requests/{request}/withdraw"));
        let _: Recorded = room.cast.member(name).client.tell(&path).await?;
    }
    Ok(())
}

/// An auditor without any right keeps the signed head of the first fifth of the sitting.
pub(super) async fn take_early_head(
    room: Arc<Room>,
    mut at: watch::Receiver<usize>,
) -> anyhow::Result<Vec<u8>> {
    let early = room.script.beats.len() / 5;
    at.wait_for(|at| *at >= early).await.context("the sitting broke off before it")?;
    let head = room.cast.passer_by.download(&room.path("/heads/latest"), "application/cose").await?;
    Ok(head.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_in_one_group() {
        let people: Vec<_> = (0..9).map(|number| number.to_string()).collect();
        let groups = groups(&people);
        assert!(groups.len() <= GROUPS);
        assert_eq!(groups.concat(), people);
    }

    #[test]
    fn nobody_is_in_no_group() {
        assert!(groups(&[]).is_empty());
    }
}
