//! A terminal of its own for a program of this build, through `script` of util-linux, and what
//! stands on its screen: as much of a terminal's language as `top` speaks.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program on a terminal.
pub(crate) struct Pty {
    child: Child,
    keys: Option<ChildStdin>,
    said: Arc<Mutex<Vec<u8>>>,
    listener: Option<JoinHandle<()>>,
}

impl Pty {
    /// Runs a line of shell on a terminal of this size.
    pub(crate) fn run(line: &str, (columns, rows): (u16, u16)) -> Self {
        let line = format!("stty rows {rows} cols {columns}; {line}");
        let mut child = Command::new("script")
            .args(["-qefc", &line, "/dev/null"])
            .env("TERM", "xterm-256color")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script, of util-linux");
        let said = Arc::new(Mutex::new(Vec::new()));
        let (mut from, to) = (child.stdout.take().unwrap(), Arc::clone(&said));
        let listener = std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = from.read(&mut part) {
                to.lock().unwrap().extend_from_slice(&part[..length]);
            }
        });
        let keys = child.stdin.take();
        Self { child, keys, said, listener: Some(listener) }
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        let line = self.keys.as_mut().unwrap();
        line.write_all(keys.as_bytes()).unwrap();
        line.flush().unwrap();
    }

    /// Everything that was written to the terminal.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&self.said.lock().unwrap()).into_owned()
    }

    /// The rows of the screen.
    pub(crate) fn rows(&self) -> Vec<String> {
        screen(&self.said())
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub(crate) fn wait(&self, text: &str) {
        self.wait_until(text, |rows| rows.iter().any(|row| row.contains(text)));
    }

    /// Waits until the screen is like that.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, fits: impl Fn(&[String]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !fits(&self.rows()) {
            let shown = self.rows().join("\n");
            assert!(
                Instant::now() < deadline,
                "waited in vain for {what:?}:\n{shown}\n{:?}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the end of the line of shell.
    #[track_caller]
    pub(crate) fn end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What it said last may still be on its way.
                if let Some(listener) = self.listener.take() {
                    listener.join().unwrap();
                }
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end:\n{}", self.rows().join("\n"));
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        drop(self.keys.take());
        if self.child.try_wait().unwrap().is_none() {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}

/// A command of this build in the words of a shell.
pub(crate) fn command(verb: &str, config: &Path) -> String {
    format!("{} {verb} --config {}", env!("CARGO_BIN_EXE_wiredesk"), config.display())
}

/// What stands on the screen after all this was written to it.
fn screen(said: &str) -> Vec<String> {
    let mut cells = vec![vec![' '; 200]; 60];
    let (mut x, mut y) = (0, 0);
    let mut letters = said.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => {
                if letters.next() != Some('[') {
                    continue;
                }
                let mut parameters = String::new();
                let end = letters.find(|c| {
                    let ends = c.is_ascii_alphabetic();
                    parameters.extend((!ends).then_some(*c));
                    ends
                });
                let number = |n: usize| {
                    parameters.split(';').nth(n).and_then(|p| p.parse().ok()).unwrap_or(1_usize)
                };
                match end {
                    Some('H') => (y, x) = (number(0) - 1, number(1) - 1),
                    Some('J') => cells.iter_mut().for_each(|row| row.fill(' ')),
                    Some('C') => x += number(0),
                    _ => {}
                }
            }
            '\r' => x = 0,
            '\n' => y += 1,
            c if c.is_control() => {}
            c => {
                if let Some(cell) = cells.get_mut(y).and_then(|row| row.get_mut(x)) {
                    *cell = c;
                }
                x += 1;
            }
        }
    }
    cells.iter().map(|row| row.iter().collect::<String>().trim_end().to_owned()).collect()
}
