//! A home of its own with a daemon in it, as a person would have it: what stands on a page is typed
//! there as it stands.

use crate::papers::{BASE, ISSUES, Papers};
use crate::tools::Tools;
use crate::{PROGRAM, ROOT};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use wiredesk::serve::demo::FEEDS;

/// How long the test waits for what must happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where the pages say that the daemon listens.
const LISTEN: &str = "127.0.0.1:7420";

/// Where the pages' reader lives.
const HOME: &str = "/home/you";

/// A home, and the daemon in it.
pub(crate) struct Desk {
    home: tempfile::TempDir,
    path: String,
    /// Where the daemon really listens.
    listen: String,
    papers: Option<Papers>,
    daemon: Option<Child>,
}

impl Desk {
    /// A home without configuration and daemon.
    pub(crate) fn empty(tools: &Tools) -> Self {
        let home = tempfile::tempdir().unwrap();
        let programs = home.path().join("bin");
        fs::create_dir(&programs).unwrap();
        std::os::unix::fs::symlink(PROGRAM, programs.join("wiredesk")).unwrap();
        let old = std::env::var("PATH").unwrap();
        let path = format!("{}:{}:{old}", programs.display(), tools.python_dir.display());
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = free.local_addr().unwrap().to_string();
        Self { home, path, listen, papers: None, daemon: None }
    }

    /// A home in which a daemon polls the papers.
    pub(crate) fn start(tools: &Tools) -> Self {
        let mut desk = Self::empty(tools);
        let papers = Papers::start();
        let dir = desk.home.path().join(".config/wiredesk");
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("wiredesk.toml"), desk.config(&papers)).unwrap();
        desk.papers = Some(papers);
        let log = File::create(desk.log_file()).unwrap();
        let daemon = desk
            .command(PROGRAM)
            .arg("run")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        desk.daemon = Some(daemon.unwrap());
        desk.wait_for_change(1);
        desk
    }

    fn config(&self, papers: &Papers) -> String {
        let feeds: String = FEEDS
            .iter()
            .map(|(id, path)| {
                format!("[[feed]]\nid = \"{id}\"\nurl = \"{BASE}{path}\"\ntags = [\"demo\"]\n")
            })
            .collect();
        format!(
            "[identity]\ncontact = \"https://desk.example/bot\"\n\
             [http]\nlisten = [\"unix:api.sock\", \"{}\"]\n\
             [schedule]\nmode = \"fixed\"\nevery = \"1h\"\n\
             [fetch]\nproxy = \"{}\"\nper_host_interval = \"0s\"\n{feeds}",
            self.listen, papers.proxy
        )
    }

    /// Has the papers publish everything, one change after another.
    pub(crate) fn publish_everything(&mut self) {
        for (n, (second, feed)) in (1..).zip(ISSUES) {
            self.papers.as_ref().expect("the papers run").publish(second);
            if n > 1 {
                let asked = self.command(PROGRAM).args(["feed", "refresh", feed]).output().unwrap();
                assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
            }
            self.wait_for_change(n);
        }
        let words = || {
            let found = self.command(PROGRAM).args(["search", "telescope"]).output().unwrap();
            !found.stdout.is_empty()
        };
        self.wait("the last article is found by its words", words);
    }

    fn wait_for_change(&self, seq: u64) {
        let archive = self.home.path().join(".local/state/wiredesk/archive");
        let last = || wiredesk::archive::Reader::new(&archive).last_seq().unwrap_or(0);
        self.wait(&format!("change {seq} is written down"), || last() >= seq);
        assert_eq!(last(), seq, "{}", self.log());
    }

    fn wait(&self, what: &str, mut done: impl FnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done() {
            assert!(Instant::now() < deadline, "waited in vain until {what}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A program of this home.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", &self.path)
            .env("LANG", "C.UTF-8")
            .current_dir(self.home.path());
        command
    }

    /// What a person who types this into a shell in `folder` of this home is shown, and whether it
    /// went well.
    pub(crate) fn shell(&self, folder: &Path, line: &str, args: &[&Path]) -> (String, bool) {
        let output = self
            .command("timeout")
            .args(["-s", "KILL", &PATIENCE.as_secs().to_string()])
            .args(["bash", "-uo", "pipefail", "-c", &format!("exec 2>&1\n{line}"), "bash"])
            .args(args)
            .current_dir(self.home.path().join(folder))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout)
            .replace(&self.listen, LISTEN)
            .replace(&self.home.path().display().to_string(), HOME)
            .replace(ROOT, "wiredesk");
        (shown, output.status.success())
    }

    /// Code as it is typed here: the daemon listens on another port than the pages say.
    pub(crate) fn typed(&self, code: &str) -> String {
        code.replace(LISTEN, &self.listen)
    }

    /// A new folder in this home.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.home.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn log_file(&self) -> PathBuf {
        self.home.path().join("daemon.log")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill().unwrap();
            daemon.wait().unwrap();
        }
    }
}
