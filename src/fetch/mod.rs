//! The one door to the network; the only user of reqwest.

mod settings;

pub use settings::Settings;
