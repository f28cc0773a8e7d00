//! The use cases on a real store: what is acknowledged, what is refused, and what happens when the log fails.

mod attendance;
mod evidence;
mod faults;
mod floor;
mod policies;
mod room;
mod sessions;
mod transcript;
