//! TOML text → [`Config`], or every problem at once with its place; the difference of two
//! configurations for a reload.
//!
//! Each stage owns its `Settings`; this module composes them and knows no key of theirs. Layers,
//! later ones win key by key: `wiredesk.toml`, the files of `wiredesk.d/` beside it in name order,
//! the environment (`WIREDESK__FETCH__TIMEOUT=30s`). `$NAME` in a file is not expanded.

mod compose;
mod diff;
mod document;
mod feeds;
mod full;
mod listen;
mod paths;
mod problem;
mod schema;
mod secret;
mod section;
mod settings;
mod show;
mod source;
mod suggest;
mod url;
mod webhooks;

pub use diff::{Changes, diff};
pub use full::full;
pub use listen::Listen;
pub use problem::{Problems, Row};
pub use schema::schema;
pub use secret::Secret;
pub use show::{Setting, show};
pub use url::made_id;

use crate::hook::Hook;
use crate::model::{ByteSize, FeedId, Link, Span};
use crate::observe::LogSettings;
use crate::{archive, dedupe, extract, fetch, schedule, store};
use document::Document;
use problem::Problem;
use serde::Serialize;
use source::Source;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the daemon is to do: checked, complete, with absolute paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The process itself.
    pub daemon: Daemon,
    /// Who we are on the wire.
    pub identity: Identity,
    /// Log output.
    pub log: LogSettings,
    /// The reading side.
    pub http: Http,
    /// When feeds are polled, where a feed says nothing else.
    pub schedule: Arc<schedule::Settings>,
    /// The network, where a feed says nothing else.
    pub fetch: Arc<fetch::Settings>,
    /// The cleaning of pages, where a feed says nothing else.
    pub extract: Arc<extract::Settings>,
    /// The recognition of copies, where a feed says nothing else.
    pub dedup: Arc<dedupe::Settings>,
    /// Pushes by hubs.
    pub websub: Arc<fetch::WebSubSettings>,
    /// The change log.
    pub archive: Arc<archive::Settings>,
    /// The index.
    pub store: Arc<store::Settings>,
    /// The feeds in the order of the file; ids are unique.
    pub feeds: Vec<Feed>,
    /// The webhooks in the order of the file; ids are unique.
    pub webhooks: Vec<Arc<Hook>>,
}

/// The process itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Daemon {
    /// Folder of archive and store.
    pub state_dir: PathBuf,
    /// Time that running work has after SIGTERM.
    pub shutdown_grace: Span,
    /// With less room than this on the state folder's file system nothing is polled.
    pub free_space_floor: ByteSize,
    /// Resident memory from which the daemon complains in its log.
    pub memory_alarm: ByteSize,
    /// Whether the configuration is read again when its files change.
    pub watch: bool,
}

/// Who we are on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// Where a publisher finds out who polls; a URL or `mailto:` address.
    pub contact: Option<String>,
    /// The whole User-Agent: visible ASCII.
    pub user_agent: String,
}

/// The reading side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Http {
    /// Where to listen.
    pub listen: Vec<Listen>,
    /// What clients of non-loopback addresses must send; present where such an address is listened on.
    pub token: Option<Secret>,
    /// Whether `GET /metrics` answers.
    pub metrics: bool,
    /// The hub that re-published feeds name.
    pub hub: Option<Link>,
}

/// A feed to poll, with the settings that count for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// Its name in the store, the API and the metrics.
    pub id: FeedId,
    /// Where it is, without user name and password.
    pub url: Link,
    /// HTTP headers that only this feed's server gets, names in lower case; the login of the address
    /// is among them.
    pub headers: Vec<(String, Secret)>,
    /// Words to find its articles by.
    pub tags: Vec<String>,
    /// For the reader of the file.
    pub note: Option<String>,
    /// Kept, but not polled.
    pub disabled: bool,
    /// When it is polled.
    pub schedule: Arc<schedule::Settings>,
    /// How it and its pages are fetched.
    pub fetch: Arc<fetch::Settings>,
    /// How its pages are cleaned.
    pub extract: Arc<extract::Settings>,
    /// How its copies are recognised.
    pub dedup: Arc<dedupe::Settings>,
}

/// A configuration that can be used, and what should be better about it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What the daemon is to do.
    pub config: Config,
    /// The main file.
    pub path: PathBuf,
    /// By which a change of the files is seen: see [`fingerprint`].
    pub fingerprint: u64,
    /// What works and should be better.
    pub warnings: Problems,
}

/// Reads the configuration at `path` and everything that is layered over it. Without a path it is
/// looked for: `$WIREDESK_CONFIG`, `./wiredesk.toml`, `~/.config/wiredesk/wiredesk.toml`,
/// `/etc/wiredesk/wiredesk.toml`.
///
/// # Errors
/// Everything that is wrong with it, each problem with its place; also that there is none.
pub fn load(
    path: Option<&Path>,
    env: impl Iterator<Item = (String, String)>,
) -> Result<Loaded, Problems> {
    read(path, env, |_, _| ()).map(|(loaded, ())| loaded)
}

/// The file that [`load`] would read; `None` where there is none.
pub fn find(path: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Option<PathBuf> {
    paths::config_file(path, &env.collect::<Vec<_>>())
}

/// As [`load`], together with what `look` sees in the texts before they are given up.
fn read<R>(
    path: Option<&Path>,
    env: impl Iterator<Item = (String, String)>,
    look: impl FnOnce(&Document<'_>, &[Source]) -> R,
) -> Result<(Loaded, R), Problems> {
    let env: Vec<_> = env.collect();
    let mut problems = Vec::new();
    let Some(path) = paths::config_file(path, &env) else {
        let problem = Problem::error("there is no configuration")
            .help("name one with --config, or let `wiredesk init` write ./wiredesk.toml");
        return Err(Problems::new(Vec::new(), vec![problem]));
    };
    let sources = source::gather(&path, &env, &mut problems);
    let document = Document::of(&sources, &mut problems);
    let seen = look(&document, &sources);
    let config = compose::config(document, &path, &env, &mut problems);
    let fingerprint = source::fingerprint(&sources);
    let warnings = Problems::new(sources, problems);
    if warnings.only_warnings() {
        Ok((Loaded { config, path, fingerprint, warnings }, seen))
    } else {
        Err(warnings)
    }
}

/// A hash of the texts of the main file at `path` and the files beside it, by which a change of them
/// is seen.
pub fn fingerprint(path: &Path) -> u64 {
    source::fingerprint(&source::gather(path, &[], &mut Vec::new()))
}

/// The folder whose files are layered over the main file at `path`; it need not exist.
pub fn extra_folder(path: &Path) -> PathBuf {
    path.with_extension("d")
}

/// The environment of this process as far as it is UTF-8, for [`load`].
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
