//! Who is connected is known on every instance, also when one has died.

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use super::socket::Socket;
use crate::api::Api;
use crate::folder::Folder;
use crate::instances::Instances;
use crate::meeting::{Meeting, any_id};
use crate::service::{PATIENCE, within};

/// How soon the people of an instance that died are gone.
const GONE: Duration = Duration::from_secs(15);

/// Who is connected to `session`, and how often, as the instance of `api` answers.
async fn shown(api: &Api, session: &str) -> Vec<(Uuid, u64)> {
    let answer = api.get(&format!("/sessions/{session}/presence")).await.expect(200).json();
    let one = |one: &Value| {
        let user = one["user_id"].as_str().unwrap().parse().unwrap();
        (user, one["connections"].as_u64().unwrap())
    };
    let connected: Vec<_> = answer["connected"].as_array().unwrap().iter().map(one).collect();
    assert_eq!(answer["people"], connected.len());
    connected
}

/// Waits until each of `apis` shows exactly these.
async fn all_show(patience: Duration, apis: &[&Api], session: &str, expected: &[(Uuid, u64)]) {
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    for api in apis {
        let looking = async || (shown(api, session).await == expected).then_some(());
        within(patience, "who is connected, and nobody else, is shown", looking).await;
    }
}

#[tokio::test]
async fn who_is_connected_is_known_on_every_instance_and_gone_with_the_one_that_died() {
    let folder = Folder::postgres().await;
    let mut instances = Instances::start(&folder, 2).await;
    let (tenant, [here, there, on_both]) = (any_id(), [any_id(), any_id(), any_id()]);
    let api = instances.service(0).administrator(tenant).await;
    let other = api.at(instances.service(1).url());
    let session = Meeting::begin(&api, "General meeting", 1).await.session;
    let mut sockets = Vec::new();
    for (instance, user) in [(0, here), (0, on_both), (1, on_both), (1, there), (1, there)] {
        let person = instances.service(instance).person(tenant, user, &["observer"]).await;
        sockets.push(Socket::open(&person, &session, None).await.0);
    }
    let everybody = [(here, 1), (on_both, 2), (there, 2)];
    all_show(PATIENCE, &[&api, &other], &session, &everybody).await;

    drop(sockets.pop());
    all_show(PATIENCE, &[&api, &other], &session, &[(here, 1), (on_both, 2), (there, 1)]).await;

    instances.kill(0).await;
    all_show(GONE, &[&other], &session, &[(on_both, 1), (there, 1)]).await;
    instances.start_again(0).await;
    let again = api.at(instances.service(0).url());
    all_show(PATIENCE, &[&again, &other], &session, &[(on_both, 1), (there, 1)]).await;
    drop(sockets);
    instances.stop().await;
}
