//! Bytes → feed, entries, warnings; dates; discovery; OPML.
