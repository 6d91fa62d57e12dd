//! Bytes → feed: no panic, and everything handed on keeps its promises.
#![no_main]

#[path = "../../feed/valid.rs"]
mod valid;

use wiredesk::feed::{Media, Settings, parse};

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    if let Ok(parsed) = parse(body, &Media::default(), &Settings::default()) {
        valid::check(&parsed);
    }
});
