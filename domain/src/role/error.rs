//! Why a change to a role is refused.

/// Why a command to a role was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// The tenant has no such role of its own.
    #[error("there is no such role")]
    Unknown,
    /// The role is defined already.
    #[error("the role is defined already")]
    AlreadyDefined,
    /// Every tenant has a role of this name, which nobody changes.
    #[error("a role of this name is built in")]
    BuiltIn,
}
