//! What a feed says about how often to ask, and where more of it stands.

use super::fields::{Scope, moment, text};
use super::head::first;
use super::media::relation;
use crate::feed::parsed::Paging;
use crate::feed::xml::names::Ns;
use crate::feed::xml::record::{Field, Record};
use crate::model::{FeedHints, Link};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub(super) fn hints(head: &Record<'_>, scope: &Scope) -> FeedHints {
    let number = |ns, name| head.find(ns, name).and_then(|f| text(f).parse::<u32>().ok());
    FeedHints {
        ttl_minutes: number(Ns::Rss, "ttl"),
        skip_hours: skip_hours(head),
        skip_days: skip_days(head),
        update_every_seconds: update_every(head),
        update_base: head.find(Ns::Syndication, "updateBase").and_then(moment),
        hub: linked(head, scope, "hub"),
        self_link: linked(head, scope, "self"),
        moved_to: first(head, &[(Ns::Itunes, "new-feed-url")]).and_then(|f| scope.text_link(f)),
    }
}

pub(super) fn paging(head: &Record<'_>, scope: &Scope) -> Paging {
    let marked = |name| head.all().any(|(_, f)| f.is(Ns::History, name));
    Paging {
        next: linked(head, scope, "next"),
        prev_archive: linked(head, scope, "prev-archive"),
        complete: marked("complete"),
        archive: marked("archive"),
        cloud: head.all().map(|(_, f)| f).find(|f| f.is(Ns::Rss, "cloud")).and_then(cloud),
    }
}

/// The Atom link with this relation.
fn linked(head: &Record<'_>, scope: &Scope, rel: &str) -> Option<Link> {
    let links = head.top().map(|(_, f)| f).filter(|f| f.name.eq_ignore_ascii_case("link"));
    links.filter(|f| relation(f).eq_ignore_ascii_case(rel)).find_map(|f| scope.attr_link(f, "href"))
}

/// RSS counts hours of the day from 0, but many wrote 24 for midnight.
fn skip_hours(head: &Record<'_>) -> u32 {
    let hours = below(head, "skipHours").filter_map(|f| text(f).parse::<u32>().ok());
    hours.filter(|hour| *hour <= 24).fold(0, |set, hour| set | 1 << (hour % 24))
}

fn skip_days(head: &Record<'_>) -> u8 {
    let days = below(head, "skipDays").filter_map(|f| {
        let name = text(f).to_ascii_lowercase();
        DAYS.iter().position(|day| name.starts_with(day))
    });
    days.fold(0, |set, day| set | 1 << day)
}

/// The fields below every field of this name.
fn below<'a, 'b>(head: &'b Record<'a>, name: &'static str) -> impl Iterator<Item = &'b Field<'a>> {
    let places = head.all().filter(move |(_, f)| f.is(Ns::Rss, name)).map(|(at, _)| at);
    places.take(1).flat_map(|at| head.below(at).map(|(_, f)| f))
}

/// `sy:updatePeriod` over `sy:updateFrequency`, in seconds.
fn update_every(head: &Record<'_>) -> Option<u32> {
    let period = head.find(Ns::Syndication, "updatePeriod")?;
    let seconds: u32 = match text(period).to_ascii_lowercase().as_str() {
        "hourly" => 3600,
        "daily" => 86_400,
        "weekly" => 604_800,
        "monthly" => 2_592_000,
        "yearly" => 31_536_000,
        _ => return None,
    };
    let frequency = head.find(Ns::Syndication, "updateFrequency");
    let frequency = frequency.and_then(|f| text(f).parse::<u32>().ok()).unwrap_or(1);
    seconds.checked_div(frequency).filter(|every| *every > 0)
}

fn cloud(field: &Field<'_>) -> Option<String> {
    let domain = field.attr("domain").filter(|d| !d.is_empty())?;
    let port = field.attr("port").unwrap_or("80");
    let path = field.attr("path").unwrap_or("/").trim_start_matches('/');
    Some(format!("{domain}:{port}/{path}"))
}
