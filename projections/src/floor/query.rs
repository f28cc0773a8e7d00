//! Questions about the floor.

use acta_application::log::Position;
use acta_application::views::{RowKey, Views, ViewsError};
use acta_domain::{SessionId, TenantId};

use super::{Floor, FloorView, ROW};
use crate::page::one;

/// The floor of a session, quiet if nobody ever asked for it, with the position that the answer reflects.
///
/// # Errors
/// See [`ViewsError`].
pub async fn floor(
    views: &dyn Views,
    tenant: TenantId,
    session: SessionId,
) -> Result<(FloorView, Position), ViewsError> {
    let (view, position) = one::<Floor>(views, &RowKey { tenant, session, id: ROW.to_owned() }).await?;
    Ok((view.unwrap_or_default(), position))
}
