//! Markup as it is found: tokens, names, references, and the outline of a feed.
//!
//! Knows nothing of what the fields of a feed mean; that is `read`'s work.

pub(crate) mod entities;
pub(crate) mod names;
pub(crate) mod outline;
pub(crate) mod record;
pub(crate) mod scan;
pub(crate) mod text;
