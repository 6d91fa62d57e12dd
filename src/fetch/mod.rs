//! The one door to the network; the only user of reqwest.
//!
//! [`Fetcher::get`] brings one document and answers with an [`Outcome`]: whatever a server does is a
//! value, never an error. On the way it keeps every promise that the daemon makes to servers and to
//! its own machine: conditional requests with the validators byte for byte, redirects followed hop
//! by hop under our own rules ([`get`]), addresses checked at the moment they are dialled
//! ([`guard`]), bodies inflated under caps ([`body`], [`inflate`]), deadlines, and politeness to
//! every host ([`Hosts`]). What the document says is `feed`'s and `extract`'s business; when to ask
//! again is `schedule`'s.

mod access;
mod answer;
mod body;
mod client;
#[cfg(feature = "interfaces")]
mod courier;
mod failure;
mod freshness;
mod get;
mod guard;
mod hosts;
mod inflate;
mod journey;
mod line;
mod local;
mod outcome;
mod post;
mod request;
mod robots;
mod settings;
mod submit;
mod warm;
pub mod websub;

pub use access::{Access, AccessSettings, BasicAuth, ClientCertificate, Secret};
pub use client::SetUpError;
#[cfg(feature = "interfaces")]
pub use courier::Courier;
pub use freshness::Freshness;
pub use get::Fetcher;
pub use hosts::{Hosts, Permit};
pub use local::{Local, LocalAnswer, LocalError};
pub use outcome::{Failure, FailureKind, Fetched, Outcome, Reason, Unchanged};
pub use post::{Post, Posted};
pub use request::{Kind, Request};
pub use settings::{ObeyRobots, Settings, WebSubSettings};
