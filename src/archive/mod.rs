//! The change log in plain files: append, fsync, roll, read, verify.

mod settings;

pub use settings::Settings;
