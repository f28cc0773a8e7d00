//! The services beside this one: what goes on without them, what their failures look like from outside, and what never leaves.

mod all_down;
mod faults;
mod governance;
mod markers;
mod once;
mod place;
