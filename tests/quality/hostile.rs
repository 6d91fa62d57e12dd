//! Bodies made to exhaust a reader: those of the hostile web (`web/dump.py`) and floods of 20 MB.
//! What counts is the processor time and the memory of `wiredesk feed parse`.

use crate::floors::{check, folder};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Beginnings and what follows them until the body is full.
const FLOODS: [(&str, &str); 20] = [
    ("<rss><channel>", "<a>"),
    ("<rss><channel>", "<a/>"),
    ("<rss><channel>", "<item>"),
    ("<rss><channel>", "<item><a/><b/></item>"),
    ("<rss><channel><item><title>", "x"),
    ("<rss><channel><item><title>", "&amp;"),
    ("<rss><channel><item><description>", "&lt;p>"),
    ("<rss><channel><item><description>", "<b>"),
    ("<rss><channel><item>", "<category>c</category>"),
    ("<rss><channel>", "<![CDATA["),
    ("<rss><channel>", "<![CDATA[</item>"),
    ("<rss><channel>", "<!--"),
    ("<rss><channel>", "<?"),
    ("<rss><channel>", "<a \""),
    ("<rss><channel>", "</a>"),
    ("<rss ", "a='1' "),
    ("<rss ", "xmlns:a='b' "),
    ("{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[", "{\"id\":1},"),
    ("{\"items\":", "["),
    ("<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry><id>1</id></entry>"),
];

const FLOOD_BYTES: usize = 20 << 20;

/// Runs a program and prints its processor seconds and its largest size in KiB.
const METER: &str = "import os,sys\npid=os.fork()\nif pid==0:\n d=os.open('/dev/null',os.O_WRONLY);os.dup2(d,1);os.dup2(d,2);os.execv(sys.argv[1],sys.argv[1:])\n_,s,r=os.wait4(pid,0)\nprint(r.ru_utime+r.ru_stime,r.ru_maxrss,int(os.WIFSIGNALED(s)))";

#[test]
fn hostile_bodies_cost_little() {
    let scratch = tempfile::tempdir().unwrap();
    let dumped = Command::new("python3")
        .arg("dump.py")
        .arg(scratch.path())
        .current_dir(folder("web"))
        .output()
        .unwrap();
    assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
    for (number, (start, flood)) in FLOODS.iter().enumerate() {
        let body = (*start).to_owned() + &flood.repeat((FLOOD_BYTES - start.len()) / flood.len());
        fs::write(scratch.path().join(format!("flood-{number:02}.feed")), body).unwrap();
    }
    let empty = scratch.path().join("nothing");
    fs::write(&empty, "<rss/>").unwrap();
    let (_, base, _) = measure(&empty);
    let mut worst = [("cpu_seconds", 0.0, PathBuf::new()), ("memory_factor", 0.0, PathBuf::new())];
    let mut killed = 0.0;
    for file in files(scratch.path()) {
        let (seconds, bytes, signalled) = measure(&file);
        let size = fs::metadata(&file).unwrap().len() as f64;
        // Small documents say nothing about growth: a megabyte is granted to each.
        let factor = (bytes - base) / size.max(f64::from(1 << 20));
        for (slot, value) in worst.iter_mut().zip([seconds, factor]) {
            if value > slot.1 {
                (slot.1, slot.2) = (value, file.clone());
            }
        }
        killed += f64::from(u8::from(signalled));
    }
    for (what, value, file) in &worst {
        eprintln!(
            "{what}: {value:.2} for {}",
            file.file_name().unwrap_or_default().to_string_lossy()
        );
    }
    let figures: Vec<_> = worst.iter().map(|(what, value, _)| (*what, *value)).collect();
    check("hostile", &[figures, vec![("killed", killed)]].concat());
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries.filter(|p| p.extension().is_some_and(|e| e == "feed" || e == "page")).collect()
}

/// Processor seconds, bytes of memory, and whether a signal ended it.
fn measure(file: &Path) -> (f64, f64, bool) {
    let wiredesk = env!("CARGO_BIN_EXE_wiredesk");
    let run = Command::new("python3")
        .args(["-c", METER, wiredesk, "feed", "parse", "--ndjson"])
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
    let [seconds, kib, signalled] = numbers[..] else { panic!("the meter printed {text:?}") };
    (seconds, kib * 1024.0, signalled > 0.0)
}
