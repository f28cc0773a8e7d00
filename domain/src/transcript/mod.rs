//! The transcript: which chunks were spoken when. The words themselves are sealed beside the events.

mod aggregate;
mod command;
mod error;
mod event;
#[cfg(test)]
mod tests;

pub use aggregate::Transcript;
pub use command::TranscriptCommand;
pub use error::TranscriptError;
pub use event::TranscriptEvent;
