//! What roles permit, and who may give what to whom.

use std::collections::{BTreeMap, BTreeSet};

use acta_domain::access::Role;
use acta_domain::role::DefinedRole;
use acta_domain::user::User;
use acta_domain::{Permission, RoleName, TenantId};
use sha2::{Digest, Sha256};

use super::service::{Held, place};
use super::{Issuer, IssuerError, IssuerRefusal};
use crate::streams::StreamPlace;

/// What each of some roles permits now.
pub(super) type Templates = BTreeMap<RoleName, BTreeSet<Permission>>;

impl Issuer {
    /// What `role` permits in `tenant`; [`None`] if there is no such role.
    pub(super) async fn template(
        &self,
        tenant: TenantId,
        role: &RoleName,
    ) -> Result<Option<BTreeSet<Permission>>, IssuerError> {
        if let Some(role) = Role::named(role.as_str()) {
            return Ok(Some(role.permissions().iter().copied().collect()));
        }
        let permissions = |defined: &DefinedRole| defined.permissions().cloned();
        Ok(self.roles.read_settled(tenant, role_place(tenant, role), permissions).await?)
    }

    /// What each of `roles` permits in `tenant` now. One that was retired permits nothing.
    pub(super) async fn templates(
        &self,
        tenant: TenantId,
        roles: &BTreeSet<RoleName>,
    ) -> Result<Templates, IssuerError> {
        let mut templates = Templates::new();
        for role in roles {
            templates.insert(role.clone(), self.template(tenant, role).await?.unwrap_or_default());
        }
        Ok(templates)
    }

    /// What all of `roles` permit together, which must all be there.
    pub(super) async fn granted_by(
        &self,
        tenant: TenantId,
        roles: &BTreeSet<RoleName>,
    ) -> Result<BTreeSet<Permission>, IssuerError> {
        let mut granted = BTreeSet::new();
        for role in roles {
            let template = self.template(tenant, role).await?;
            granted.extend(template.ok_or_else(|| IssuerRefusal::NoSuchRole { name: role.clone() })?);
        }
        Ok(granted)
    }

    /// What `user` may do in `tenant` now; nothing while they are disabled.
    pub(super) async fn permissions_of(
        &self,
        tenant: TenantId,
        user: &User,
    ) -> Result<BTreeSet<Permission>, IssuerError> {
        let templates = self.templates(tenant, user.roles()).await?;
        Ok(user.permissions(|role| templates.get(role).cloned().unwrap_or_default()))
    }
}

/// What `user` may do, by `templates`, or could if they were not disabled. A role that is not among those was granted just now, and
/// counts as everything: nobody gets by because they were fast.
pub(super) fn potential(user: &User, templates: &Templates) -> BTreeSet<Permission> {
    let permits =
        |role| templates.get(role).cloned().unwrap_or_else(|| Permission::ALL.iter().copied().collect());
    let mut permissions: BTreeSet<_> = user.roles().iter().flat_map(permits).collect();
    permissions.extend(user.added());
    &permissions - user.removed()
}

/// Refuses if `given` is more than what whoever asks holds.
pub(super) fn must_hold(held: Held<'_>, given: &BTreeSet<Permission>) -> Result<(), IssuerRefusal> {
    let missing = given - held.0;
    if missing.is_empty() { Ok(()) } else { Err(IssuerRefusal::GrantsMoreThanHeld { missing }) }
}

/// The place of the role called `name`: a version 8 UUID (RFC 9562 §5.8) of tenant and name.
pub(super) fn role_place(tenant: TenantId, name: &RoleName) -> StreamPlace {
    let label = Sha256::new_with_prefix("acta role").chain_update([0]).chain_update(tenant.as_uuid());
    let digest: [u8; 32] = label.chain_update(name.as_str()).finalize().into();
    let head = digest.first_chunk::<16>().expect("a digest has 32 bytes");
    place(tenant, uuid::Builder::from_custom_bytes(*head).into_uuid())
}
