//! The schedule from outside: the rules of a polite and quick poller, each with its test, and a
//! million polls in virtual time.
//!
//! Rules bear the names that the founders gave them: V validators, H hints, E errors, C cadence,
//! P politeness, W WebSub. Where each has its test (`s` = `tests/schedule`, `f` = `tests/fetch`,
//! `j` = `tests/journey`, else the unit tests of that source file):
//!
//! | rule | test |
//! | --- | --- |
//! | V1 verbatim · V2 none given | `f/conditional` `validators_are_opaque`, `j/validators` · `s/validators` `v2_…` |
//! | V3 new `ETag`, same bytes · V4 from a 304 · V5 dropped · V6 unread | `j/validators` |
//! | V7 another address · V8 redirects | `f/conditional` `validators_of_another_address…`, `…target_of_a_redirect…` |
//! | V9 lying 304 · V10 same bytes · V11 RFC 3229 | `s/validators` `v9_…`, `v10_…` · `f/conditional` `new_entries_alone…` |
//! | V12, H2 `no-cache`, `Expires` against `Date` | `src/fetch/freshness.rs` |
//! | H1, H3, H4, H5, H6 | `s/freshness` |
//! | E1, E3, E4, E5, E6, E7, E8, E9 | `s/errors`; E4 and E7 for whole hosts `src/fetch/hosts.rs`, `line.rs` |
//! | E2 who rests | `s/errors` `e2_…`, `src/fetch/hosts.rs` `only_public_hosts_rest…` |
//! | E10 circles and chains · secrets | `f/redirects` · `f/headers` `secrets_stay…` |
//! | E11 suspicious answers | `s/errors` `e11_…`, `j/validators` |
//! | E12 slow, endless, inflated · odd | `f/faults`, `f/encodings`, `f/http2` · `f/odd` |
//! | C1 restart, reload · C2 floor · C4 by hand · C5 spread · C7 stops · C8 overflow · C9 queue | `s/cadence`, `s/budget`; C1 also `j/main` |
//! | C3 one request for a new feed · C6 one for twins | `j/validators` · `j/twins` |
//! | P1, P2, P3 hosts' turns · P4 the longest waiting first | `f/politeness`, `src/fetch/hosts.rs` · `src/daemon/backlog.rs` |
//! | P5 headers · P6 connections | `f/headers` |
//! | P7 `robots.txt` · P8 addresses | `f/robots`, `src/fetch/robots` (public cases too) · `f/guard`, `src/fetch/guard.rs` |
//! | W1 to W4, W6, W7 · W5 rare polls | `j/websub`, `src/fetch/websub.rs`, `src/pipeline/hubs.rs` · `s/cadence` `w5_…` |

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "schedule/budget.rs"]
mod budget;
#[path = "schedule/cadence.rs"]
mod cadence;
#[path = "schedule/errors.rs"]
mod errors;
#[path = "schedule/freshness.rs"]
mod freshness;
#[path = "schedule/million.rs"]
mod million;
#[path = "schedule/poller.rs"]
mod poller;
#[path = "schedule/validators.rs"]
mod validators;
