//! The change log in plain files: the only copy of every article, and the truth of the house.
//!
//! `dt=YYYY-MM-DD/<first-seq>.ndjson` holds one [`Change`](crate::model::Change) a line, in the
//! order of `seq`, with no gap and no repeat. [`Log`] appends groups of changes and has them on the
//! disk before it answers; [`tend`] seals files that are complete (`.ndjson.zst`, listed with their
//! BLAKE3 in `manifest.json`) and lets the oldest go; [`Reader`] hands the changes out; [`verify()`]
//! looks at every byte. Any other program may read, copy or ship the files at any time.
//!
//! What a change means and where it is looked up is not known here: `store` is the index, and
//! `pipeline` brings it up to date from here.

mod backup;
mod error;
mod layout;
mod line;
mod log;
mod manifest;
pub mod medium;
mod reader;
mod recover;
mod repair;
mod seal;
mod settings;
mod survey;
mod verify;

pub use backup::{Copied, Until, backup, restore};
pub use error::{OpenError, ReadError, WriteError};
pub use log::{Held, Log, Report};
pub use reader::{Changes, Line, Lines, Reader};
pub use repair::{Repaired, repair};
pub use seal::{Tended, tend, tend_on};
pub use settings::{Keep, Settings};
pub use survey::{Survey, survey};
pub use verify::{Verified, verify};
