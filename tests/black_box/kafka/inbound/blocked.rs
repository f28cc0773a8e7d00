//! Messages that cannot be handled at present hold up their own keys and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::effects::{self, Effect};
use super::message::{self, ACTIVATED, Assembly, COMPLETED, Message, Mode, VOTE_CLOSED, VOTE_STARTED};
use super::{consuming, letters_of, serve, session_of};
use crate::folder::Folder;
use crate::kafka::place::Topics;
use crate::meeting::any_id;
use crate::service::{PATIENCE, within};

/// So many messages have a key that cannot go on.
const BLOCKED: usize = 100;
/// So many assemblies are held meanwhile.
const OTHERS: usize = 20;
/// How long blocked ones wait, in seconds.
const PATIENT: u64 = 20;
/// Others must have their effect before the first of them is given up.
const SOON: Duration = Duration::from_secs(PATIENT);

/// One message in each topic about an assembly.
fn life(assembly: &Assembly) -> Vec<Message> {
    vec![
        assembly.news(Mode::Binary, ACTIVATED),
        assembly.vote(Mode::Binary, VOTE_STARTED, "vote"),
        assembly.vote(Mode::Structured, VOTE_CLOSED, "vote"),
        assembly.news(Mode::Plain, COMPLETED),
    ]
}

fn wanted(session: &str) -> Vec<Effect> {
    let topics =
        [(ACTIVATED, None), (VOTE_STARTED, Some("vote")), (VOTE_CLOSED, Some("vote")), (COMPLETED, None)];
    topics.into_iter().flat_map(|(topic, vote)| effects::of_message(session, topic, vote)).collect()
}

fn shown(times: &BTreeMap<&str, Vec<u128>>) -> String {
    let line =
        |(kind, times): (&&str, &Vec<u128>)| format!("{kind} {} to {} ms", times[0], times[times.len() - 1]);
    times.iter().map(line).collect::<Vec<_>>().join(", ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a hundred messages wait until their patience ends: `make chaos`"]
async fn chaos_keys_that_cannot_go_on_hold_up_no_others() {
    let topics = Topics::any().await.with_inbound();
    let folder = Folder::new().await.publishing_to(&topics);
    let service = serve(&folder, PATIENT).await;
    let tenant = any_id();
    let api = service.administrator(tenant).await;
    consuming(&api).await;
    let strangers: Vec<_> = (0..BLOCKED / 4).map(|_| Assembly::new(tenant)).collect();
    let mut messages: Vec<_> = strangers.iter().flat_map(life).collect();
    let others: Vec<_> = (0..OTHERS).map(|_| Assembly::new(tenant)).collect();
    let mut effects = BTreeSet::new();
    for assembly in &others {
        effects.extend(wanted(&session_of(&api, assembly).await));
        messages.extend(life(assembly));
    }
    message::send(&topics, &messages).await;
    let (sent, mut seen, mut times) = (Instant::now(), BTreeSet::new(), BTreeMap::<&str, Vec<u128>>::new());
    within(PATIENCE, "the others are done", async || {
        for effect in effects::found(&api).await.into_keys() {
            if !seen.contains(&effect) {
                let kind = effects.get(&effect).expect("nothing else happens").1.as_str();
                times.entry(kind).or_default().push(sent.elapsed().as_millis());
                seen.insert(effect);
            }
        }
        (seen.len() == effects.len()).then_some(())
    })
    .await;
    let took = sent.elapsed();
    println!("{BLOCKED} blocked messages, the others after: {}", shown(&times));
    assert!(took < SOON, "it took {took:?}: {}", shown(&times));
    let dead = letters_of(&topics, BLOCKED).await;
    let of_strangers = |key: &Option<String>| strangers.iter().any(|one| Some(&one.id) == key.as_ref());
    assert!(
        dead.iter().all(|letter| letter.reason == "no_session" && of_strangers(&letter.key)),
        "{dead:#?}"
    );
    service.stop().await;
}
