//! Real HTTP servers that play the services beside this one, written from their contracts, with faults that can be switched on.
//!
//! - [`Neighbour`]: what is to be played, and on which terms (TLS, client certificates). [`Neighbour::start`] opens a port of its own.
//! - [`Playing`]: one that is played. It shows what it received, and is told what is to go wrong: [`Fault`].
//! - [`part`]: what each neighbour knows and does, such as [`part::Identity`], with [`Playing::part`].
//! - [`House`]: all six at once.
//! - [`Authority`]: certificates for them and for their clients.
//! - [`Mailbox`]: an SMTP server that keeps the mails.
//!
//! # A test with an identity service that is slow
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use std::time::Duration;
//! use acta_neighbours::{Evidence, EvidenceKind, Fault, Neighbour};
//!
//! let identity = Neighbour::identity().start().await?;
//! let ada = uuid::Uuid::nil();
//! identity.part().accept(EvidenceKind::Token, "a token", Evidence::of(ada).weighing("1.5"));
//! identity.set(Fault::Slow(Duration::from_secs(10))).await;
//! let url = identity.url();
//! // …
//! assert_eq!(identity.received().len(), 1);
//! identity.assert_contract_kept();
//! # Ok(())
//! # }
//! ```

mod answer;
mod authority;
mod contract;
mod fault;
mod house;
mod mail;
mod neighbour;
pub mod part;
mod playing;
mod received;
mod switches;
mod wire;

pub use answer::Answer;
pub use authority::{Authority, Paper};
pub use fault::Fault;
pub use house::House;
pub use mail::{Mail, MailFault, Mailbox};
pub use neighbour::Neighbour;
pub use part::Part;
pub use part::identity::{Evidence, EvidenceKind};
pub use playing::Playing;
pub use received::Received;
pub use switches::Switches;
