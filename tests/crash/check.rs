//! The child that looks at what is left, and the parent's side of it.

use crate::desk::{Desk, plan};
use crate::news::feed;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;
use wiredesk::model::{ArticleId, Seq};
use wiredesk::store;

/// Time for opening, rebuilding and checking; longer is a hang.
const PATIENCE: Duration = Duration::from_mins(1);

/// Looks at what is left: every change up to `acked` is there. Where `lenient`, the archive itself
/// was damaged, and what it says is missing may be missing.
pub(crate) fn run(dir: &Path, acked: Seq, lenient: bool) -> ExitCode {
    let mut desk = Desk::open(dir).unwrap();
    let mut problems = store::verify(&desk.store, |_, _| {})
        .map_or_else(|e| vec![e.to_string()], |found| found.problems);
    if !problems.is_empty() {
        // What `verify --repair` does.
        desk = desk.rebuild(dir).unwrap();
        problems = store::verify(&desk.store, |_, _| {}).unwrap().problems;
    }
    assert_eq!(problems, Vec::<String>::new());
    let last = desk.log.last_seq();
    let mut missing = holes(&desk);
    if lenient {
        missing.extend(last + 1..=acked);
    } else {
        assert!(last >= acked, "the log ends with {last}, acknowledged was {acked}");
        assert_eq!(missing, Vec::<Seq>::new());
    }
    if missing.is_empty() {
        check_index(&desk, last);
    }
    check_polls(&desk);
    desk.write(1).unwrap();
    println!("ok {} missing, rebuilt {}", missing.len(), desk.start.rebuilt);
    ExitCode::SUCCESS
}

/// The changes that the archive lacks; all others are as they were written, in order.
fn holes(desk: &Desk) -> Vec<Seq> {
    let mut missing = Vec::new();
    let mut next = 1;
    for change in desk.log.reader().after(0).flatten() {
        missing.extend(next..change.seq);
        assert_eq!(change, plan(change.seq));
        next = change.seq + 1;
    }
    missing.extend(next..=desk.log.last_seq());
    missing
}

/// The index holds exactly what the changes up to `last` say.
fn check_index(desk: &Desk, last: Seq) {
    let mut expect: BTreeMap<ArticleId, u32> = BTreeMap::new();
    for change in (1..=last).map(plan) {
        match change.article {
            Some(article) => expect.insert(article.id, article.revision),
            None => expect.remove(&change.id),
        };
    }
    let stats = desk.store.stats().unwrap();
    assert_eq!((stats.applied_seq, stats.articles), (last, expect.len() as u64));
    for (id, revision) in expect {
        assert_eq!(desk.store.article(&id).unwrap().unwrap().revision, revision);
    }
}

/// A feed's state and its entries came in together.
fn check_polls(desk: &Desk) {
    let polls = desk.store.feed_state(&feed(0)).unwrap().unwrap_or_default().failures;
    assert_eq!(desk.store.inbox_len().unwrap(), u64::from(polls));
}

/// Starts a child of this program that writes, from a shell command that ends in `exec "$@"`.
pub(crate) fn start_writer(dir: &Path, seed: u64, shell: &str) -> Child {
    Command::new("sh")
        .args(["-c", shell, "sh"])
        .arg(std::env::current_exe().unwrap())
        .arg("writer")
        .arg(dir)
        .arg(seed.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What a writer said before it ended: the last change acknowledged, and why it was refused.
pub(crate) fn last_words(child: &mut Child) -> (Option<Seq>, Option<String>) {
    let (mut acked, mut refused) = (None, None);
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap) {
        match line.strip_prefix("ack ") {
            Some(seq) => acked = seq.parse().ok().or(acked),
            None => refused = Some(line),
        }
    }
    child.wait().unwrap();
    (acked, refused)
}

/// Has a child look at what is left. Panics with what it says where something is wrong.
#[track_caller]
pub(crate) fn check(dir: &Path, acked: Seq, lenient: bool, what: &str) -> String {
    let said = dir.join("said");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("check")
        .arg(dir)
        .arg(acked.to_string())
        .arg(if lenient { "lenient" } else { "strict" })
        .stdout(std::fs::File::create(&said).unwrap())
        .stderr(std::fs::File::create(dir.join("complaint")).unwrap())
        .spawn()
        .unwrap();
    let start = wiredesk::observe::steady();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.to_string();
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            break "a hang".to_owned();
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let said = std::fs::read_to_string(said).unwrap();
    let complaint = std::fs::read_to_string(dir.join("complaint")).unwrap();
    assert!(said.contains("ok "), "{what}, acknowledged {acked}: {status}\n{said}{complaint}");
    said.trim().to_owned()
}
