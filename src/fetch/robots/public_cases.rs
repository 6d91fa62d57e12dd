//! What the authors of RFC 9309 check their own parser by, and the RFC's own examples: each case is
//! a file, a product token, and what it may and may not read.

use super::Rules;

#[track_caller]
fn check(file: &str, token: &str, allowed: &[&str], forbidden: &[&str]) {
    let rules = Rules::read(file.as_bytes(), token);
    for (paths, expect) in [(allowed, true), (forbidden, false)] {
        for path in paths {
            assert_eq!(rules.allow(path), expect, "{token} {path} by {file:?}");
        }
    }
}

#[test]
fn lines_have_a_name_a_colon_and_a_value() {
    check("user-agent: FooBot\ndisallow: /\n", "FooBot", &[], &["/x/y"]);
    check("foo: FooBot\nbar: /\n", "FooBot", &["/x/y"], &[]);
    check("user-agent FooBot\ndisallow /\n", "FooBot", &[], &["/x/y"]);
    check("disallow the lot of it\n", "FooBot", &["/x/y"], &[]);
    check("useragent: FooBot\ndissallow: /\n", "FooBot", &[], &["/x/y"]);
    for file in [
        "USER-AGENT: FooBot\nALLOW: /x/\nDISALLOW: /\n",
        "user-agent: FooBot\nallow: /x/\ndisallow: /\n",
        "uSeR-aGeNt: FooBot\nAlLoW: /x/\ndIsAlLoW: /\n",
    ] {
        check(file, "FooBot", &["/x/y"], &["/a/b"]);
    }
    check("\u{feff}User-Agent: foo\nAllow: /AnyValue\nDisallow: /", "foo", &["/AnyValue"], &["/x"]);
}

#[test]
fn groups_begin_with_names_and_end_with_rules() {
    let file = "allow: /foo/bar/\n\nuser-agent: FooBot\ndisallow: /\nallow: /x/\n\
                user-agent: BarBot\ndisallow: /\nallow: /y/\n\n\nallow: /w/\n\
                user-agent: BazBot\n\nuser-agent: FooBot\nallow: /z/\ndisallow: /\n";
    check(file, "FooBot", &["/x/b", "/z/d"], &["/y/c", "/foo/bar/"]);
    check(file, "BarBot", &["/y/c", "/w/a"], &["/z/d", "/foo/bar/"]);
    check(file, "BazBot", &["/z/d"], &["/x/b", "/y/c", "/foo/bar/"]);
    for line in ["Unknown-Field: x", "Sitemap: https://a.example/map.xml"] {
        let file = format!("User-agent: BarBot\n{line}\nUser-agent: *\nDisallow: /\n");
        check(&file, "BarBot", &[], &["/x"]);
        check(&file, "FooBot", &[], &["/x"]);
        let file = format!("User-agent: FooBot\nDisallow: /\n{line}\nUser-agent: BarBot\n{line}\n");
        check(&file, "FooBot", &[], &["/x"]);
        check(&file, "BarBot", &["/x"], &[]);
    }
}

#[test]
fn names_end_where_a_product_token_ends() {
    let file = "User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n";
    check(file, "Foo", &["/x/y"], &["/z"]);
    check(file, "foo", &["/x/y"], &["/z"]);
    check(file, "Bar", &[], &["/x/y"]);
}

#[test]
fn everybodys_group_is_for_those_without_their_own() {
    check("", "FooBot", &["/x/y"], &[]);
    let file = "user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n";
    check(file, "FooBot", &[], &["/x/y"]);
    check(file, "BarBot", &["/x/y"], &[]);
    let file = "user-agent: FooBot\nallow: /\nuser-agent: BarBot\ndisallow: /\n\
                user-agent: BazBot\ndisallow: /\n";
    check(file, "QuxBot", &["/x/y"], &[]);
    let file = "user-agent: FooBot\nallow: /x\nuser-agent: *\ndisallow: /x\n";
    check(file, "FooBot", &["/x/y"], &[]);
    check(file, "BarBot", &[], &["/x/y"]);
}

#[test]
fn paths_keep_their_case() {
    check("user-agent: FooBot\ndisallow: /X/\n", "FooBot", &["/x/y"], &["/X/y"]);
}

#[test]
fn the_longest_pattern_decides() {
    let rules = |lines: &str| format!("user-agent: FooBot\n{lines}");
    for (lines, allowed, forbidden) in [
        ("disallow: /x/page.html\nallow: /x/\n", "/x/other", "/x/page.html"),
        ("allow: /x/page.html\ndisallow: /x/\n", "/x/page.html", "/x/"),
        ("disallow: /x\nallow: /x/\n", "/x/", "/x"),
        ("allow: /page\ndisallow: /*.html\n", "/page", "/page.html"),
        ("allow: /x/page.\ndisallow: /*.html\n", "/x/page.html", "/x/y.html"),
        ("allow: /$\ndisallow: /\n", "/", "/page.html"),
    ] {
        check(&rules(lines), "FooBot", &[allowed], &[forbidden]);
    }
    for lines in ["disallow:\nallow:\n", "disallow: /\nallow: /\n", "disallow: /x\nallow: /x\n"] {
        check(&rules(lines), "FooBot", &["/x/page.html"], &[]);
    }
}

#[test]
fn bytes_and_their_escapes_are_one() {
    let rules = |allow: &str| format!("User-agent: FooBot\nDisallow: /\nAllow: {allow}\n");
    let query = "/foo/bar?qux=taz&baz=http://foo.bar?tar&par";
    check(&rules(query), "FooBot", &[query], &[]);
    for pattern in ["/foo/bar/\u{30c4}", "/foo/bar/%E3%83%84"] {
        check(&rules(pattern), "FooBot", &["/foo/bar/%E3%83%84"], &["/foo/bar/x"]);
    }
    check(&rules("/foo/bar/%62%61%7A"), "FooBot", &["/foo/bar/baz", "/foo/bar/%62%61%7A"], &[]);
}

#[test]
fn stars_dollars_and_number_signs_are_special() {
    let rules = |lines: &str| format!("User-agent: FooBot\n{lines}");
    let file = rules("Disallow: /foo/bar/quz\nAllow: /foo/*/qux\n");
    check(&file, "FooBot", &["/foo/quz", "/foo//quz", "/foo/bax/quz"], &["/foo/bar/quz"]);
    let file = rules("Disallow: /foo/bar$\nAllow: /foo/bar/qux\n");
    check(&file, "FooBot", &["/foo/bar/qux", "/foo/bar/", "/foo/bar/baz"], &["/foo/bar"]);
    let file = rules("# Disallow: /\nDisallow: /foo/quz#qux\nAllow: /\n");
    check(&file, "FooBot", &["/foo/bar"], &["/foo/quz"]);
}

#[test]
fn an_index_stands_for_its_folder() {
    let file = "User-Agent: *\nAllow: /open/index.html\nDisallow: /\n";
    check(file, "foobot", &["/open/", "/open/index.html"], &["/open/index.htm", "/open/x", "/"]);
}

#[test]
fn endless_lines_harm_nobody() {
    let long = "a".repeat(100_000);
    let file = format!("user-agent: foobot\ndisallow: /x/{long}/qux\nallow: /{long}\n");
    check(&file, "foobot", &["/x/y", "/x/fux"], &[&format!("/x/{long}/qux/fux")]);
}

#[test]
fn the_examples_of_the_rfc() {
    let file = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
                User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n\
                User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\n\
                User-Agent: quxbot\n";
    check(file, "other", &["/publications/", "/x"], &["/a.gif", "/example/page.html"]);
    check(file, "foobot", &["/example/page.html", "/example/allowed.gif"], &["/x"]);
    check(file, "barbot", &["/x", "/example/"], &["/example/page.html"]);
    check(file, "bazbot", &["/x"], &["/example/page.html"]);
    check(file, "quxbot", &["/example/page.html", "/a.gif"], &[]);
    let file = "User-Agent: foobot\nAllow: /example/page/\n\
                Disallow: /example/page/disallowed.gif\n";
    check(file, "foobot", &["/example/page/"], &["/example/page/disallowed.gif"]);
}
