//! A tenant that is not active starts nothing new.

use crate::neighbours::TenantStatus;
use crate::{CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Refuses if the tenancy service says that the tenant is not active. While it does not answer, things go on.
    pub(super) async fn must_be_active_tenant(&self, context: &CommandContext) -> Result<(), UseCaseError> {
        let Some(tenancy) = &self.ports.neighbours.tenancy else { return Ok(()) };
        let asking = context.asking();
        match tenancy.status(&asking).await {
            Ok(TenantStatus::Active) => Ok(()),
            Ok(TenantStatus::Inactive) => Err(UseCaseError::TenantInactive),
            Err(error) => {
                tracing::warn!(tenant = %context.tenant, %error, "it is not known whether the tenant is active; it goes on");
                Ok(())
            }
        }
    }
}
