//! V1, V3 to V6, E8, E11, C3: which `If-None-Match` the real program sends after each kind of
//! answer. Validators belong to what was read and filed, never to what was only received.

use crate::QUICK;
use crate::desk::Desk;
use crate::support::{Answer, Server, Step};
use std::collections::HashMap;
use std::sync::Mutex;

/// What a feed is answered, in turn (the last one for ever), and what its first requests must send.
struct Case {
    name: &'static str,
    answers: Vec<Answer>,
    sent: &'static [Option<&'static str>],
}

const A: Option<&str> = Some("\"a\"");
const B: Option<&str> = Some("W/\"b\"");

fn feed(entries: u32) -> String {
    let item = |n| {
        format!(
            "<item><title>Notice {n}</title><guid>n{n}</guid><description>Notice {n}.</description></item>"
        )
    };
    let items: String = (0..entries).map(item).collect();
    format!("<rss version=\"2.0\"><channel><title>Notices</title>{items}</channel></rss>")
}

fn ok(entries: u32, etag: &str) -> Answer {
    Answer::ok(feed(entries)).header("ETag", etag)
}

/// After a good document with ETag "a" comes `then`, whose own validator must not be believed.
fn keeps(name: &'static str, then: Answer) -> Case {
    let then = then.header("ETag", "\"z\"");
    Case { name, answers: vec![ok(1, "\"a\""), then], sent: &[None, A, A] }
}

fn cut() -> Answer {
    let whole = feed(2);
    let head = format!(
        "HTTP/1.1 200 OK\r\nETag: \"z\"\r\nContent-Length: {}\r\n\r\n{}",
        whole.len() + 100,
        whole
    );
    Answer::steps([Step::Send(head.into_bytes()), Step::Close])
}

fn cases() -> Vec<Case> {
    vec![
        Case { name: "v1-verbatim", answers: vec![ok(1, "W/\"b\"")], sent: &[None, B, B] },
        Case {
            name: "v3-same-body-new-etag",
            answers: vec![ok(1, "\"a\""), ok(1, "W/\"b\"")],
            sent: &[None, A, B],
        },
        Case {
            name: "v4-304-brings-one",
            answers: vec![ok(1, "\"a\""), Answer::status(304).header("ETag", "W/\"b\"")],
            sent: &[None, A, B],
        },
        Case {
            name: "v4-304-brings-none",
            answers: vec![ok(1, "\"a\""), Answer::status(304)],
            sent: &[None, A, A],
        },
        Case {
            name: "v5-dropped",
            answers: vec![ok(1, "\"a\""), Answer::ok(feed(2))],
            sent: &[None, A, None],
        },
        keeps("v6-html", Answer::ok("<!doctype html><title>Are you human?</title><p>Wait.")),
        keeps("v6-nothing", Answer::ok("")),
        keeps("v6-no-entries", Answer::ok(feed(0))),
        keeps("v6-error-page", Answer::ok(feed(2)).with_status(500)),
        keeps("e8-not-found", Answer::status(404)),
        Case { name: "v6-cut", answers: vec![ok(1, "\"a\""), cut()], sent: &[None, A, A] },
    ]
}

#[test]
fn validators_belong_to_what_was_filed() {
    let script: HashMap<String, Vec<Answer>> =
        cases().into_iter().map(|case| (format!("/{}", case.name), case.answers)).collect();
    let times = Mutex::new(HashMap::<String, usize>::new());
    let server = Server::start(move |asked| {
        let mut times = times.lock().unwrap();
        let turn = times.entry(asked.path.clone()).or_default();
        *turn += 1;
        let answers = &script[&asked.path];
        answers[(*turn - 1).min(answers.len() - 1)].clone()
    });
    let list: String = cases()
        .iter()
        .map(|case| {
            let url = server.link(&format!("/{}", case.name));
            format!("[[feed]]\nid = \"{}\"\nurl = \"{}\"\n", case.name, url.as_str())
        })
        .collect();
    let mut desk = Desk::new(&format!("{QUICK}[extract]\nfull_text = \"never\"\n{list}"));
    desk.start();
    let sent = |case: &Case| -> Vec<Option<String>> {
        let all = server.asked();
        let own = all.iter().filter(|asked| asked.path == format!("/{}", case.name));
        own.map(|asked| asked.header("if-none-match").map(str::to_owned)).collect()
    };
    for case in cases() {
        desk.wait(case.name, |_| sent(&case).len() >= case.sent.len());
        let sent = sent(&case);
        let first: Vec<_> = sent.iter().take(case.sent.len()).map(Option::as_deref).collect();
        assert_eq!(first, case.sent, "{}", case.name);
    }
    assert!(desk.stop().success());
}

#[test]
fn a_new_feed_is_asked_once() {
    let server = Server::start(|_| ok(1, "\"a\""));
    let slow = QUICK.replace("every = \"1s\"", "every = \"1h\"");
    let feed = format!("[[feed]]\nid = \"one\"\nurl = \"{}\"\n", server.link("/feed").as_str());
    let mut desk = Desk::new(&format!("{slow}[extract]\nfull_text = \"never\"\n{feed}"));
    desk.start();
    desk.wait("the article is there", |desk| desk.articles().len() == 1);
    desk.signal("HUP");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(server.asked().len(), 1, "neither the start nor a reload asks again");
    assert!(desk.stop().success());
}
