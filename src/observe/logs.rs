//! Log output: what `tracing` events become on standard error.
//!
//! One line an event, as text or JSON. Warnings and errors that repeat are folded by level, target,
//! message and the feed they name. What is logged, and how bad it is, is the concern of who logs.

use super::fold::Fold;
use super::line::{Fields, Line};
use super::{LogFormat, LogSettings, Traces, now, steady};
use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, PoisonError};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};
use tracing_subscriber::reload::{self, Handle};
use tracing_subscriber::util::SubscriberInitExt;

/// Why log output did not start or change, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot set up the log: {0}")]
pub struct LogError(pub(super) String);

/// The running log output; dropping it stops nothing.
#[derive(Debug, Clone)]
pub struct Logs {
    filter: Handle<EnvFilter, Registry>,
}

impl Logs {
    /// Applies another `level`; another `format` or collector needs a restart.
    ///
    /// # Errors
    /// The level is none.
    pub fn apply(&self, settings: &LogSettings) -> Result<(), LogError> {
        let filter = settings.filter().map_err(LogError)?;
        self.filter.reload(filter).map_err(|e| LogError(e.to_string()))
    }
}

/// Starts log output on standard error for the whole process, and `traces` where there are any.
///
/// # Errors
/// The level is none, or log output was started before.
pub fn start(settings: &LogSettings, traces: Option<&Traces>) -> Result<Logs, LogError> {
    let (filter, handle) = reload::Layer::new(settings.filter().map_err(LogError)?);
    let terminal = stderr().is_terminal();
    let form = match settings.format {
        LogFormat::Json => Form::Json,
        LogFormat::Auto if !terminal => Form::Json,
        LogFormat::Auto | LogFormat::Text => Form::Text { colour: terminal },
    };
    let output = Output::new(form, Box::new(stderr())).with_filter(filter);
    let registry = tracing_subscriber::registry().with(output);
    match traces {
        Some(traces) => registry.with(traces.layer()).try_init(),
        None => registry.try_init(),
    }
    .map_err(|e| LogError(e.to_string()))?;
    Ok(Logs { filter: handle })
}

/// The form of the lines.
#[derive(Debug, Clone, Copy)]
enum Form {
    Text { colour: bool },
    Json,
}

/// Writes events as lines.
struct Output {
    form: Form,
    sink: Mutex<Sink>,
}

/// What must not be used by two threads at once.
struct Sink {
    fold: Fold<Said>,
    out: Box<dyn Write + Send>,
}

/// A line that may be said again.
#[derive(Debug, Clone)]
struct Said {
    level: Level,
    target: &'static str,
    fields: Fields,
}

impl Said {
    /// What makes two lines the same; `None` for lines that are never folded.
    fn key(&self) -> Option<String> {
        let field = |name| self.fields.get(name).unwrap_or_default();
        (self.level <= Level::WARN).then(|| {
            format!("{} {} {} {}", self.level, self.target, field("feed"), field("message"))
        })
    }
}

impl Output {
    fn new(form: Form, out: Box<dyn Write + Send>) -> Self {
        Self { form, sink: Mutex::new(Sink { fold: Fold::new(), out }) }
    }

    fn draw(&self, said: &Said) -> String {
        let line = Line { at: now(), level: said.level, target: said.target, fields: &said.fields };
        match self.form {
            Form::Text { colour } => line.text(colour),
            Form::Json => line.json(),
        }
    }

    /// Shows a line unless it is a repeat; before it, what was repeated until now.
    fn say(&self, said: &Said) {
        let now = steady();
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        for (mut earlier, repeats) in sink.fold.over(now) {
            earlier.fields.add("repeats", repeats);
            text.push_str(&self.draw(&earlier));
        }
        if said.key().is_none_or(|key| sink.fold.admit(&key, said, now)) {
            text.push_str(&self.draw(said));
        }
        // A log that cannot be written has nobody to tell.
        sink.out.write_all(text.as_bytes()).unwrap_or_default();
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Output {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.extend(outer);
            }
        }
        let metadata = event.metadata();
        self.say(&Said { level: *metadata.level(), target: metadata.target(), fields });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tracing::{info, info_span, warn};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// The lines that `speak` writes, without their times.
    fn lines(form: Form, speak: impl FnOnce()) -> Vec<String> {
        let page = Page::default();
        let output = Output::new(form, Box::new(page.clone()));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(output), speak);
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn check(form: Form, speak: impl FnOnce(), expect: &[&str]) {
        let lines = lines(form, speak);
        assert_eq!(lines.len(), expect.len(), "{lines:?}");
        for (line, expect) in lines.iter().zip(expect) {
            assert!(line.ends_with(expect), "{line} does not end with {expect}");
        }
    }

    const TEXT: Form = Form::Text { colour: false };

    #[test]
    fn text_is_for_people() {
        check(
            TEXT,
            || warn!(feed = "bne", status = 503, error = "no answer", "poll failed"),
            &["Z  WARN poll failed feed=bne status=503 error=\"no answer\""],
        );
        let coloured = lines(Form::Text { colour: true }, || info!("started"));
        assert!(coloured.first().unwrap().ends_with("\u{1b}[32m INFO\u{1b}[0m started"));
    }

    #[test]
    fn json_is_for_programs() {
        let target = module_path!();
        check(
            Form::Json,
            || info!(feed = "bne", entries = 3_u64, "polled"),
            &[&format!(
                "\"level\":\"info\",\"target\":\"{target}\",\"message\":\"polled\",\"feed\":\"bne\",\"entries\":3}}"
            )],
        );
    }

    #[test]
    fn spans_lend_their_fields() {
        let speak = || info_span!("poll", feed = "bne").in_scope(|| info!(n = 1, "polled"));
        check(TEXT, speak, &["polled n=1 feed=bne"]);
    }

    #[test]
    fn spans_for_traces_are_off_without_a_collector_and_never_in_the_log() {
        let settings = LogSettings { level: "trace".to_owned(), ..LogSettings::default() };
        let page = Page::default();
        let output = Output::new(TEXT, Box::new(page.clone()));
        let output = output.with_filter(settings.filter().unwrap());
        let speak = || {
            let span = info_span!(target: crate::observe::JOURNEY, "poll", feed = "bne");
            assert!(span.is_disabled(), "nobody pays for it");
            span.in_scope(|| info!("polled"));
        };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(output), speak);
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        assert!(text.ends_with("polled\n"), "{text}");
    }

    #[test]
    fn strangers_do_not_write_on_the_terminal() {
        let title = "a\u{1b}[2Jb\u{202e}c\nd";
        check(TEXT, || info!(title, "new"), &["new title=\"a[2Jbc d\""]);
        check(TEXT, || info!("{title}"), &[" a[2Jbc d"]);
    }

    #[test]
    fn repeated_failures_are_folded() {
        let speak = || {
            for n in 0..5 {
                warn!(feed = "a", n, "poll failed");
                warn!(feed = "b", n, "poll failed");
                info!(feed = "a", "polled");
            }
        };
        let expect =
            ["feed=a n=0", "feed=b n=0", "polled feed=a", "feed=a", "feed=a", "feed=a", "feed=a"];
        check(TEXT, speak, &expect);
    }
}
