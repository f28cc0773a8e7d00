//! Rooms on a real log.

mod erasing;
mod house;
mod keeping_up;
mod messages;
mod reading;
mod script;
