//! Where read models are kept: one generic store for all of them.
//!
//! A view is a set of document rows `(view, tenant, session, id)` with a few indexed columns. The rows and the checkpoint of the
//! view move in one transaction, and the checkpoint moves by compare-and-swap.

#[cfg(feature = "contract")]
pub mod contract;
mod port;
mod query;
mod row;
mod unlike;

pub use port::{Views, ViewsError};
pub use query::{Cursor, Order, ViewQuery};
pub use row::{Columns, RowKey, ViewName, ViewRow};
pub use unlike::Unlike;
