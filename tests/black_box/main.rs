//! Black box: these tests start the real `acta`, speak HTTP to it, kill it, and look at what anybody could look at.
//!
//! One file is one promise. `service.rs` starts and stops the binary, `api.rs` speaks to it, `meeting.rs` plays a small session.
//! `make chaos` runs the long ones, which are ignored otherwise; `ACTA_SITTINGS=FOLDER` adds transcripts to play.

#[cfg(test)]
mod api;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod meeting;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod other_software;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod python;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod service;
#[cfg(test)]
mod sittings;
#[cfg(test)]
mod walk;
