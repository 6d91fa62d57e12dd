//! Text → date: no panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| drop(wiredesk::feed::date(text)));
