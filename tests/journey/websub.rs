//! W1 to W7: a hub on loopback is found, asked, believed only where it should be, and saves polls.

use crate::desk::Desk;
use crate::support::hub::{Hub, ask};
use crate::support::{Answer, Server};
use std::net::TcpListener;
use std::time::Duration;

/// A document with these entries; it names the hub unless `hub` is empty.
fn document(hub: &str, entries: &[u32]) -> String {
    let link = format!("<atom:link rel=\"hub\" href=\"{hub}\"/>");
    let link = if hub.is_empty() { "" } else { &link };
    let items: String = entries
        .iter()
        .map(|n| {
            format!(
                "<item><title>Signal {n} from the lighthouse</title><guid>s{n}</guid>\
                 <description>Lamp number {n} was lit at dusk by keeper {n}.</description></item>"
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel>\
         <title>Lighthouse</title>{link}{items}</channel></rss>"
    )
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A desk that hubs can reach at this port.
fn desk(feed: &Server, port: u16) -> Desk {
    Desk::new(&format!(
        "[schedule]\nmode = \"fixed\"\nevery = \"1s\"\nmin = \"1s\"\njitter = 0.0\n\
         [fetch]\nallow_private_networks = [\"127.0.0.1/32\"]\nper_host_interval = \"0s\"\n\
         [extract]\nfull_text = \"never\"\n\
         [websub]\nlisten = \"127.0.0.1:{port}\"\ncallback = \"http://127.0.0.1:{port}/push\"\n\
         [[feed]]\nid = \"light\"\nurl = \"{}\"\n",
        feed.link("/feed").as_str()
    ))
}

fn titles(desk: &Desk) -> Vec<String> {
    let title = |a: &serde_json::Value| a["title"].as_str().unwrap().to_owned();
    desk.articles().iter().map(title).collect()
}

#[test]
fn a_hub_pushes_and_saves_polls() {
    let hub = Hub::start(86_400);
    let announce = format!("<{}>; rel=hub", hub.url);
    // The header speaks, the document does not.
    let server = Server::start(move |_| {
        Answer::ok(document("", &[1])).header("Link", &announce).header("ETag", "\"1\"")
    });
    let port = free_port();
    let mut desk = desk(&server, port);
    desk.start();
    desk.wait("the hub has a subscriber", |_| !hub.subscribers().is_empty());
    let subscriber = hub.subscribers()[0].clone();
    assert_eq!(subscriber.topic, server.link("/feed").as_str(), "no self link: our address");

    desk.wait("polls became rare", |_| {
        let before = server.asked().len();
        std::thread::sleep(Duration::from_millis(3500));
        server.asked().len() == before
    });
    assert_eq!(subscriber.push(&document("", &[2, 1])), 202);
    assert!(titles(&desk).iter().any(|t| t.contains("Signal 2")), "durable when acknowledged");

    assert_eq!(subscriber.push_signed(&document("", &[3]), "sha256=00"), 202, "thanked for");
    assert_eq!(subscriber.push_signed(&document("", &[3]), ""), 202);
    assert!(!titles(&desk).iter().any(|t| t.contains("Signal 3")), "and thrown away");
    let stranger = format!("http://127.0.0.1:{port}/push/guess");
    assert_eq!(ask("POST", &stranger, "Content-Length: 0\r\n", "").0, 404);
    let question = "?hub.mode=subscribe&hub.topic=http://x.example/&hub.challenge=c";
    assert_eq!(ask("GET", &format!("{}{question}", subscriber.callback), "", "").0, 404);

    let before = server.asked().len();
    assert_eq!(subscriber.push(""), 202, "a thin ping");
    desk.wait("it is polled for", |_| server.asked().len() > before);

    assert!(desk.stop().success());
    desk.start();
    assert_eq!(subscriber.push(&document("", &[4])), 202, "the promise outlives a restart");
    desk.wait("it came", |desk| titles(desk).iter().any(|t| t.contains("Signal 4")));
    assert_eq!(hub.subscribers().len(), 1, "nobody asked again");
    assert!(desk.stop().success());
}

#[test]
fn without_a_public_address_nobody_is_asked() {
    let hub = Hub::start(86_400);
    let body = document(&hub.url, &[1]);
    let server = Server::start(move |_| Answer::ok(body.clone()));
    let mut desk = desk(&server, free_port());
    let text = std::fs::read_to_string(desk.config()).unwrap();
    let head = text.split("[websub]").next().unwrap().to_owned();
    let feed = format!("[[feed]]\nurl = \"{}\"\n", server.link("/feed").as_str());
    std::fs::write(desk.config(), head + &feed).unwrap();
    desk.start();
    desk.wait("polled three times", |_| server.asked().len() >= 3);
    assert!(hub.subscribers().is_empty());
    assert!(!desk.log().contains("hub"), "{}", desk.log());
    assert!(desk.stop().success());
}
