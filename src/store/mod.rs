//! The index over the archive: articles by id, address, GUID and text, lists of them, what is
//! remembered of each feed, and the inbox of entries whose page is yet to be fetched.
//!
//! Nothing here is the only copy of an article. The engine behind it (sled) is good at fast
//! lookups and bad at surviving power cuts and full disks, so that a store that does not open is
//! [set aside](set_aside) and computed again from the archive by `pipeline`. Feed states and the
//! inbox are [taken over](salvage) as far as they can be read; what cannot only makes us ask again.
//!
//! [`Store`] is a cheap handle for readers. The one [`Writer`] changes everything in transactions:
//! what [`Txn::commit`] has acknowledged is on the disk as a whole.
//!
//! From the bottom: [`backend`] (bytes in an engine: `disk`, `memory`), `record` (bytes with
//! version and checksum), `keys` (where what stands), `view` (records in the engine or pending),
//! `card` (what is indexed of an article), then the functions in terms of the domain.

mod apply;
pub mod backend;
mod bundles;
mod card;
mod disk;
mod error;
mod gists;
mod head;
mod inbox;
mod keys;
mod list;
mod memory;
mod migrate;
mod open;
mod polled;
mod read;
mod record;
mod settings;
mod shrink;
mod verify;
mod view;
mod write;

pub use apply::Keys;
pub use bundles::BundleId;
pub use error::{OpenError, ReadError, WriteError};
pub use inbox::{InboxItem, PageMark};
pub use list::{Cursor, Filter, Page};
pub use open::{in_memory, note, open, over, set_aside};
pub use read::{Stats, Store};
pub use settings::Settings;
pub use shrink::{Shrunk, salvage, shrink};
pub use verify::{Verified, verify};
pub use write::{Syncer, Txn, Writer};
