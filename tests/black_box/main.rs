//! Black box: these tests start the real `acta`, speak HTTP to it, kill it, and look at what anybody could look at.
//!
//! One file is one promise. `folder.rs` is a place for a service on either store, `service.rs` starts and stops it, `pass.rs` is
//! what lets clients in, `api.rs` speaks to it, `meeting.rs` plays a small session. `ACTA_TEST_STORE=postgres` plays it all on `PostgreSQL`.
//! `make chaos` runs the long ones, which are ignored otherwise; `ACTA_SITTINGS=FOLDER` adds transcripts to play.

#[cfg(test)]
mod api;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod asyncapi;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod binary;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod floor;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod instances;
#[cfg(test)]
mod kafka;
#[cfg(test)]
mod meeting;
#[cfg(test)]
mod neighbours;
#[cfg(test)]
mod node;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod other_software;
#[cfg(test)]
mod pass;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod python;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod room;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod security;
#[cfg(test)]
mod service;
#[cfg(test)]
mod sittings;
#[cfg(test)]
mod telemetry;
#[cfg(test)]
mod together;
#[cfg(test)]
mod walk;
