//! Who may do what, seen from outside: tokens and the keys that they are bound to, certificates, quotas, passwords, and the record of it
//! all.

mod audit;
mod internal;
mod issuers;
mod matrix;
mod papers;
mod passwords;
mod possession;
mod quotas;
mod sign_in;
mod sign_ins;
