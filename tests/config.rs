//! What a person sees of the configuration: every fault at once with its place and remedy, the
//! layers and who wins, the texts that ship with the program.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use wiredesk::config::{self, Changes, Config, Loaded, Problems, diff, load};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A folder with a `wiredesk.toml` of this text.
fn folder(text: &str) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("wiredesk.toml");
    fs::write(&path, text).unwrap();
    (dir, path)
}

fn env<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Iterator<Item = (String, String)> + 'a {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
}

fn load_text(text: &str, pairs: &[(&str, &str)]) -> Result<Loaded, Problems> {
    let (_dir, path) = folder(text);
    load(Some(&path), env(pairs))
}

fn good(text: &str) -> Config {
    load_text(text, &[]).unwrap().config
}

/// The text's problems are these, in this order: `line:column message | remedy`, where message and
/// remedy are parts of what is said.
#[track_caller]
fn check(text: &str, expect: &[&str]) {
    let problems = match load_text(text, &[]) {
        Ok(loaded) => loaded.warnings,
        Err(problems) => problems,
    };
    let rows: Vec<_> = problems.rows().into_iter().filter(|row| row.line.is_some()).collect();
    assert_eq!(rows.len(), expect.len(), "{problems}");
    for (row, expect) in rows.iter().zip(expect) {
        let (place, said) = expect.split_once(' ').unwrap();
        let (message, help) = said.split_once(" | ").unwrap_or((said, ""));
        assert_eq!(format!("{}:{}", row.line.unwrap(), row.column.unwrap()), place, "{problems}");
        assert!(row.message.contains(message), "{} has no {message}", row.message);
        let given = row.help.clone().unwrap_or_default();
        assert!(given.contains(help), "{given} has no {help}");
    }
}

/// A feed, so that what a test says is the only thing wrong.
const FEED: &str = "[[feed]]\nurl = \"https://example.org/feed\"\n";

#[test]
fn each_fault_has_a_place_and_a_remedy() {
    check("[fech]\n", &["1:2 no section `fech` | did you mean [fetch]?"]);
    check("every = \"5m\"\n", &["1:1 no section `every` | `every` belongs into [schedule]"]);
    check("colour = 1\n", &["1:1 no section `colour` | the sections are daemon,"]);
    check("schedule = 3\n", &["1:1 `schedule` is a table | [schedule]"]);
    check("[schedule]\nevry = \"5m\"\n", &["2:1 no key `evry` | did you mean `every`?"]);
    check("[schedule]\nlisten = []\n", &["2:1 no key `listen` | belongs into [http]"]);
    check("[log]\nwhere = \"x\"\n", &["2:1 no key `where` | its keys are level, format"]);
    check("[schedule]\nevery = 15\n", &["2:9 expected a string | `every = \"15m\"`"]);
    check("[schedule]\nmin = \"abc\"\n", &["2:7 expected a duration | `min = \""]);
    check("[log]\nformat = \"jsno\"\n", &["2:10 unknown variant `jsno` | did you mean `json`?"]);
    check("[log]\nlevel = \"x=loud\"\n", &["2:9 error parsing level filter | level = \"info,"]);
    check("[http]\nlisten = [\"example\"]\n", &["2:10 no place to listen | listen = [\"unix:"]);
    check("[http]\nlisten = [\"0.0.0.0:80\"]\n", &["2:10 could read everything | `token_file`"]);
    check("[http]\ntoken_file = \"none\"\n", &["2:14 cannot read the secret | write the token"]);
    check("[identity]\ncontact = \"me\"\n", &["2:11 neither a web page | mailto:"]);
    check("[identity]\nuser_agent = \"\\n\"\n", &["2:14 visible ASCII | user_agent ="]);
    check("[daemon]\nshutdown_grace = \"1y\"\n", &["2:18 expected a duration | \"20s\""]);
    check("feed = 3\n", &["1:1 a list of tables | [[feed]] with two brackets"]);
    check("feed = [3]\n", &["1:9 a list of tables | [[feed]] with two brackets"]);
    check("[[feed]]\nnote = \"x\"\n", &["1:1 a feed without `url` | url = "]);
    check("[[feed]]\nurl = \"ftp://example.org/\"\n", &["2:7 not an absolute http or https URL"]);
    check("[[feed]]\nurl = \"example.org\"\n", &["2:7 not an absolute http or https URL"]);
    check("[[feed]]\nuri = \"x\"\n", &["1:1 without `url`", "2:1 no key `uri` | mean `url`?"]);
    check(&format!("{FEED}id = \"a b\"\n"), &["3:6 a feed id has | `id = \"example-news\"`"]);
    check(&format!("{FEED}tags = \"x\"\n"), &["3:8 expected a sequence | tags = [\"world\""]);
    check(&format!("{FEED}fetch = 3\n"), &["3:1 is a table | [feed.fetch]"]);
    check(&format!("{FEED}[feed.fetch]\nfoo = 3\n"), &["4:1 [fetch] has no key `foo`"]);
    check(&format!("{FEED}min = 3\n"), &["3:7 expected a string | `min = "]);
    check(
        &format!("{FEED}headers = {{ \"a b\" = {{ file = \"x\" }} }}\n"),
        &["3:23 no HTTP header name | headers = {"],
    );
    check(
        &format!("{FEED}headers = {{ Cookie = {{ file = \"none\" }} }}\n"),
        &["3:31 cannot read the secret"],
    );
    check(
        "[dedup]\nalike = { facts = \"x\", numbrs = 1 }\n",
        &["2:19 expected f32 | `alike.facts = 0.", "2:24 unknown field `numbrs` | mean `numbers`?"],
    );
    check("[schedule]\njitter = 1.5\n", &["2:10 1.5 is too much: at most 1 | `jitter = 0.1`"]);
    check("[archive]\nlevel = 0\n", &["2:9 0 is too little: at least 1 | `level = 6`"]);
    check("[schedule]\nmin = \"2d\"\n", &["2:7 2d is longer than `max`, 12h | make that longer"]);
    check(&format!("{FEED}min = \"2d\"\n"), &["3:7 2d is longer than `max` | longer"]);
    check(
        &format!("{FEED}[feed.fetch]\nconcurrency = 3\n"),
        &["4:1 counts for all feeds together | set it in [fetch]"],
    );
    check("[schedule]\nbackoff = 3\n", &["2:11 invalid type: integer `3` | `backoff = { max ="]);
    check("[schedule]\nevery = {}\n", &["2:9 invalid type: map | `every = \"15m\"`"]);
    check("[schedule.every]\nx = 1\n", &["2:1 invalid type: map | `every = \"15m\"`"]);
    check(&format!("{FEED}{FEED}"), &["4:7 the same address twice | remove one"]);
    check(
        "[[feed]]\nid = \"a\"\nurl = \"https://a.example/\"\n[[feed]]\nid = \"a\"\nurl = \"https://b.example/\"\n",
        &["5:6 two feeds are called `a` | another `id`"],
    );
}

/// A webhook but for its secret.
const HOOK: &str = "[[webhook]]\nid = \"mill\"\nurl = \"https://mill.example/in\"\n";

#[test]
fn each_fault_of_a_webhook_has_a_place_and_a_remedy() {
    check(
        "[[webhook]]\n",
        &["1:1 without `id` | id =", "1:1 without `url` | url =", "1:1 without `secret` | file ="],
    );
    check("webhook = 3\n", &["1:1 a list of tables | [[webhook]] with two brackets"]);
    check("[webhok]\n", &["1:2 no section `webhok` | did you mean [[webhook]]?"]);
    let hook = |rest: &str| format!("{HOOK}{rest}");
    check(&hook("secret = { file = \"none\" }\n"), &["4:19 cannot read the secret | whsec_"]);
    check(&hook("secret = { env = \"NONE\" }\n"), &["4:18 no variable NONE | whsec_"]);
    let secret = "secret = { env = \"KEY\" }\n";
    let key = [("KEY", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("WEAK", "whsec_c2VzYW1l")];
    let said = |text: &str| load_text(&(FEED.to_owned() + text), &key).unwrap_err().render(false);
    for (keys, expect) in [
        ("evnts = []\n", "did you mean `events`?"),
        ("events = [\"newest\"]\n", "unknown variant `newest`"),
        ("events = []\n", "it would be told nothing"),
        ("feeds = [\"example.org-fed\"]\n", "did you mean `example.org-feed`?"),
        ("timeout = 3\n", "`timeout = \"15s\"`"),
    ] {
        let said = said(&hook(&format!("{secret}{keys}")));
        assert!(said.contains(expect), "{said}");
    }
    let weak = said(&hook(&secret.replace("KEY", "WEAK")));
    assert!(weak.contains("it has 6 bytes, not 24 to 64") && !weak.contains("c2Vz"), "{weak}");
    let twice = said(&(hook(secret) + &hook(secret)));
    assert!(twice.contains("two webhooks are called `mill`"), "{twice}");
    let strange = said(&hook(secret).replace("mill\"", "a b\""));
    assert!(strange.contains("1 to 64 letters"), "{strange}");
    let login = said(&hook(secret).replace("//mill", "//a:sesame@mill"));
    assert!(login.contains("no user name") && !login.contains("sesame"), "{login}");
    let many: String =
        (0..33).map(|n| hook(secret).replace("mill\"", &format!("m{n}\""))).collect();
    assert!(said(&many).contains("more than 32 webhooks"));
}

#[test]
fn a_webhooks_secret_is_never_shown() {
    for secret in ["\"whsec_sesame\"", "{ fil = \"whsec_sesame\" }", "[\"whsec_sesame\"]"] {
        let problems = load_text(&format!("{HOOK}secret = {secret}\n"), &[]).unwrap_err();
        let said = format!("{}{:?}", problems.render(false), problems.rows());
        assert!(said.contains("a secret stands elsewhere") && !said.contains("sesame"), "{said}");
    }
}

#[test]
fn a_webhook_is_understood() {
    let pairs = [("KEY", " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")];
    let text = format!("{FEED}{HOOK}secret = {{ env = \"KEY\" }}\ntags = [\"World\"]\n");
    let config = load_text(&text, &pairs).unwrap().config;
    let hook = config.webhooks.first().unwrap();
    assert_eq!((hook.id.as_str(), hook.tags.as_slice()), ("mill", ["world".to_owned()].as_slice()));
    assert_eq!((hook.events.len(), hook.text, hook.html), (6, true, false));
    assert!(!format!("{config:?}").contains("MfKQ"));
    let other = load_text(&text.replace("World", "water"), &pairs).unwrap().config;
    assert!(diff(&config, &other).sections.contains(&"webhook"));
}

#[test]
fn everything_is_said_at_once() {
    check(
        "[schedule]\nevery = 15\nevry = 1\n[log]\nformat = 1\n[[feed]]\nid = \"a b\"\n[[feed]]\nurl = \"x\"\n",
        &["2:9 ", "3:1 ", "5:10 ", "6:1 ", "7:6 ", "9:7 "],
    );
    check(
        "[log]\nlevel = \"info\nformat = \"x\n[[feed]\nurl = 1\n[log]\nx = \n",
        &["2:14 invalid basic string", "3:12 ", "4:8 unclosed", "6:2 duplicate key", "7:5 "],
    );
}

/// Kinds of faults that a person may make, each on a line of its own that ends with a mark.
const FAULTS: &str = include_str!("fixtures/faults.toml");

#[test]
fn fifty_kinds_of_faults_are_drawn_at_once() {
    let (dir, _) = folder(FAULTS);
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_wiredesk"))
        .args(["check", "--config", "wiredesk.toml"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert_eq!(program.status.code(), Some(78));
    let said = String::from_utf8(program.stderr).unwrap();
    let drawn: Vec<&str> = said.split("error: ").skip(1).collect();
    let marked = FAULTS.lines().zip(1..).filter(|(text, _)| text.ends_with(" # !"));
    let marked: Vec<_> = marked.collect();
    assert!(marked.len() >= 50, "{} kinds", marked.len());
    for (text, line) in &marked {
        let place = format!("--> wiredesk.toml:{line}:");
        let of_line = drawn.iter().find(|problem| problem.contains(&place));
        let Some(problem) = of_line else { panic!("nothing about line {line}, {text}\n{said}") };
        for part in [&format!("{line} | {text}\n"), "^", "= help: "] {
            assert!(problem.contains(part), "no `{part}` in\n{problem}");
        }
    }
    let sum = format!("the configuration has {} problems\n", marked.len());
    assert_eq!(drawn.last(), Some(&sum.as_str()), "{said}");
}

#[test]
fn problems_are_drawn_with_line_and_caret() {
    let problems = load_text("[schedule]\nevry = \"5m\"\n", &[]).unwrap_err().render(false);
    let expect =
        "wiredesk.toml:2:1\n  |\n2 | evry = \"5m\"\n  | ^^^^\n  |\n  = help: did you mean `every`?";
    assert!(problems.contains(expect), "{problems}");
}

#[test]
fn secrets_are_never_shown() {
    for text in [
        "[[feed]]\nid = \"a b\"\nurl = \"https://user:sesame@example.org/\"\n",
        "[[feed]]\nurl = \"ftp://user:sesame@example.org/\"\n",
        "[[feed]]\nurl = \"https://a.example/\"\nheaders = { Authorization = \"sesame\" }\n",
        "[[feed]]\nurl = \"https://a.example/\"\nheaders = \"sesame\"\n",
    ] {
        let problems = load_text(text, &[]).unwrap_err();
        let said = format!("{}{:?}", problems.render(false), problems.rows());
        assert!(!said.contains("sesame"), "{said}");
        assert!(problems.render(false).contains("******"), "{problems}");
    }
    let config = good("[[feed]]\nurl = \"https://user:s%65same@example.org/feed\"\n");
    assert!(!format!("{config:?}").contains("sesame"));
    let feed = config.feeds.first().unwrap();
    assert_eq!(feed.url.as_str(), "https://example.org/feed");
    let (name, value) = feed.headers.first().unwrap();
    assert_eq!((name.as_str(), value.reveal()), ("authorization", "Basic dXNlcjpzZXNhbWU="));
}

#[test]
fn secrets_stand_in_files_beside_the_configuration() {
    let (dir, path) =
        folder(&format!("{FEED}headers = {{ Authorization = {{ file = \"key\" }} }}\n"));
    fs::write(dir.path().join("key"), "Bearer sesame\n").unwrap();
    let config = load(Some(&path), env(&[])).unwrap().config;
    let (_, value) = config.feeds.first().unwrap().headers.first().unwrap();
    assert_eq!(value.reveal(), "Bearer sesame");
}

#[test]
fn later_layers_win_key_by_key() {
    let (dir, path) = folder(&format!("[schedule]\nevery = \"1h\"\nmin = \"5m\"\n{FEED}"));
    let more = dir.path().join("wiredesk.d");
    fs::create_dir(&more).unwrap();
    fs::write(more.join("20.toml"), "[schedule]\nevery = \"3h\"\n").unwrap();
    let second = "[schedule]\nevery = \"2h\"\n[[feed]]\nurl = \"https://b.example/\"\n";
    fs::write(more.join("10.toml"), second).unwrap();
    let pairs = [
        ("WIREDESK__SCHEDULE__MIN", "7m"),
        ("WIREDESK__HTTP__METRICS", "false"),
        ("WIREDESK__DEDUP__ALIKE__FACTS", "0.5"),
    ];
    let config = load(Some(&path), env(&pairs)).unwrap().config;
    assert_eq!(config.schedule.every.to_string(), "3h");
    assert_eq!(config.schedule.min.to_string(), "7m");
    assert_eq!(config.feeds.len(), 2);
    assert!(!config.http.metrics);
    assert!((config.dedup.alike.facts - 0.5).abs() < f32::EPSILON);
    let faults = [("WIREDESK__SCHEDULE__EVERY", "soon"), ("WIREDESK__X", "1")];
    let problems = load(Some(&path), env(&faults)).unwrap_err().render(false);
    assert!(problems.contains("WIREDESK__SCHEDULE__EVERY=soon\n"), "{problems}");
    assert!(problems.contains("WIREDESK__X names no setting"), "{problems}");
}

#[test]
fn a_feed_has_its_own_settings() {
    let own = "every = \"5m\"\n[feed.dedup.alike]\nfacts = 0.5\n";
    let section = "[schedule]\nmin = \"3m\"\n[dedup.alike]\nnumbers = 0.25\n";
    let config = good(&format!("{section}{FEED}{own}"));
    let feed = config.feeds.first().unwrap();
    assert_eq!(feed.schedule.every.to_string(), "5m");
    assert_eq!(feed.schedule.min.to_string(), "3m");
    assert_eq!(config.schedule.every.to_string(), "15m");
    let alike = &feed.dedup.alike;
    let laid_over = format!("{} {}", alike.facts, alike.numbers);
    assert_eq!(laid_over, "0.5 0.25", "a table is laid over key by key");
}

#[test]
fn ids_follow_from_addresses() {
    let id = |url: &str| {
        let config = good(&format!("[[feed]]\nurl = \"{url}\"\n"));
        config.feeds.first().unwrap().id.to_string()
    };
    assert_eq!(id("https://www.example.org/news/feed.xml"), "example.org-news-feed.xml");
    assert_eq!(id("https://example.org/"), "example.org");
    let (a, b) = (id("https://example.org/?f=a"), id("https://example.org/?f=b"));
    assert!(a.starts_with("example.org-") && a != b, "{a} {b}");
    assert!(id(&format!("https://example.org/{}", "x".repeat(200))).len() <= 64);
}

#[test]
fn folders_follow_from_the_environment() {
    let pairs = [("STATE_DIRECTORY", "/var/lib/x"), ("RUNTIME_DIRECTORY", "/run/x")];
    let config = load_text(FEED, &pairs).unwrap().config;
    assert_eq!(config.daemon.state_dir, Path::new("/var/lib/x"));
    assert_eq!(config.http.listen.first().unwrap().to_string(), "unix:/run/x/api.sock");
    let config = load_text(FEED, &[("HOME", "/home/a")]).unwrap().config;
    assert_eq!(config.daemon.state_dir, Path::new("/home/a/.local/state/wiredesk"));
    let socket = config.http.listen.first().unwrap().to_string();
    assert_eq!(socket, "unix:/home/a/.local/state/wiredesk/api.sock");
}

#[test]
fn a_missing_file_is_named() {
    let problems = load(Some(Path::new("/nowhere/x.toml")), env(&[])).unwrap_err();
    assert!(problems.to_string().contains("cannot read /nowhere/x.toml"), "{problems}");
}

#[test]
fn a_reload_changes_what_differs() {
    let feed = |id: &str, rest: &str| {
        format!("[[feed]]\nid = \"{id}\"\nurl = \"https://{id}.example/\"\n{rest}")
    };
    let old = good(&(feed("a", "") + &feed("b", "") + &feed("c", "")));
    assert!(diff(&old, &old).is_empty());
    let text = format!("[log]\nlevel = \"debug\"\n{}", feed("b", "every = \"1h\"\n"));
    let new = good(&(text + &feed("c", "") + &feed("d", "")));
    let Changes { added, removed, altered, mut sections } = diff(&old, &new);
    let one = |list: Vec<wiredesk::model::FeedId>| list.iter().map(ToString::to_string).collect();
    let lists: [Vec<String>; 3] = [one(added), one(removed), one(altered)];
    assert_eq!(lists, [vec!["d"], vec!["a"], vec!["b"]]);
    sections.retain(|name| *name != "daemon" && *name != "http");
    assert_eq!(sections, ["log"]);
}

#[test]
fn the_full_file_is_that_of_the_types() {
    let path = Path::new(ROOT).join("config/wiredesk.full.toml");
    let hint = "regenerate: wiredesk config full > config/wiredesk.full.toml";
    assert_eq!(fs::read_to_string(&path).unwrap(), config::full(), "{hint}");
    let full = load(Some(&path), env(&[])).unwrap().config;
    let bare = good(FEED);
    let mut sections = diff(&bare, &full).sections;
    sections.retain(|name| *name != "daemon" && *name != "http");
    assert!(sections.is_empty(), "differ from the defaults: {sections:?}");
}

#[test]
fn the_example_works_as_it_is() {
    let path = Path::new(ROOT).join("config/wiredesk.toml");
    let loaded = load(Some(&path), env(&[])).unwrap();
    assert!(loaded.config.feeds.len() >= 3);
}

#[test]
fn settings_are_shown_with_their_origin() {
    let (_dir, path) = folder(&format!("[schedule]\nmin = \"3m\"\n{FEED}every = \"5m\"\n"));
    let id = wiredesk::model::FeedId::new("example.org-feed").unwrap();
    let pairs = [("WIREDESK__SCHEDULE__MAX", "1h")];
    let shown = config::show(Some(&path), env(&pairs), Some(&id)).unwrap().unwrap();
    let find = |key: &str| shown.iter().find(|s| s.key == key).unwrap().clone();
    assert_eq!(find("every").value, "\"5m\"");
    assert!(find("every").origin.ends_with("wiredesk.toml:5"), "{}", find("every").origin);
    assert!(find("min").origin.ends_with("wiredesk.toml:2"), "{}", find("min").origin);
    assert_eq!(find("max").origin, "$WIREDESK__SCHEDULE__MAX");
    assert_eq!(find("disabled").origin, "default");
}
