//! Bytes → list of feeds: no panic, and what is read can be written.
#![no_main]

use wiredesk::feed::{Media, opml};

libfuzzer_sys::fuzz_target!(|body: &[u8]| drop(opml::read(body, &Media::default()).map(|list| opml::write(&list))));
