//! What is done now and then while the daemon runs: complete archive files are sealed or let go,
//! and a store or a process that grows beyond reason is reported.

use crate::archive::{self, Keep};
use crate::model::ByteSize;
use crate::observe::{self, Metrics};
use crate::pipeline::{Clerk, Cpu};
use crate::store::Store;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often to look.
const EVERY: Duration = Duration::from_mins(1);

/// After a start the feeds that are due come first.
const SETTLE: Duration = Duration::from_secs(5);

/// A complaint is repeated after this time.
const AGAIN: Duration = Duration::from_hours(6);

/// Articles let go at a time: the writer has other work too.
const FORGOTTEN: usize = 500;

/// Who looks after the state folder.
pub(super) struct Upkeep {
    pub(super) cpu: Cpu,
    pub(super) store: Store,
    pub(super) metrics: Arc<Metrics>,
    /// The archive's folder.
    pub(super) dir: PathBuf,
    pub(super) settings: archive::Settings,
    pub(super) memory_alarm: ByteSize,
    /// Who writes down that articles went.
    pub(super) clerk: Clerk,
}

impl Upkeep {
    /// Works until `stop`.
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut complained = Complaints::default();
        let mut rest = SETTLE;
        loop {
            self.watch(&mut complained).await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(rest) => {}
            }
            rest = EVERY;
            self.tend().await;
            self.forget().await;
        }
    }

    async fn tend(&self) {
        let (dir, settings) = (self.dir.clone(), self.settings.clone());
        match self.cpu.run(move || archive::tend(&dir, &settings, observe::now())).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "archive housekeeping failed; it is tried again");
            }
            Err(lost) => tracing::error!(%lost, "archive housekeeping failed"),
        }
    }

    /// Lets articles go that are kept no longer, a bounded number at a time.
    async fn forget(&self) {
        let (store, settings) = (self.store.clone(), self.settings.clone());
        let now = observe::now();
        let spans = std::iter::once(&settings.keep).chain(settings.keep_tags.values());
        if spans.clone().all(|keep| *keep == Keep::Forever) {
            return;
        }
        let look = move || store.aged(|tags| settings.kept_from(tags, now), now, FORGOTTEN);
        match self.cpu.run(look).await {
            Ok(Ok(ids)) if ids.is_empty() => {}
            Ok(Ok(ids)) => {
                let articles = ids.len();
                match self.clerk.forget(ids).await {
                    Ok(()) => tracing::info!(articles, "kept no longer"),
                    Err(error) => tracing::warn!(%error, "articles that are kept no longer stay"),
                }
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the store cannot be searched for old articles");
            }
            Err(lost) => tracing::error!(%lost, "the store cannot be searched for old articles"),
        }
    }

    async fn watch(&self, complained: &mut Complaints) {
        let store = self.store.clone();
        if let Ok(Ok(stats)) = self.cpu.run(move || store.stats()).await
            && stats.is_bloated()
            && Complaints::due(&mut complained.store)
        {
            tracing::warn!(
                disk_mib = stats.disk_bytes >> 20,
                payload_mib = stats.payload_bytes >> 20,
                "the store is much larger than what is in it; `wiredesk gc` shrinks it"
            );
        }
        let Some(resident) = observe::resident_bytes() else { return };
        self.metrics.set_resident(resident);
        if resident > self.memory_alarm.get() && Complaints::due(&mut complained.memory) {
            tracing::warn!(
                resident_mib = resident >> 20,
                alarm_mib = self.memory_alarm.get() >> 20,
                "more memory is in use than `memory_alarm` in [daemon]"
            );
        }
    }
}

/// When what was last complained about.
#[derive(Default)]
struct Complaints {
    store: Option<Instant>,
    memory: Option<Instant>,
}

impl Complaints {
    fn due(last: &mut Option<Instant>) -> bool {
        let due = last.is_none_or(|at| at.elapsed() >= AGAIN);
        if due {
            *last = Some(observe::steady());
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_made_once() {
        let mut last = None;
        assert!(Complaints::due(&mut last));
        assert!(!Complaints::due(&mut last));
    }
}
