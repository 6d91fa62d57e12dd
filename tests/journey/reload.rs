//! What a reload changes at once, and what it says about the rest.

use crate::QUICK;
use crate::desk::Desk;
use crate::support::{Answer, Server};

#[test]
fn requests_change_at_a_reload_and_the_rest_is_named() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Answer::status(404),
        _ => Answer::ok("<rss version=\"2.0\"><channel><title>t</title></channel></rss>"),
    });
    let feed = format!("[[feed]]\nid = \"one\"\nurl = \"{}\"\n", server.link("/feed").as_str());
    let mut desk = Desk::new(&format!("{QUICK}{feed}"));
    desk.start();
    desk.wait("it is polled", |_| !server.asked().is_empty());
    assert!(!server.paths().contains(&"/robots.txt".to_owned()));

    let other = format!("{QUICK}robots = \"all\"\nmax_redirects = 1\n[store]\nlevel = 4\n{feed}");
    desk.configure(&other);
    let named = std::fs::read_to_string(desk.config()).unwrap();
    let contact = named.replace("desk.example/bot", "desk.example/another");
    std::fs::write(desk.config(), contact).unwrap();
    desk.signal("HUP");
    desk.wait("another name is told", |_| {
        let told = |asked: &crate::support::Asked| {
            asked.header("user-agent").is_some_and(|name| name.contains("/another"))
        };
        server.asked().iter().any(told)
    });
    desk.wait("robots.txt is asked", |_| server.paths().contains(&"/robots.txt".to_owned()));
    assert!(desk.log().contains("applied at the next start"), "{}", desk.log());
    assert!(desk.stop().success());
}
