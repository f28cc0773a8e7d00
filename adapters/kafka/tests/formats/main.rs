//! The formats that others read are the ones of the code: the `AsyncAPI` document, the headers of records, published schemas.
//!
//! `ACTA_REGENERATE=1` writes them anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

mod checked_in;
mod document;
mod published;
mod records;
mod session;
