//! Keys, record codec, index, inbox, feed states; the only user of sled.

mod settings;

pub use settings::Settings;
