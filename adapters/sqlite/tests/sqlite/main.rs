//! What is special about SQLite: files, locks, triggers, and what is left in the bytes.

mod crash;
mod damage;
mod erasure;
mod folder;
mod heads;
mod immutable;
mod store;
