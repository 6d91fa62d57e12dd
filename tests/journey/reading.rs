//! The ways in which other programs read what the daemon wrote: search, tools for language models,
//! columns; and strangers, who must not keep it from polling.

use crate::desk::Desk;
use crate::site::{Site, paragraphs, title};
use crate::{QUICK, config};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Connections that a listener bears, and some more.
const CROWD: usize = 700;

/// A desk that has read twelve articles of each of two feeds, stopped.
fn filled() -> (Site, Desk) {
    let site = Site::start(Duration::from_millis(1), 12);
    let mut desk = Desk::new(&config(QUICK, &site, 2));
    desk.start();
    desk.wait("all articles are there", |desk| desk.articles().len() == 24);
    (site, desk)
}

#[test]
#[cfg(feature = "search")]
fn words_are_found_with_and_without_the_daemon() {
    let (_site, mut desk) = filled();
    let wanted = title(1, 7);
    let phrase = "\"report 7 from pier 1\"";
    desk.wait("the words are indexed", |desk| desk.lines(&["search", phrase]).len() == 1);
    assert_eq!(desk.lines(&["search", phrase])[0]["title"], wanted);
    assert_eq!(desk.lines(&["search", "wardens", "repairing", "-n", "50"]).len(), 24, "stemmed");
    let narrowed = ["search", "warden", "--feed", "pier-0", "--newest", "-n", "50"];
    assert_eq!(desk.lines(&narrowed).len(), 12);
    assert_eq!(desk.lines(&["search", "title:warden"]).len(), 0);
    assert!(desk.stop().success(), "{}", desk.log());
    std::fs::remove_dir_all(desk.state().join("search")).unwrap();
    assert_eq!(desk.lines(&["search", phrase])[0]["title"], wanted, "computed anew");
}

#[test]
#[cfg(feature = "interfaces")]
fn a_language_model_is_served_over_stdio() {
    let (_site, desk) = filled();
    let mut server = Command::new(env!("CARGO_BIN_EXE_wiredesk"))
        .args(["mcp", "--config"])
        .arg(desk.config())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = server.stdin.take().unwrap();
    let mut from = BufReader::new(server.stdout.take().unwrap());
    let mut call = |id: u64, method: &str, params: Value| -> Value {
        let ask = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        writeln!(to, "{ask}").unwrap();
        loop {
            let mut line = String::new();
            assert!(from.read_line(&mut line).unwrap() > 0, "the server ended");
            let answer: Value = serde_json::from_str(&line).unwrap();
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{answer}");
                return answer["result"].clone();
            }
        }
    };
    let hello = json!({ "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" } });
    assert!(call(1, "initialize", hello)["capabilities"]["tools"].is_object());
    let tools = call(2, "tools/list", json!({}));
    let mut names: Vec<_> =
        tools["tools"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["changes_since", "get_article", "list_feeds", "search_articles"]);
    let mut use_tool = |id: u64, name: &str, arguments: Value| -> String {
        let result = call(id, "tools/call", json!({ "name": name, "arguments": arguments }));
        assert_ne!(result["isError"], true, "{result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    };
    let feeds: Value = serde_json::from_str(&use_tool(3, "list_feeds", json!({}))).unwrap();
    assert_eq!(feeds.as_array().unwrap().len(), 2);
    let listed = use_tool(4, "search_articles", json!({ "feed": "pier-1", "limit": 50 }));
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 12);
    let found = listed.as_array().unwrap().iter().find(|a| a["title"] == title(1, 7)).unwrap();
    let article = use_tool(5, "get_article", json!({ "id": found["id"] }));
    assert!(article.starts_with(&format!("# {}\n\n", title(1, 7))), "{article}");
    assert!(article.contains(&paragraphs(1, 7)[1]), "{article}");
    let changes = use_tool(6, "changes_since", json!({ "seq": 20, "limit": 50 }));
    let changes: Value = serde_json::from_str(&changes).unwrap();
    assert_eq!(changes["changes"][0]["change"]["seq"], 21);
    drop(to);
    assert!(server.wait().unwrap().success());
}

/// What a person would write, in each of the three.
#[cfg(feature = "interfaces")]
const COLUMNS: &str = "
import sys
folder = sys.argv[1]
import duckdb
print(*duckdb.sql(f\"\"\"SELECT count(*), min(seq), max(seq), count(DISTINCT dt), sum(len(feeds) > 0)
    FROM read_parquet('{folder}/dt=*/*.parquet', hive_partitioning = true)\"\"\").fetchall()[0])
import polars
frame = polars.scan_parquet(f'{folder}/dt=*/*.parquet', hive_partitioning=True).collect()
print(frame.height, frame['seq'].is_sorted(), frame['published'].dtype.time_zone)
import pandas
frame = pandas.read_parquet(folder)
print(len(frame), frame['title'].str.startswith('Harbour report').all(), frame['tags'].iloc[0][0])
";

#[test]
#[cfg(feature = "interfaces")]
fn columns_are_read_by_duckdb_polars_and_pandas() {
    let (_site, mut desk) = filled();
    let folder = desk.state().join("columns");
    let export = |desk: &Desk| {
        let output = desk.verb(&["export", "parquet", folder.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    };
    assert!(export(&desk).contains("1 files written"), "the first export");
    assert!(export(&desk).contains("0 files written"), "there is nothing new");
    assert!(desk.stop().success());
    assert!(export(&desk).contains("0 files written"), "without the daemon");
    let count = desk.changes().len();
    let files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .flat_map(|day| std::fs::read_dir(day.unwrap().path()).unwrap())
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(files, [format!("part-1-{count}.parquet")]);
    let python = std::env::var("WIREDESK_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import duckdb, polars, pandas, pyarrow"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no Python with duckdb, polars, pandas, pyarrow; set WIREDESK_PYTHON");
        return;
    }
    let output = Command::new(&python).args(["-c", COLUMNS]).arg(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    let expect = format!("{count} 1 {count} 1 {count}\n{count} True UTC\n{count} True harbour\n");
    assert_eq!(said, expect, "{complaint}");
}

#[test]
fn idle_strangers_do_not_stop_the_daemon() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = Desk::new(&config(QUICK, &site, 1));
    desk.start();
    let mut crowd = Vec::new();
    for n in 0..CROWD {
        let mut stranger = UnixStream::connect(desk.socket()).unwrap();
        if n % 2 == 0 {
            // Half of a request, and then nothing.
            drop(stranger.write_all(b"GET /v1/articles HTTP/1.1\r\nHost: lo"));
        }
        crowd.push(stranger);
    }
    let before = site.asked(0).len();
    desk.wait("it polls on", |_| site.asked(0).len() > before + 1);
    // Those who say nothing are let go, so that there is room for who comes behind them.
    let (status, _) = desk.ask("/v1/status").unwrap();
    assert_eq!(status, 200);
    let first = crowd.first_mut().unwrap();
    let mut rest = Vec::new();
    first.read_to_end(&mut rest).unwrap();
    assert!(!String::from_utf8_lossy(&rest).starts_with("HTTP/1.1 200"), "it asked for nothing");
    assert!(desk.stop().success(), "{}", desk.log());
}
