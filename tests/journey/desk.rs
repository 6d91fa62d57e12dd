//! A daemon of this build in a folder of its own, driven as a person or a service manager would.

use serde_json::Value;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_wiredesk");

/// A folder with a configuration, and the daemon in it while it runs.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    daemon: Option<Child>,
}

impl Desk {
    /// A desk with this configuration; state, socket and log go into its own folder.
    pub(crate) fn new(config: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), daemon: None };
        desk.configure(config);
        desk
    }

    /// Writes the configuration anew.
    pub(crate) fn configure(&self, config: &str) {
        self.configure_daemon("", config);
    }

    /// The same with another line for [daemon].
    pub(crate) fn configure_daemon(&self, daemon: &str, config: &str) {
        let listen = format!("listen = [\"unix:{}\"]", self.socket().display());
        self.write(daemon, &listen, config);
    }

    /// The same with these lines for [http].
    pub(crate) fn configure_http(&self, http: &str, config: &str) {
        self.write("", http, config);
    }

    fn write(&self, daemon: &str, http: &str, config: &str) {
        let dir = self.folder.path().display();
        let head = format!(
            "[daemon]\nstate_dir = \"{dir}/state\"\n{daemon}\n\
             [identity]\ncontact = \"https://desk.example/bot\"\n\
             [http]\n{http}\n"
        );
        fs::write(self.config(), head + config).unwrap();
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.folder.path().join("wiredesk.toml")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Starts the daemon and waits until it serves.
    pub(crate) fn start(&mut self) {
        self.launch();
        let socket = self.socket();
        self.wait("the daemon is ready", |desk| {
            desk.assert_alive();
            std::os::unix::net::UnixStream::connect(&socket).is_ok()
        });
    }

    /// Starts the daemon without waiting.
    pub(crate) fn launch(&mut self) {
        self.launch_by("exec \"$@\"");
    }

    /// Starts the daemon by a line of shell, in which `"$@"` is its command.
    pub(crate) fn launch_by(&mut self, shell: &str) {
        assert!(self.daemon.is_none(), "it runs already");
        let log = fs::File::options().create(true).append(true).open(self.log_file()).unwrap();
        let child = Command::new("sh")
            .args(["-c", shell, "sh", PROGRAM, "run", "--config"])
            .arg(self.config())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.daemon = Some(child);
    }

    /// The daemon's process.
    pub(crate) fn pid(&self) -> u32 {
        self.daemon.as_ref().expect("the daemon runs").id()
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Asks the daemon to end and returns how it did.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        let mut child = self.daemon.take().expect("the daemon runs");
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the daemon does not end\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills the daemon where it stands.
    pub(crate) fn kill(&mut self) {
        let mut child = self.daemon.take().expect("the daemon runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Waits until `done`.
    #[track_caller]
    pub(crate) fn wait(&mut self, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(self) {
            assert!(Instant::now() < deadline, "waited in vain until {what}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn assert_alive(&mut self) {
        let ended = self.daemon.as_mut().and_then(|d| d.try_wait().unwrap());
        assert!(ended.is_none(), "the daemon ended: {ended:?}\n{}", self.log());
    }

    /// Runs a verb against this desk; one that does not end is killed.
    pub(crate) fn verb(&self, args: &[&str]) -> Output {
        Command::new("timeout")
            .args(["-s", "KILL", &PATIENCE.as_secs().to_string(), PROGRAM])
            .args(args)
            .arg("--config")
            .arg(self.config())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The lines that a verb prints, as JSON.
    #[track_caller]
    pub(crate) fn lines(&self, args: &[&str]) -> Vec<Value> {
        let output = self.verb(args);
        let text = String::from_utf8(output.stdout).unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {said}\n{}", self.log());
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// What the API answers: the status line's code and the body.
    pub(crate) fn ask(&self, path: &str) -> Option<(u16, String)> {
        let mut line = std::os::unix::net::UnixStream::connect(self.socket()).ok()?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        line.write_all(request.as_bytes()).ok()?;
        let mut text = String::new();
        line.read_to_string(&mut text).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("api.sock")
    }

    /// Every current article.
    #[track_caller]
    pub(crate) fn articles(&self) -> Vec<Value> {
        self.lines(&["export", "ndjson"])
    }

    /// Every change in the archive's files, as another program reads them.
    pub(crate) fn changes(&self) -> Vec<Value> {
        loop {
            let mut files = Vec::new();
            collect(&self.state().join("archive"), &mut files);
            files.sort();
            // One that was packed or deleted meanwhile is looked for anew.
            if let Some(changes) = files.iter().map(|file| read(file)).collect::<Option<Vec<_>>>() {
                return changes.concat();
            }
        }
    }

    /// What the daemon has said so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("daemon.log")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(mut child) = self.daemon.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, files);
        } else if name.ends_with(".ndjson") || name.ends_with(".ndjson.zst") {
            files.push(path);
        }
    }
}

/// The changes of one file, `None` where it is gone; a line that is still being written is left out.
fn read(file: &Path) -> Option<Vec<Value>> {
    let read = fs::read(file);
    if read.as_ref().is_err_and(|e| e.kind() == ErrorKind::NotFound) {
        return None;
    }
    let mut bytes = read.unwrap();
    if file.extension().is_some_and(|e| e == "zst") {
        let mut plain = Vec::new();
        zstd::Decoder::new(&*bytes).unwrap().read_to_end(&mut plain).unwrap();
        bytes = plain;
    }
    let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let lines = bytes[..whole].split(|b| *b == b'\n').filter(|line| !line.is_empty());
    Some(lines.map(|line| serde_json::from_slice(line).unwrap()).collect())
}
