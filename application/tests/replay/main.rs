//! Publishing history once more, from a real log to topics in memory.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod broken;
mod published;
mod scene;
