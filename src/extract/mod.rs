//! HTML → title, byline, dates, body, images, and what was dropped and why.

mod settings;

pub use settings::Settings;
