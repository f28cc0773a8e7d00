//! The proof file from outside: what is built verifies, and nothing else does.

#[path = "../session/mod.rs"]
#[cfg(test)]
mod session;

#[cfg(test)]
mod altered;
#[cfg(test)]
mod frozen;
#[cfg(test)]
mod fuzzed;
#[cfg(test)]
mod genuine;
#[cfg(test)]
mod inconsistent;
#[cfg(test)]
mod large;
