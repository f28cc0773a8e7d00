//! Several instances of the service on one folder, for clients that go to another one when theirs is gone.

use tokio::sync::watch;
use uuid::Uuid;

use crate::api::Api;
use crate::folder::Folder;
use crate::service::{PATIENCE, Service};

/// Where each instance answers; nothing while it does not run.
type Addresses = Vec<Option<String>>;

/// Instances of the service on one folder. There can be more than one on `PostgreSQL` only.
pub(crate) struct Instances<'a> {
    folder: &'a Folder,
    running: Vec<Option<Service>>,
    addresses: watch::Sender<Addresses>,
}

impl<'a> Instances<'a> {
    /// Starts so many on `folder`.
    pub(crate) async fn start(folder: &'a Folder, count: usize) -> Self {
        let addresses = watch::Sender::new(vec![None; count]);
        let mut instances = Self { folder, running: (0..count).map(|_| None).collect(), addresses };
        for number in 0..count {
            instances.start_again(number).await;
        }
        instances
    }

    /// How many there are when all run.
    pub(crate) fn count(&self) -> usize {
        self.running.len()
    }

    /// One of them, which runs.
    pub(crate) fn service(&self, number: usize) -> &Service {
        self.running[number].as_ref().expect("this instance runs")
    }

    /// Starts one that was killed.
    pub(crate) async fn start_again(&mut self, number: usize) {
        let service = Service::start(self.folder).await;
        let url = service.url().to_owned();
        self.running[number] = Some(service);
        self.addresses.send_modify(|addresses| addresses[number] = Some(url));
    }

    /// `kill -9` of one.
    pub(crate) async fn kill(&mut self, number: usize) {
        let service = self.running[number].take().expect("this instance runs");
        service.kill().await;
        self.addresses.send_modify(|addresses| addresses[number] = None);
    }

    /// Fails if one has ended by itself.
    pub(crate) fn assert_running(&mut self) {
        for service in self.running.iter_mut().flatten() {
            service.assert_running();
        }
    }

    /// SIGTERM, and a clean end of all.
    pub(crate) async fn stop(&mut self) {
        for (number, service) in self.running.iter_mut().enumerate() {
            self.addresses.send_modify(|addresses| addresses[number] = None);
            if let Some(service) = service.take() {
                service.stop().await;
            }
        }
    }

    /// Ways to them for a client that may do everything in `tenant`.
    pub(crate) async fn ways(&self, tenant: Uuid) -> Ways {
        let api = self.service(0).administrator(tenant).await;
        Ways { api, addresses: self.addresses.subscribe(), taken: None }
    }
}

/// A client's ways to the instances: it stays with one as long as that answers.
#[derive(Clone)]
pub(crate) struct Ways {
    api: Api,
    addresses: watch::Receiver<Addresses>,
    taken: Option<String>,
}

impl Ways {
    /// The way to the instance that answered last, if it is there, else to any that is; waits for one.
    pub(crate) async fn current(&mut self) -> Api {
        let up = self.addresses.wait_for(|addresses| addresses.iter().any(Option::is_some));
        let up = tokio::time::timeout(PATIENCE, up).await.expect("an instance comes up").unwrap().clone();
        if self.taken.is_none() || !up.contains(&self.taken) {
            let up: Vec<_> = up.into_iter().flatten().collect();
            self.taken = Some(up[rand::random_range(0..up.len())].clone());
        }
        self.api.at(self.taken.as_ref().expect("one was taken"))
    }

    /// Has another instance, perhaps, asked next.
    pub(crate) fn leave(&mut self) {
        self.taken = None;
    }
}
