//! A place for a service that has all its neighbours.

use std::fs;

use acta_neighbours::{Evidence, EvidenceKind, Fault, House};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;

use crate::api::Api;
use crate::folder::Folder;
use crate::meeting::{any_id, session_called};
use crate::service::Service;

/// A place for a service, and all its neighbours, which are played and speak TLS.
pub(super) struct Place {
    pub(super) folder: Folder,
    pub(super) house: House,
    papers: TempDir,
}

impl Place {
    pub(super) async fn on(folder: Folder) -> Self {
        let (house, papers) = (House::with_tls().await.unwrap(), tempfile::tempdir().unwrap());
        let authority = house.authority.as_ref().expect("they speak TLS");
        fs::write(papers.path().join("neighbours.pem"), authority.pem()).unwrap();
        Self { folder, house, papers }
    }

    /// One on the store that `ACTA_TEST_STORE` says.
    pub(super) async fn new() -> Self {
        Self::on(Folder::new().await).await
    }

    /// The command that serves it, with all neighbours set.
    pub(super) fn serve(&self) -> Command {
        let mut command = self.folder.serve();
        command.envs(self.house.settings()).env("NEIGHBOURS_CA", self.papers.path().join("neighbours.pem"));
        command
    }

    pub(super) async fn start(&self) -> Service {
        Service::spawn(&self.folder, self.serve()).await
    }

    /// The same without one of its neighbours.
    pub(super) async fn start_without(&self, setting: &str) -> Service {
        let mut command = self.serve();
        command.env_remove(setting);
        Service::spawn(&self.folder, command).await
    }

    /// Somebody who may attend in the tenant.
    pub(super) fn eligible(&self, tenant: Uuid) -> Uuid {
        let person = any_id();
        self.house.profiles.part().admit(tenant, person, Some("1.5"));
        person
    }

    /// Evidence that shows `person` to the identity service, as often as it is shown.
    pub(super) fn evidence(&self, kind: EvidenceKind, person: Uuid) -> String {
        let text = format!("{}{}", any_id().simple(), any_id().simple());
        self.house.identity.part().accept(kind, &text, Evidence::of(person).for_ever());
        text
    }

    /// Nothing goes wrong any more.
    pub(super) async fn mend(&self) {
        self.house.set(Fault::None).await;
    }
}

/// A session that goes on, of an assembly of its own: where it is, and which assembly.
pub(super) async fn session_of_an_assembly(api: &Api) -> (String, String) {
    let (path, assembly) = session_to_be_started(api).await;
    api.act(&format!("{path}/start")).await.ok();
    (path, assembly)
}

/// A session that was not started yet, of an assembly of its own.
pub(super) async fn session_to_be_started(api: &Api) -> (String, String) {
    let (mut details, assembly) = (session_called("General meeting"), any_id().to_string());
    details["assembly_id"] = json!(assembly);
    let created = api.post("/sessions", &details).await.expect(201);
    (format!("/sessions/{}", created.member("session_id")), assembly)
}
