//! Sockets that a service manager opens before the daemon are served instead of those in the
//! configuration.

use crate::desk::Desk;
use crate::site::Site;
use crate::{QUICK, config};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A launcher as small as a service manager's part in it: opens a unix socket and a port, writes the
/// port down, and becomes the daemon. A third socket has a name that is none of ours.
const LAUNCHER: &str = "
import os, socket, sys
folder, command = sys.argv[1], sys.argv[2:]
unix = socket.socket(socket.AF_UNIX); unix.bind(folder + '/handed.sock'); unix.listen()
port = socket.socket(); port.bind(('127.0.0.1', 0)); port.listen()
other = socket.socket(); other.bind(('127.0.0.1', 0)); other.listen()
with open(folder + '/port.new', 'w') as file: file.write(str(port.getsockname()[1]))
os.rename(folder + '/port.new', folder + '/port')
for at, each in enumerate([unix, port, other]):
    os.dup2(each.fileno(), 20 + at)
for at in range(3):
    os.dup2(20 + at, 3 + at)
os.environ.update(LISTEN_FDS='3', LISTEN_FDNAMES='api:api:other', LISTEN_PID=str(os.getpid()))
os.execv(command[0], command)
";

/// The body of `GET /readyz` over a connection.
fn ready(mut line: impl Read + Write) -> String {
    line.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    line.read_to_string(&mut text).unwrap();
    text.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[test]
fn sockets_that_are_handed_over_replace_the_configured_ones() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = Desk::new(&config(QUICK, &site, 1));
    let folder = desk.config().parent().unwrap().to_owned();
    let script = folder.join("launcher.py");
    std::fs::write(&script, LAUNCHER).unwrap();
    let line =
        format!("exec python3 {} {} \"$@\"", script.to_str().unwrap(), folder.to_str().unwrap());
    desk.launch_by(&line);
    let port = folder.join("port");
    desk.wait("the sockets are open", |_| port.exists());
    let port: u16 = std::fs::read_to_string(port).unwrap().parse().unwrap();
    // Whoever connects before the daemon is ready waits and is answered.
    assert_eq!(ready(UnixStream::connect(folder.join("handed.sock")).unwrap()), "ready\n");
    assert_eq!(ready(TcpStream::connect(("127.0.0.1", port)).unwrap()), "ready\n");
    assert!(!desk.socket().exists(), "the configured socket is not opened");
    let said = desk.log();
    assert!(said.contains("only those named api") && said.contains("other"), "{said}");
    assert!(desk.stop().success(), "{}", desk.log());
    assert!(folder.join("handed.sock").exists(), "it belongs to the service manager");
}

#[test]
fn the_service_managers_own_tool_hands_over() {
    const TOOL: &str = "systemd-socket-activate";
    if Command::new(TOOL).arg("--version").output().is_err() {
        eprintln!("SKIPPED: no {TOOL}");
        return;
    }
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = Desk::new(&config(QUICK, &site, 1));
    let handed = desk.config().with_file_name("handed.sock");
    desk.launch_by(&format!("exec {TOOL} --fdname=api -l {} \"$@\"", handed.to_str().unwrap()));
    desk.wait("the socket is there", |_| handed.exists());
    assert_eq!(ready(connect(&mut desk, &handed)), "ready\n");
    assert!(!desk.socket().exists(), "the configured socket is not opened");
    assert!(desk.stop().success(), "{}", desk.log());
}

/// A connection, once somebody listens.
fn connect(desk: &mut Desk, path: &Path) -> UnixStream {
    desk.wait("somebody listens", |_| UnixStream::connect(path).is_ok());
    UnixStream::connect(path).unwrap()
}
