//! What the service manager is told: ready, reloading, stopping, alive, and a line of status.
//!
//! Without a service manager (`NOTIFY_SOCKET` unset) nothing is sent.

use sd_notify::NotifyState;
use std::time::Duration;

/// How long a step of something that takes its time may take.
const BUSY: Duration = Duration::from_mins(1);

/// The daemon polls and serves.
pub(super) fn ready(status: &str) {
    send(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// A reload has begun; [`ready`] ends it. Both fields go in one datagram, as systemd asks.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(at) => send(&[NotifyState::Reloading, at]),
        Err(_) => send(&[NotifyState::Reloading]),
    }
}

/// The daemon lives and works on something that takes its time, also before it is ready.
pub(super) fn busy(status: &str) {
    let more = u32::try_from(BUSY.as_micros()).unwrap_or(u32::MAX);
    let status = NotifyState::Status(status);
    send(&[NotifyState::Watchdog, NotifyState::ExtendTimeoutUsec(more), status]);
}

/// A word on how the daemon does.
pub(super) fn status(text: &str) {
    send(&[NotifyState::Status(text)]);
}

/// The daemon drains.
pub(super) fn stopping(status: &str) {
    send(&[NotifyState::Stopping, NotifyState::Status(status)]);
}

/// The daemon is alive, and what it does.
pub(super) fn alive(status: &str) {
    send(&[NotifyState::Watchdog, NotifyState::Status(status)]);
}

/// How often to say [`alive`]: twice in the time the service manager waits for it.
pub(super) fn watchdog_period() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|wait| wait / 2)
}

fn send(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager was not reached");
    }
}
