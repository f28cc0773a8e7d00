//! Why a change to a user is refused.

/// Why a command to a user was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// There is no such user.
    #[error("there is no such user")]
    Unknown,
    /// There is such a user already.
    #[error("the user exists already")]
    AlreadyExists,
    /// The user has the role already.
    #[error("the user has the role already")]
    RoleAlreadyGranted,
    /// The user does not have the role.
    #[error("the user does not have the role")]
    RoleNotGranted,
    /// The permission was added to the user already.
    #[error("the permission was added to the user already")]
    PermissionAlreadyAdded,
    /// The permission was removed from the user already.
    #[error("the permission was removed from the user already")]
    PermissionAlreadyRemoved,
    /// The permission was neither added nor removed.
    #[error("the permission was neither added to the user nor removed from them")]
    PermissionNotChanged,
    /// The user is disabled already.
    #[error("the user is disabled already")]
    AlreadyDisabled,
    /// The user is not disabled.
    #[error("the user is not disabled")]
    NotDisabled,
}
