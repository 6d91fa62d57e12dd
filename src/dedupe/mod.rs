//! Candidate and what is known → verdict; URL keys, text keys, anchors.

mod settings;

pub use settings::Settings;
