//! The file as a person writes it: the sections that belong to no stage, and all sections together.
//!
//! `mod.rs` has what they are understood to mean; only that leaves the module.

use super::secret::{Headers, SecretPlace};
use super::url::FeedUrl;
use crate::hook::Event;
use crate::model::{ByteSize, FeedId, Span};
use crate::observe::LogSettings;
use crate::{archive, dedupe, extract, fetch, schedule, store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Time that running work has after SIGTERM: below the 30 s after which container runtimes kill.
const SHUTDOWN_GRACE: Span = Span::seconds(20);

/// Room for an archive file and its sealed form, and for what the index writes meanwhile.
const FREE_SPACE_FLOOR: ByteSize = ByteSize::mib(200);

/// Twice what a desk of ten thousand feeds and a million articles was measured to need.
const MEMORY_ALARM: ByteSize = ByteSize::mib(1024);

/// What programs want to hear of at once; `sighted` only says that a text is elsewhere too.
const EVENTS: [Event; 6] = [
    Event::New,
    Event::Revised,
    Event::Deleted,
    Event::FeedFailing,
    Event::FeedGone,
    Event::FeedRecovered,
];

/// Time until a receiver has answered: what the specification recommends at least.
const HOOK_TIMEOUT: Span = Span::seconds(15);

/// The API's socket, and its port on loopback for programs that speak no unix sockets.
const LISTEN: [&str; 2] = ["unix:api.sock", "127.0.0.1:7420"];

/// Every section of the file.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct File {
    daemon: Daemon,
    identity: Identity,
    log: LogSettings,
    http: Http,
    schedule: schedule::Settings,
    fetch: fetch::Settings,
    extract: extract::Settings,
    dedup: dedupe::Settings,
    websub: fetch::WebSubSettings,
    archive: archive::Settings,
    store: store::Settings,
    feed: Vec<Feed>,
    webhook: Vec<Webhook>,
}

/// The process itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Daemon {
    /// Folder of the archive and the store. Left out: `$STATE_DIRECTORY` (systemd sets it), else
    /// `/var/lib/wiredesk` for a configuration in `/etc`, else `~/.local/state/wiredesk`.
    #[schemars(example = "/var/lib/wiredesk")]
    pub(super) state_dir: Option<PathBuf>,
    /// Time for running fetches to finish after SIGTERM; what is not finished is asked again at the
    /// next start.
    pub(super) shutdown_grace: Span,
    /// With less room than this on the state folder's file system nothing is polled; reading goes
    /// on, `/readyz` says why, and polling resumes by itself.
    pub(super) free_space_floor: ByteSize,
    /// Resident memory from which the daemon complains in its log.
    pub(super) memory_alarm: ByteSize,
    /// True: the configuration is read again when its files change, as after SIGHUP. A wrong file
    /// keeps the old configuration in force.
    pub(super) watch: bool,
}

impl Default for Daemon {
    fn default() -> Self {
        Self {
            state_dir: None,
            shutdown_grace: SHUTDOWN_GRACE,
            free_space_floor: FREE_SPACE_FLOOR,
            memory_alarm: MEMORY_ALARM,
            watch: false,
        }
    }
}

/// Who we are on the wire.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Identity {
    /// A web page or `mailto:` address where a publisher finds out who polls; stands in the
    /// User-Agent. Publishers block programs that hide.
    #[schemars(example = "https://example.org/about-our-bot")]
    pub(super) contact: Option<String>,
    /// The whole User-Agent, instead of `wiredesk/VERSION (+CONTACT)`.
    #[schemars(example = "example-reader/2.1 (+https://example.org/bot)")]
    pub(super) user_agent: Option<String>,
}

/// The reading side: API, metrics and health.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Http {
    /// Where to listen: `unix:PATH` and `ADDRESS:PORT`. A relative path is below
    /// `$RUNTIME_DIRECTORY` (systemd sets it), else `/run/wiredesk` for a configuration in `/etc`,
    /// else the state folder. An address that others can reach needs `token_file`.
    pub(super) listen: Vec<String>,
    /// File that holds the token which clients of non-loopback addresses send as
    /// `Authorization: Bearer TOKEN`.
    #[schemars(example = "/run/credentials/wiredesk.service/api-token")]
    pub(super) token_file: Option<PathBuf>,
    /// Whether `GET /metrics` answers.
    pub(super) metrics: bool,
    /// WebSub hub that the feeds served at `/feeds/` name, so that readers are pushed to.
    #[schemars(example = "https://hub.example.org/")]
    pub(super) hub: Option<String>,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: LISTEN.map(str::to_owned).into(),
            token_file: None,
            metrics: true,
            hub: None,
        }
    }
}

/// A feed to poll. Every key of `[schedule]` may stand here too and then counts for this feed
/// alone; those of `[fetch]`, `[extract]` and `[dedup]` in `[feed.fetch]` and so on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Feed {
    /// Name in the store, the API and the metrics: 1 to 64 letters, digits, `.`, `_`, `-`. It should
    /// outlive the address. Left out: made from the address.
    #[schemars(with = "Option<String>", example = "example-news")]
    pub(super) id: Option<FeedId>,
    /// Where the feed is, http or https.
    #[schemars(with = "String", example = "https://example.org/feed.xml")]
    pub(super) url: Option<FeedUrl>,
    /// Words to find the feed's articles by.
    #[schemars(example = ["world", "politics"])]
    pub(super) tags: Vec<String>,
    /// For the reader of the file.
    #[schemars(example = "moves to a new address in May")]
    pub(super) note: Option<String>,
    /// True: kept, but not polled.
    pub(super) disabled: bool,
    /// HTTP headers that this feed needs. Their values are secrets and stand in files of their own.
    #[schemars(
        with = "std::collections::BTreeMap<String, super::secret::SecretFile>",
        example = super::secret::example()
    )]
    pub(super) headers: Headers,
}

/// A webhook: changes of articles and turns of feeds are sent to it in their order, signed by the
/// Standard Webhooks specification, and again until it has taken them. A new one is told what
/// happens from then on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Webhook {
    /// Name in the metrics, the log and the state folder: 1 to 64 letters, digits, `.`, `_`, `-`.
    /// Its position belongs to it.
    #[schemars(with = "Option<String>", example = &"newsroom")]
    pub(super) id: Option<String>,
    /// Where messages are sent, http or https. An address that is not public needs
    /// `allow_private_networks` in `[fetch]`.
    #[schemars(with = "Option<String>", example = "https://newsroom.example.org/wiredesk")]
    pub(super) url: Option<FeedUrl>,
    /// What they are signed with: `whsec_` and 24 to 64 bytes in base64. It stands in a file of its
    /// own or in an environment variable, `{ env = "NAME" }`; several with spaces between them sign
    /// together, for a change of secrets.
    #[schemars(example = super::secret::example_place())]
    pub(super) secret: Option<SecretPlace>,
    /// What it is told: `new`, `revised`, `sighted` (seen in another place, the text as before) and
    /// `deleted` of articles, `feed.failing` (for long), `feed.gone` and `feed.recovered`.
    pub(super) events: Vec<Event>,
    /// Only articles and feeds with one of these tags; all where empty.
    #[schemars(example = ["world"])]
    pub(super) tags: Vec<String>,
    /// Only these feeds, and articles that stand in one of them; all where empty.
    #[schemars(with = "Vec<String>", example = ["example-news"])]
    pub(super) feeds: Vec<FeedId>,
    /// Longest time until it has answered.
    pub(super) timeout: Span,
    /// Whether articles come with their text.
    pub(super) text: bool,
    /// Whether articles come with their HTML.
    pub(super) html: bool,
}

impl Default for Webhook {
    fn default() -> Self {
        Self {
            id: None,
            url: None,
            secret: None,
            events: EVENTS.to_vec(),
            tags: Vec::new(),
            feeds: Vec::new(),
            timeout: HOOK_TIMEOUT,
            text: true,
            html: false,
        }
    }
}
