//! The whole daemon against the test web of the data (`web/`): a healthy world whose every answer
//! is in a ledger, beside every hostile server and feed there is. The program polls them for two
//! minutes as a person would have it; the data set's own grader then compares the ledger with the
//! store. Then it polls, as it is where nothing is allowed, addresses of this machine in all
//! spellings: no request may arrive.
//!
//! `WIREDESK_WEB_SECONDS` makes it poll for longer.

use crate::floors::{check, folder};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_wiredesk");

/// The poll interval in seconds that the web and the daemon are set to.
const UNIT: u64 = 2;

/// How long the daemon polls, in seconds: sixty intervals.
const POLLING: u64 = 120;

/// How long it polls what it must not reach.
const KNOCKING: u64 = 20;

/// What the web needs of Python, installed into an environment of its own.
const PACKAGES: [&str; 4] = ["uvloop", "brotli", "zstandard", "cryptography"];

/// A process that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Running {
    /// Asks the process to end and waits until it has.
    fn end(mut self) -> bool {
        let pid = self.0.id().to_string();
        Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap();
        self.0.wait().unwrap().success()
    }
}

#[test]
fn the_world_is_in_the_store_and_nobody_harms_it() {
    let seconds = std::env::var("WIREDESK_WEB_SECONDS").ok().and_then(|s| s.parse().ok());
    let allowed = "allow_private_networks = [\"127.0.0.1/32\"]";
    let open = graded("feeds.txt", seconds.unwrap_or(POLLING), allowed, &[]);
    let shut = graded("feeds-ssrf.txt", KNOCKING, "", &["--ssrf"]);
    let count = |rows: &[Value], level: &str, result: &str| {
        rows.iter().filter(|r| r["level"] == level && r["result"] == result).count() as f64
    };
    check(
        "web",
        &[
            ("must.passed", count(&open, "MUST", "pass")),
            ("must.failed", count(&open, "MUST", "FAIL")),
            ("should.failed", count(&open, "SHOULD", "FAIL")),
            ("may.failed", count(&open, "MAY", "FAIL")),
            ("ssrf.passed", count(&shut, "MUST", "pass")),
            ("ssrf.failed", count(&shut, "MUST", "FAIL")),
        ],
    );
}

/// Has the daemon poll a list of the web's feeds, and returns the grader's rows.
fn graded(list: &str, seconds: u64, fetch: &str, flags: &[&str]) -> Vec<Value> {
    let web = folder("web");
    let python = python();
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path();
    let server = serve(&python, &web, out, seconds);
    keep_addresses(out, list);
    let config = configure(out, list, fetch);
    let daemon = Running(program(&["run"], &config).spawn().unwrap());
    let facts = out.join("facts.json");
    let watcher = Command::new(&python)
        .arg(web.join("watch.py"))
        .arg(daemon.0.id().to_string())
        .arg(&facts)
        .spawn()
        .map(Running)
        .unwrap();
    std::thread::sleep(Duration::from_secs(seconds));
    let store = dump(out, list, &config);
    watcher.end();
    assert!(daemon.end(), "the daemon ends in good order");
    drop(server);

    let grade = out.join("grade.json");
    let graded = Command::new(&python)
        .arg(web.join("check.py"))
        .args([out, &store])
        .args(flags)
        .arg("--facts")
        .arg(&facts)
        .arg("--json")
        .arg(&grade)
        .output()
        .unwrap();
    println!("{}{}", String::from_utf8_lossy(&graded.stdout), fs::read_to_string(facts).unwrap());
    serde_json::from_slice(&fs::read(grade).unwrap()).unwrap()
}

/// A Python with what the web needs; made once, kept beside the build.
fn python() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let python = folder.join("bin/python");
    if !folder.join("complete").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES));
        fs::write(folder.join("complete"), "").unwrap();
    }
    python
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// Starts the web and waits until it serves.
fn serve(python: &Path, web: &Path, out: &Path, seconds: u64) -> Running {
    let server = Command::new(python)
        .arg(web.join("server.py"))
        .arg("--out")
        .arg(out)
        .args(["--mode", "all", "--feeds", "40", "--unit", &UNIT.to_string()])
        .args(["--duration", &(seconds * 2 + 60).to_string()])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while !fs::read_to_string(out.join("feeds.txt")).is_ok_and(|t| t.lines().count() >= 40) {
        assert!(Instant::now() < deadline, "the web does not start");
        std::thread::sleep(Duration::from_millis(50));
    }
    Running(server)
}

/// The configuration that polls a list of the web's feeds, the n-th under the id `fn`.
fn configure(out: &Path, list: &str, fetch: &str) -> PathBuf {
    let dir = out.display();
    let mut text = format!(
        "[daemon]\nstate_dir = \"{dir}/state\"\n[identity]\ncontact = \"https://desk.example/bot\"\n\
         [http]\nlisten = [\"unix:{dir}/api.sock\"]\n\
         [schedule]\nmode = \"fixed\"\nevery = \"{UNIT}s\"\nmin = \"1s\"\nmax = \"60s\"\n\
         [fetch]\nper_host_interval = \"0s\"\nca_file = \"{dir}/certs/ca.pem\"\n{fetch}\n"
    );
    for (n, url) in fs::read_to_string(out.join(list)).unwrap().lines().enumerate() {
        writeln!(text, "[[feed]]\nid = \"f{n}\"\nurl = \"{url}\"").unwrap();
    }
    let file = out.join("wiredesk.toml");
    fs::write(&file, text).unwrap();
    file
}

/// Leaves only those addresses in a list that a configuration may name: the others are refused even
/// before anything is asked.
fn keep_addresses(out: &Path, list: &str) {
    let feeds = fs::read_to_string(out.join(list)).unwrap();
    let taken = feeds.lines().filter(|url| {
        fs::write(out.join(list), url).unwrap();
        program(&["check"], &configure(out, list, "")).output().unwrap().status.success()
    });
    let taken: Vec<_> = taken.collect();
    fs::write(out.join(list), taken.join("\n")).unwrap();
    println!("{} of {} addresses of {list} are taken", taken.len(), feeds.lines().count());
}

fn program(verb: &[&str], config: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(verb).arg("--config").arg(config).stderr(Stdio::null()).stdin(Stdio::null());
    command
}

/// The store in the grader's words.
fn dump(out: &Path, list: &str, config: &Path) -> PathBuf {
    let feeds = fs::read_to_string(out.join(list)).unwrap();
    let feeds: Vec<_> = feeds.lines().collect();
    let exported = program(&["export", "ndjson"], config).output().unwrap();
    assert!(exported.status.success(), "the export fails");
    let mut text = String::new();
    for line in String::from_utf8(exported.stdout).unwrap().lines() {
        let article: Value = serde_json::from_str(line).unwrap();
        let sighting = &article["sightings"][0];
        let number: usize = sighting["feed"].as_str().unwrap()[1..].parse().unwrap();
        let row = serde_json::json!({
            "url": article["url"], "feed": feeds[number], "guid": sighting["guid"],
            "title": article["title"], "published": article["published"],
            "text": article["text"], "html": article["html"],
        });
        writeln!(text, "{row}").unwrap();
    }
    let file = out.join("store.ndjson");
    fs::write(&file, text).unwrap();
    file
}
