//! The register of a tenant: the record of who may do what there, and of who looked.
//!
//! It is a record like that of a session: its events have positions, indexes, a tree and signed heads, so that nobody can be given a
//! right, or take a look, without its being there.

use acta_domain::{PublicId, SessionId, TenantId};
use sha2::{Digest, Sha256};

/// The place of the register of `tenant` in the log, among its sessions.
pub fn register_of(tenant: TenantId) -> SessionId {
    SessionId::new(uuid::Builder::from_custom_bytes(digest("acta register", tenant)).into_uuid())
}

/// The name of the register of `tenant` in proofs: it leads to nobody who does not know the tenant.
pub fn public_id_of_register(tenant: TenantId) -> PublicId {
    PublicId::new(digest("acta public register", tenant))
}

fn digest(label: &str, tenant: TenantId) -> [u8; 16] {
    let digest = Sha256::new_with_prefix(label).chain_update([0]).chain_update(tenant.as_uuid()).finalize();
    *digest.first_chunk().expect("a digest has 32 bytes")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_tenant_has_one_register_and_no_other() {
        let [one, other] = [1, 2].map(|number| TenantId::new(Uuid::from_u128(number)));
        assert_eq!(register_of(one), register_of(one));
        assert_ne!(register_of(one), register_of(other));
        assert_eq!(register_of(one).as_uuid().get_version_num(), 8);
        assert_ne!(public_id_of_register(one), public_id_of_register(other));
    }
}
