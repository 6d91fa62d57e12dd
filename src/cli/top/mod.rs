//! `wiredesk top`: a live view of a running daemon on a terminal.
//!
//! [`Link`] asks the daemon, [`Snapshot`] is what it said, [`Screen`] what the person chose by keys,
//! and `view` draws both: a function of its arguments. Here they are joined, and the terminal is
//! given back whatever happens.

mod link;
mod screen;
mod snapshot;
mod view;

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use super::reach::wait;
use crate::config::Config;
use crate::observe::{now, steady};
use link::Link;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event};
use screen::{Screen, Wish};
use snapshot::Snapshot;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

/// How often keys are looked for: a person does not feel it, nor does the processor.
const KEYS: Duration = Duration::from_millis(50);

/// How often the screen is drawn where nothing happens.
const REDRAW: Duration = Duration::from_secs(1);

/// What `--help` says below the options.
const KEYS_HELP: &str = "\
Keys: q, Esc or Ctrl-C end it; arrows, j, k, PgUp, PgDn, Home, End choose a feed; s sorts by the next \
column and S turns the order round; / filters by words, h by health, Esc shows all again; Enter and a \
show or hide the chosen feed and the newest articles; ? lists the keys.

A daemon that is restarted is waited for. Without a terminal use `wiredesk status`.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = KEYS_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if !out::is_terminal() {
        let text =
            "standard output is no terminal; `wiredesk status --json` prints the figures once";
        return Err(Failure::new(Code::Unavailable, text));
    }
    let config = args.config.load()?.config;
    wait(async {
        let ends = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let mut ends = ends.into_iter().map(signal).collect::<Result<Vec<_>, _>>()?;
        let mut stage = Stage::open()?;
        play(config, &mut stage, &mut ends).await
    })
}

/// Shows the daemon until a key or a signal ends it.
async fn play(config: Config, stage: &mut Stage, ends: &mut [Signal]) -> Result<(), Failure> {
    let (mut snapshot, mut screen) = (Snapshot::default(), Screen::default());
    let mut looking = Box::pin(Link::new(config).look(None, false));
    let mut ticks = interval(KEYS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut drawn = None;
    loop {
        // Also where nothing came: "3 s ago" becomes "4 s ago".
        if drawn.is_none_or(|at: Instant| at.elapsed() >= REDRAW) {
            stage.draw(&snapshot, &screen)?;
            drawn = Some(steady());
        }
        tokio::select! {
            (link, look) = &mut looking => {
                drawn = None;
                snapshot.take(look, now(), steady());
                let shown = screen.shown(&snapshot);
                let chosen = shown.get(screen.place(&shown)).map(|feed| feed.id.clone());
                looking = Box::pin(link.look(chosen, true));
            }
            _ = ticks.tick() => {
                match keys(&mut screen, &snapshot)? {
                    Some(Wish::Quit) => return Ok(()),
                    Some(Wish::Stay) => drawn = None,
                    None => {}
                }
            }
            () = any(ends) => return Ok(()),
        }
    }
}

/// Does what the keys say that were pressed; `None` where nothing happened at all.
fn keys(screen: &mut Screen, snapshot: &Snapshot) -> Result<Option<Wish>, Failure> {
    let mut wish = None;
    while event::poll(Duration::ZERO)? {
        // Another size of the terminal wants a drawing and no more.
        wish = Some(match event::read()? {
            Event::Key(key) => screen.key(key, snapshot),
            _ => Wish::Stay,
        });
        if wish == Some(Wish::Quit) {
            break;
        }
    }
    Ok(wish)
}

/// Returns once one of the signals came.
async fn any(signals: &mut [Signal]) {
    let waits = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
    futures_util::future::select_all(waits).await;
}

/// The terminal while it is ours. Dropped, by a panic too, it is what it was before.
struct Stage {
    terminal: DefaultTerminal,
}

impl Stage {
    fn open() -> std::io::Result<Self> {
        Ok(Self { terminal: ratatui::try_init()? })
    }

    fn draw(&mut self, snapshot: &Snapshot, screen: &Screen) -> std::io::Result<()> {
        self.terminal.draw(|frame| {
            view::draw(snapshot, screen, now(), frame.area(), frame.buffer_mut());
        })?;
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    const GUEST: &str = "WIREDESK_TEST_PANICS_ON_STAGE";

    #[test]
    fn a_panic_gives_the_terminal_back() {
        if std::env::var_os(GUEST).is_some() {
            let mut stage = Stage::open().unwrap();
            stage.draw(&Snapshot::default(), &Screen::default()).unwrap();
            panic!("the roof came down");
        }
        // The same test again, as a guest on a terminal of its own.
        let own = std::env::current_exe().unwrap();
        let name = "cli::top::tests::a_panic_gives_the_terminal_back";
        let line =
            format!("stty rows 24 cols 80; {} --exact {name} --nocapture; stty -a", own.display());
        let output = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .env(GUEST, "1")
            .output()
            .expect("script, of util-linux");
        let said = String::from_utf8_lossy(&output.stdout);
        let (_, stage) = said.split_once("\u{1b}[?1049h").expect(&said);
        let (before, after) = stage.split_once("the roof came down").expect(&said);
        assert!(before.contains("\u{1b}[?1049l"), "the message is to be read: {said:?}");
        let cursor = |sequence| said.rfind(sequence).expect(sequence);
        assert!(cursor("\u{1b}[?25l") < cursor("\u{1b}[?25h"), "the cursor is back: {said:?}");
        assert!(after.contains(" icanon") && after.contains(" echo "), "{after:?}");
    }
}
