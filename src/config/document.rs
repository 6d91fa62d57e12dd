//! What was written, before anything is understood: the sources layered key by key, each key with
//! its place. A later source wins over an earlier one key by key; feeds add up.
//!
//! What the keys mean is the concern of `section` and `feeds`.

use super::problem::Problem;
use super::source::{Place, Source};
use super::suggest;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A key as written: where, and what it is set to.
#[derive(Debug, Clone)]
pub(super) struct Key<'t> {
    /// Where its name stands; of a variable the value.
    pub(super) place: Place,
    /// What it is set to.
    pub(super) value: Spanned<DeValue<'t>>,
}

impl Key<'_> {
    /// The place of the value.
    pub(super) fn value_place(&self) -> Place {
        Place { source: self.place.source, span: self.value.span() }
    }
}

/// The keys of a table by their path: `["backoff", "max"]` for `backoff = { max = … }`.
pub(super) type Keys<'t> = BTreeMap<Vec<String>, Key<'t>>;

/// A table as written.
#[derive(Debug, Clone)]
pub(super) struct Section<'t> {
    /// Where its header stands, or the first that named it.
    pub(super) header: Place,
    /// Its keys, those of the tables within it included.
    pub(super) keys: Keys<'t>,
}

impl<'t> Section<'t> {
    /// The section that a table at `header` holds.
    pub(super) fn of(header: Place, table: DeTable<'t>) -> Self {
        let mut keys = Keys::new();
        // Tables still to be laid open, each with the path that leads to it.
        let mut open = vec![(Vec::new(), table)];
        while let Some((path, table)) = open.pop() {
            for (name, value) in table {
                let place = Place { source: header.source, span: name.span() };
                let mut path = path.clone();
                path.push(name.into_inner().into_owned());
                let span = value.span();
                match value.into_inner() {
                    DeValue::Table(inner) if !inner.is_empty() => open.push((path, inner)),
                    value => {
                        keys.insert(path, Key { place, value: Spanned::new(span, value) });
                    }
                }
            }
        }
        Self { header, keys }
    }
}

/// Everything that was written.
#[derive(Debug, Default)]
pub(super) struct Document<'t> {
    /// Tables by name.
    pub(super) sections: BTreeMap<String, Section<'t>>,
    /// The `[[feed]]` tables in their order.
    pub(super) feeds: Vec<Section<'t>>,
    /// The `[[webhook]]` tables in their order.
    pub(super) webhooks: Vec<Section<'t>>,
    /// False where a source is not TOML: what is missing may stand in the broken part.
    pub(super) complete: bool,
}

impl<'t> Document<'t> {
    /// The sources, layered; what is not TOML or names no section becomes a problem.
    pub(super) fn of(sources: &'t [Source], problems: &mut Vec<Problem>) -> Self {
        let mut document = Self { complete: true, ..Self::default() };
        for (index, source) in sources.iter().enumerate() {
            match &source.variable {
                None => document.file(index, source, problems),
                Some((section, path)) => document.variable(index, source, section, path, problems),
            }
        }
        document
    }

    fn file(&mut self, source: usize, text: &'t Source, problems: &mut Vec<Problem>) {
        let (root, errors) = DeTable::parse_recoverable(text.toml());
        if errors.is_empty() {
            for (name, value) in root.into_inner() {
                self.add(&Place { source, span: name.span() }, name.as_ref(), value, problems);
            }
        } else {
            self.complete = false;
            problems.extend(errors.iter().map(|e| {
                let span = e.span().unwrap_or_default();
                Problem::error(e.message()).at(Place { source, span })
            }));
        }
    }

    fn add(
        &mut self,
        place: &Place,
        name: &str,
        value: Spanned<DeValue<'t>>,
        problems: &mut Vec<Problem>,
    ) {
        match value.into_inner() {
            DeValue::Array(items) if suggest::is_list(name) => {
                for item in items {
                    let place = Place { source: place.source, span: item.span() };
                    self.item(name, place, item, problems);
                }
            }
            _ if suggest::is_list(name) => problems.push(not_a_list(name, place.clone())),
            DeValue::Table(table) if suggest::is_section(name) => {
                let new = Section::of(place.clone(), table);
                match self.sections.get_mut(name) {
                    Some(section) => section.keys.extend(new.keys),
                    None => drop(self.sections.insert(name.to_owned(), new)),
                }
            }
            _ if suggest::is_section(name) => problems.push(
                Problem::error(format!("`{name}` is a table"))
                    .at(place.clone())
                    .help(format!("write [{name}] on a line of its own, its keys below it")),
            ),
            _ => problems.push(suggest::unknown_top(name).at(place.clone())),
        }
    }

    fn item(
        &mut self,
        list: &str,
        place: Place,
        item: Spanned<DeValue<'t>>,
        problems: &mut Vec<Problem>,
    ) {
        match item.into_inner() {
            DeValue::Table(table) if list == "feed" => self.feeds.push(Section::of(place, table)),
            DeValue::Table(table) => self.webhooks.push(Section::of(place, table)),
            _ => problems.push(not_a_list(list, place)),
        }
    }

    /// Layers one environment variable: its value is TOML, or text where it is not.
    fn variable(
        &mut self,
        source: usize,
        text: &'t Source,
        section: &str,
        path: &[String],
        problems: &mut Vec<Problem>,
    ) {
        let all: Range<usize> = 0..text.toml().len();
        let place = Place { source, span: all.clone() };
        if !suggest::is_section(section) {
            problems.push(suggest::unknown_top(section).at(place));
            return;
        }
        let value = DeValue::parse(text.toml())
            .unwrap_or_else(|_| Spanned::new(all, DeValue::String(text.toml().into())));
        self.sections
            .entry(section.to_owned())
            .or_insert_with(|| Section { header: place.clone(), keys: Keys::new() })
            .keys
            .insert(path.to_vec(), Key { place, value });
    }
}

fn not_a_list(name: &str, place: Place) -> Problem {
    Problem::error(format!("`{name}` is a list of tables"))
        .at(place)
        .help(format!("write [[{name}]] with two brackets, once for each {name}"))
}
