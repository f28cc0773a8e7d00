//! Why a request to Redis came to nothing.

use std::sync::Arc;
use std::time::Duration;

use acta_application::access::CountersError;
use redis::{ErrorKind, RedisError};

/// Why a request to Redis came to nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RequestError {
    /// It did not answer in time. Whether the request took effect is not known.
    #[error("Redis did not answer within {0:?}")]
    Late(Duration),
    /// There is no connection, or it broke before the answer came.
    #[error("Redis cannot be reached")]
    Unreachable(#[source] RedisError),
    /// The user and the password are not right.
    #[error("Redis does not let the service in: the user or the password is not right")]
    Login(#[source] RedisError),
    /// It has no memory left for more keys.
    #[error("Redis has no memory left for more keys")]
    NoMemory(#[source] RedisError),
    /// It understood and refused, or answered something that makes no sense.
    #[error("Redis refuses what the service asks for")]
    Refused(#[source] RedisError),
}

impl From<RedisError> for RequestError {
    fn from(error: RedisError) -> Self {
        match (error.kind(), error.code()) {
            (ErrorKind::AuthenticationFailed, _) | (_, Some("NOAUTH" | "WRONGPASS")) => Self::Login(error),
            (_, Some("OOM")) => Self::NoMemory(error),
            _ if error.is_io_error() || error.is_unrecoverable_error() => Self::Unreachable(error),
            _ => Self::Refused(error),
        }
    }
}

impl From<RequestError> for CountersError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::NoMemory(_) => Self::Full,
            other => Self::Unavailable(Arc::new(other)),
        }
    }
}
