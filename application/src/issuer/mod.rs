//! The issuer: users, roles and clients of a tenant, and the tokens they get.
//!
//! It is event-sourced like everything: who granted what to whom, and when, stands in the register of the tenant
//! ([`register_of`](crate::register::register_of)). What users and clients prove themselves with does not: a password or a secret is a
//! [`Credential`] outside the log, which an event names and nothing more; a login travels sealed.
//!
//! | folder | what is there |
//! |---|---|
//! | `users/` | create, passwords, roles, single permissions, disabling |
//! | `roles.rs` | roles that a tenant defines |
//! | `clients/` | services that get tokens for themselves |
//! | `sign_ins/` | login, refresh, logout |

mod clients;
#[cfg(feature = "contract")]
pub mod contract;
mod credentials;
mod error;
mod login_name;
mod ports;
mod refresh_token;
mod refusal;
mod revocations;
mod rights;
mod roles;
mod secret;
mod service;
mod sign_ins;
mod tokens;
mod users;

pub use clients::{ClientRegistered, ClientToken, ClientTokenRequest, RegisterClient, SecretRotated};
pub use credentials::{Credential, Credentials, CredentialsError};
pub use error::IssuerError;
pub use login_name::{InvalidLogin, Login};
pub use ports::{AccessTokenContents, Password, PasswordCheck, PasswordError, PasswordHashing, TokenSigning};
pub use refusal::IssuerRefusal;
pub use secret::{ClientName, ClientSecret, InvalidClientName, IssuerSecret};
pub use service::{Held, Issuer, IssuerOptions, IssuerPorts};
pub use sign_ins::{LoginRequest, Tokens};
pub use tokens::AccessToken;
pub use users::{ChangePassword, CreateUser, UserCreated};
