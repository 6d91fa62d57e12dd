//! What the output of verbs promises to other programs, as `--help` and the man pages say it.

/// `list`.
pub(super) const ARTICLES: &str = "\
Output: a table on a terminal. With --json, and where standard output is no terminal, NDJSON: one \
article a line, the newest first, each an object with the fields of `Article` in the API's contract \
(GET /openapi.json): id, url, title, authors, published, text and so on. Where nothing fits, nothing is \
printed. Fields may be added, none changes its meaning; what is not known is null.

Exit codes: 0, also where nothing fits; 2 wrong command line; 65 the daemon does not understand the \
question; 69 it does not answer; 74 reading failed; 75 another program holds the state folder; 78 wrong \
configuration. Messages stand on standard error.";

/// `search`.
pub(super) const FOUND: &str = "\
Output: a table on a terminal. With --json, and where standard output is no terminal, NDJSON: one \
article a line, the best first or with --newest the newest, with the fields that `wiredesk list` \
prints. Where nothing is found, nothing is printed. Fields may be added, none changes its meaning.

Exit codes: as of `wiredesk list`.";

/// `get`.
pub(super) const ARTICLE: &str = "\
Output: JSON, on a terminal over several lines; with --json, and where standard output is no terminal, \
one line: an object with the fields of `Article` in the API's contract (GET /openapi.json). --story and \
--diff print one object, with the fields of `Story` and `Diff`; --revisions one article a line, the \
oldest first; --text the body alone, as plain text. On a terminal --diff is a patch for a person. \
Fields may be added, none changes its meaning.

Exit codes: 0; 69 there is no such article; else as of `wiredesk list`.";

/// `feed list`.
pub(super) const FEEDS: &str = "\
Output: a table on a terminal. With --json, and where standard output is no terminal, NDJSON: one feed \
a line in the order of the configuration, each an object with the fields of `Feed` in the API's contract \
(GET /openapi.json): id, url, tags, disabled, title, health (new, ok, failing, dead, gone), failures, \
last_error, last_outcome, last_polled, last_success, last_new, next_due, due_reason, entries_a_day. \
Fields may be added, none changes its meaning; what is not known is null.

Exit codes: as of `wiredesk list`.";

/// `feed why`.
pub(super) const FEED: &str = "\
Output: text on a terminal. With --json, and where standard output is no terminal, one line of JSON: \
an object with the fields that `wiredesk feed list` prints, and why: the reasons in words, a sentence \
a line. Fields may be added, none changes its meaning.

Exit codes: 0; 69 there is no such feed; else as of `wiredesk list`.";

/// `status`.
pub(super) const STATUS: &str = "\
Output: a line for each figure on a terminal. With --json, and where standard output is no terminal, \
one line of JSON: an object with the fields of `Status` in the API's contract (GET /openapi.json): \
version, health (state: running, read-only, stopping or stopped; reason), last_seq, applied_seq, \
articles, inbox, feeds (a number for each health), store_bytes, store_payload_bytes, started, \
memory_bytes, work. Where no daemon runs, the state is stopped, and started and work are null. Fields \
may be added, none changes its meaning.

Exit codes: as of `wiredesk list`. For a check by exit code see `wiredesk health`.";
