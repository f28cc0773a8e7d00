//! Who takes part in the demo: everybody with an id, a key, a token and rights of their own.

use std::collections::BTreeMap;

use acta_application::access::Role;
use acta_application::clock::random_bytes;
use acta_application::log::Actor;
use acta_domain::{PersonId, TenantId};
use anyhow::Context as _;

use super::client::{Api, Client, Pass};
use super::script::Script;
use crate::cli::dpop::Holder;
use crate::system::SystemRandomness;
use crate::wiring::Running;

/// How many desks register people at once.
const DESKS: usize = 8;
const TOKEN_SECONDS: u32 = 3_600;

/// Everybody who calls the service.
pub(super) struct Cast {
    /// Creates the session, and carries out what people ask about their data.
    pub(super) organiser: Client,
    /// Reports assemblies and votes.
    pub(super) governance: Client,
    /// Register people at the door.
    pub(super) desks: Vec<Client>,
    /// Writes down what is said.
    pub(super) transcriber: Client,
    /// Reads everything, changes nothing.
    pub(super) auditor: Client,
    /// Has no token at all.
    pub(super) passer_by: Client,
    /// Presides.
    pub(super) chair: Client,
    /// Attend, by name; the chair among them.
    pub(super) members: BTreeMap<String, Member>,
}

/// Somebody who attends.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// What the record calls them.
    pub(super) id: PersonId,
    /// How they call the service.
    pub(super) client: Client,
}

/// Makes tokens of one tenant.
struct Doorkeeper<'a> {
    running: &'a Running,
    api: Api,
    tenant: TenantId,
}

impl Doorkeeper<'_> {
    fn service(&self, name: &str, role: Role) -> Client {
        self.client(name, Actor::Service(name.to_owned()), role)
    }

    fn member(&self, presides: bool) -> Member {
        let id = PersonId::new(random_id());
        let role = if presides { Role::Chair } else { Role::Participant };
        Member { id, client: self.client("member", Actor::Person(id), role) }
    }

    fn client(&self, name: &str, actor: Actor, role: Role) -> Client {
        let holder = Holder::new();
        let bound_to = Some(holder.thumbprint());
        let token = self.running.token(self.tenant, actor, &[role], TOKEN_SECONDS, bound_to);
        self.api.client(name, Pass { token, holder })
    }
}

impl Cast {
    /// The cast of `script`, with tokens of `running`.
    pub(super) fn of(script: &Script, running: &Running) -> anyhow::Result<Self> {
        let api = Api::at(&running.url())?;
        let keeper = Doorkeeper { running, tenant: TenantId::new(random_id()), api };
        let seat = |person: &super::sitting::Person| (person.name.clone(), keeper.member(person.presides));
        let members: BTreeMap<_, _> = script.people.iter().map(seat).collect();
        let presiding = script.people.iter().find(|person| person.presides);
        let chair = presiding.and_then(|person| members.get(&person.name)).context("nobody presides")?;
        Ok(Self {
            organiser: keeper.service("organiser", Role::Administrator),
            governance: keeper.service("governance", Role::Service),
            desks: (1..=DESKS).map(|desk| keeper.service(&format!("desk-{desk}"), Role::Service)).collect(),
            transcriber: keeper.service("transcriber", Role::Service),
            auditor: keeper.service("auditor", Role::Auditor),
            passer_by: keeper.api.stranger("passer-by"),
            chair: chair.client.clone(),
            members,
        })
    }

    /// The member called `name`.
    pub(super) fn member(&self, name: &str) -> &Member {
        self.members.get(name).expect("a sitting that was read knows everybody who acts in it")
    }

    /// What `id` is called; only this side knows, the service keeps names sealed.
    pub(super) fn name_of(&self, id: PersonId) -> &str {
        let found = self.members.iter().find(|(_, member)| member.id == id);
        found.map_or("somebody", |(name, _)| name)
    }
}

/// An opaque id: version 4, so that it says nothing, not even when it was made.
pub(super) fn random_id() -> uuid::Uuid {
    uuid::Builder::from_random_bytes(random_bytes(&SystemRandomness)).into_uuid()
}
