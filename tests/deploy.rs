//! The service unit: what it promises, as far as a machine without systemd running can tell.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

fn unit() -> (String, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/wiredesk.service");
    let text = fs::read_to_string(&path).unwrap();
    (path.to_str().unwrap().to_owned(), text)
}

#[test]
fn the_unit_runs_nothing_that_the_program_lacks() {
    let (_, text) = unit();
    let verbs =
        text.lines().filter_map(|line| line.split_once("/usr/bin/wiredesk ")?.1.split(' ').next());
    let verbs: Vec<_> = verbs.collect();
    assert_eq!(verbs, ["check", "run", "check"]);
    for verb in verbs {
        let help =
            Command::new(env!("CARGO_BIN_EXE_wiredesk")).args([verb, "--help"]).output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        assert!(help.contains("--config"), "{verb}: {help}");
    }
}

#[test]
fn the_socket_unit_opens_what_the_program_takes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/wiredesk.socket");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("\nFileDescriptorName=api\n"), "{text}");
    // Both come with systemd; a machine without it cannot tell.
    let (_, service) = unit();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("wiredesk.socket"), text).unwrap();
    let program = env!("CARGO_BIN_EXE_wiredesk");
    let service = service.replace("/usr/bin/wiredesk", program);
    fs::write(folder.path().join("wiredesk.service"), service).unwrap();
    let verify = Command::new("systemd-analyze")
        .args(["verify", "--man=no", "--recursive-errors=no"])
        .arg(folder.path().join("wiredesk.socket"))
        .output();
    let Ok(verify) = verify else { return };
    let said = String::from_utf8(verify.stderr).unwrap();
    let ours: Vec<_> = said.lines().filter(|line| line.contains("wiredesk.s")).collect();
    assert!(ours.is_empty(), "{said}");
}

#[test]
fn the_unit_is_hardly_exposed() {
    let (path, _) = unit();
    let security =
        Command::new("systemd-analyze").args(["security", "--offline=true", &path]).output();
    // A machine without systemd cannot tell.
    let Ok(security) = security else { return };
    let said = String::from_utf8(security.stdout).unwrap();
    let level = said.rsplit_once("wiredesk.service: ").unwrap().1.split(' ').next().unwrap();
    assert!(level.parse::<f32>().unwrap() <= 1.2, "{said}");
}
