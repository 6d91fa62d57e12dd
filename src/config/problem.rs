//! What is wrong with a configuration: every problem with its place and what to do about it, drawn
//! with the line and a caret, or as plain values for programs.
//!
//! Passwords in the drawn lines are struck out: problems end up in logs.

use super::source::{Place, Source};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;
use std::fmt;

/// One thing that is wrong, or only unwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    warning: bool,
    text: String,
    help: Option<String>,
    place: Option<Place>,
    /// An earlier place that belongs to it, with a word on why.
    other: Option<(Place, &'static str)>,
    /// Bytes that must not be shown.
    secrets: Vec<Place>,
}

impl Problem {
    /// Something that keeps the daemon from starting.
    pub(super) fn error(text: impl Into<String>) -> Self {
        Self {
            warning: false,
            text: text.into(),
            help: None,
            place: None,
            other: None,
            secrets: Vec::new(),
        }
    }

    /// Something that works and should be better.
    pub(super) fn warning(text: impl Into<String>) -> Self {
        Self { warning: true, ..Self::error(text) }
    }

    /// The same, at a place.
    pub(super) fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same, with a remedy.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The same, with an earlier place that belongs to it.
    pub(super) fn other(self, place: Place, why: &'static str) -> Self {
        Self { other: Some((place, why)), ..self }
    }

    /// Strikes out these places wherever the problem is drawn.
    pub(super) fn hide(&mut self, places: &[Place]) {
        self.secrets.extend_from_slice(places);
    }
}

/// A problem as programs read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The file, or `environment`; `None` where the problem has no place.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column in characters, from 1.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// All problems of a configuration. Its text form is for people: each problem with line and caret.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    sources: Vec<Source>,
    list: Vec<Problem>,
}

impl Problems {
    /// The problems found in these sources, in the order of their places.
    pub(super) fn new(sources: Vec<Source>, mut list: Vec<Problem>) -> Self {
        list.sort_by_key(|p| p.place.as_ref().map(|at| (at.source, at.span.start)));
        // What is wrong with a section is found again with every feed that it counts for.
        list.dedup();
        Self { sources, list }
    }

    /// True where nothing keeps the daemon from starting.
    pub fn only_warnings(&self) -> bool {
        self.list.iter().all(|p| p.warning)
    }

    /// True where there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The problems as values, for programs and log lines.
    pub fn rows(&self) -> Vec<Row> {
        self.list.iter().map(|p| self.row(p)).collect()
    }

    fn row(&self, problem: &Problem) -> Row {
        let place = problem.place.as_ref().and_then(|at| Some((self.sources.get(at.source)?, at)));
        let position =
            place.map(|(source, at)| source.line_column(source.absolute(&at.span).start));
        Row {
            severity: if problem.warning { "warning" } else { "error" },
            file: place.map(|(source, _)| source.name.clone()),
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            message: problem.text.clone(),
            help: problem.help.clone(),
        }
    }

    /// The problems drawn for a person; with colours where `colour` says that they are shown on a
    /// terminal.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let texts = self.shown_texts();
        self.list
            .iter()
            .map(|problem| renderer.render(&self.report(problem, &texts)))
            .collect::<Vec<_>>()
            .join("\n\n")
    }

    /// The sources' texts, what is secret in them struck out.
    fn shown_texts(&self) -> Vec<String> {
        let mut texts: Vec<_> =
            self.sources.iter().map(|s| strike_out_passwords(&s.text)).collect();
        for place in self.list.iter().flat_map(|p| &p.secrets) {
            let source = self.sources.get(place.source);
            if let Some((source, text)) = source.zip(texts.get_mut(place.source)) {
                let span = source.absolute(&place.span);
                text.replace_range(span.clone(), &"*".repeat(span.len()));
            }
        }
        texts
    }

    fn report<'a>(&'a self, problem: &'a Problem, texts: &'a [String]) -> Vec<Group<'a>> {
        let level = if problem.warning { Level::WARNING } else { Level::ERROR };
        let mut group = Group::with_title(level.primary_title(problem.text.as_str()));
        let snippet = problem.place.as_ref().and_then(|at| self.snippet(at, problem, texts));
        match (snippet, problem.help.as_deref()) {
            (Some(snippet), Some(help)) => {
                group = group.element(snippet).element(Level::HELP.message(help));
            }
            (Some(snippet), None) => group = group.element(snippet),
            (None, Some(help)) => {
                return vec![group, Group::with_title(Level::HELP.secondary_title(help))];
            }
            (None, None) => {}
        }
        vec![group]
    }

    fn snippet<'a>(
        &'a self,
        at: &Place,
        problem: &Problem,
        texts: &'a [String],
    ) -> Option<Snippet<'a, annotate_snippets::Annotation<'a>>> {
        let source = self.sources.get(at.source)?;
        let mut snippet = Snippet::source(texts.get(at.source)?.as_str())
            .path(source.name.as_str())
            .annotation(AnnotationKind::Primary.span(source.absolute(&at.span)));
        if let Some((other, why)) = problem.other.as_ref().filter(|(o, _)| o.source == at.source) {
            let span = source.absolute(&other.span);
            snippet = snippet.annotation(AnnotationKind::Context.span(span).label(*why));
        }
        Some(snippet)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}

/// The text with every password of a URL (`scheme://user:password@host`) replaced by as many
/// asterisks as it has bytes, so that places stay where they are.
fn strike_out_passwords(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        out.push_str(before);
        out.push_str("://");
        let end =
            after.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '/' | '?' | '#'));
        let (authority, tail) = after.split_at(end.unwrap_or(after.len()));
        match authority
            .rsplit_once('@')
            .and_then(|(login, host)| Some((login.split_once(':')?, host)))
        {
            Some(((user, password), host)) => {
                let stars = "*".repeat(password.len());
                out.extend([user, ":", &stars, "@", host]);
            }
            None => out.push_str(authority),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}
