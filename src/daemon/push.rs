//! Hubs' calls: the listener for them, the key that makes callbacks unguessable, and who answers.

use super::event::Event;
use super::tasks::Tasks;
use super::{RunFault, system};
use crate::config::Config;
use crate::fetch::websub::Intent;
use crate::observe;
use crate::pipeline::{Hubs, Push};
use crate::schedule;
use crate::serve::{Call, Delivery, Question, Receipt, Wanted, callbacks};
use ring::rand::{SecureRandom, SystemRandom};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// The key's file in the state folder.
const KEY: &str = "websub.key";

/// The hubs, where pushes are configured.
///
/// # Errors
/// The key cannot be read or written.
pub(super) fn hubs(config: &Config) -> Result<Option<Arc<Hubs>>, RunFault> {
    let Some(base) = config.websub.base() else { return Ok(None) };
    let key = key(&config.daemon.state_dir).map_err(system("the key for hubs' callbacks"))?;
    Ok(Some(Arc::new(Hubs::new(base, config.websub.lease.get(), key))))
}

/// Listens for hubs and hands their pushes to the control loop.
///
/// # Errors
/// The address is taken.
pub(super) async fn start(
    tasks: &Tasks,
    config: &Config,
    hubs: &Arc<Hubs>,
    events: mpsc::UnboundedSender<Event>,
) -> Result<(), RunFault> {
    let (Some(base), Some(address)) = (config.websub.base(), config.websub.listen) else {
        return Ok(());
    };
    let what = format!("the address {address} for hubs");
    let listener = TcpListener::bind(address).await.map_err(system(what))?;
    let most = usize::try_from(config.fetch.max_body.get()).unwrap_or(usize::MAX);
    let (router, calls) = callbacks(base.url().path(), most);
    let stop = tasks.stop.clone();
    let closed = async move { stop.cancelled().await };
    tasks.spawn("hub listener", async move {
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(closed).await {
            tracing::error!(%error, "the listener for hubs failed");
        }
    });
    tasks.spawn("hubs", answer(calls, Arc::clone(hubs), events));
    Ok(())
}

/// Answers until the listener is gone.
async fn answer(
    mut calls: mpsc::Receiver<Call>,
    hubs: Arc<Hubs>,
    events: mpsc::UnboundedSender<Event>,
) {
    while let Some(Call { token, what }) = calls.recv().await {
        match what {
            Wanted::Confirmation(question, done) => {
                // The hub may have hung up.
                drop(done.send(confirm(&hubs, &token, &question)));
            }
            Wanted::Delivery(delivery, done) => take(&hubs, &token, delivery, done, &events),
        }
    }
}

fn confirm(hubs: &Hubs, token: &str, question: &Question) -> Option<String> {
    let intent = Intent {
        mode: &question.mode,
        topic: &question.topic,
        challenge: question.challenge.as_deref(),
        lease_seconds: question.lease_seconds,
    };
    let now = observe::now();
    let jitter = crate::model::FeedId::new(&token.chars().take(16).collect::<String>())
        .map_or(0.5, |id| schedule::jitter(&id, now));
    hubs.confirm(token, &intent, now, jitter).map(str::to_owned)
}

/// A forged push is thanked for like a genuine one: who forges learns nothing.
fn take(
    hubs: &Hubs,
    token: &str,
    delivery: Delivery,
    done: oneshot::Sender<Receipt>,
    events: &mpsc::UnboundedSender<Event>,
) {
    let Delivery { signature, content_type, body } = delivery;
    match hubs.judge(token, &signature, &body, observe::now()) {
        Push::Genuine(feed) => drop(events.send(Event::Pushed { feed, body, content_type, done })),
        Push::Forged => {
            tracing::warn!("a push without the right signature was thrown away");
            drop(done.send(Receipt::Taken));
        }
        Push::Unknown => drop(done.send(Receipt::Unknown)),
    }
}

/// The key in the state folder, made where there is none; only its owner can read it.
fn key(dir: &Path) -> io::Result<[u8; 32]> {
    let path = dir.join(KEY);
    match fs::read(&path) {
        Ok(bytes) => bytes.try_into().map_err(|_| io::Error::other("it should have 32 bytes")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut key = [0; 32];
            let random = SystemRandom::new().fill(&mut key);
            random.map_err(|_| io::Error::other("the system has no random numbers"))?;
            let mut file =
                fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(&key)?;
            file.sync_all()?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}
