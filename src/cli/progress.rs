//! Progress of long work: a bar where a person looks on, nothing otherwise.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that appears with the first figure and is gone when it is dropped.
pub(super) struct Bar {
    what: &'static str,
    bar: Option<ProgressBar>,
}

impl Bar {
    /// A bar for `what`, not shown yet.
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, bar: None }
    }

    /// Shows that `done` of `all` is done.
    pub(super) fn show(&mut self, done: u64, all: u64) {
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(all);
            let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_message(self.what);
            bar
        });
        bar.set_length(all);
        bar.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
