//! From the configuration to the sources that the pipeline works with.

use crate::config::{Config, Feed};
use crate::feed;
use crate::fetch::{Access, AccessSettings, Secret, SetUpError};
use crate::pipeline::Source;
use crate::serve::Configured;
use std::sync::Arc;

/// The feeds that are to be polled.
///
/// # Errors
/// A header cannot be sent.
pub(super) fn of(config: &Config) -> Result<Vec<Arc<Source>>, SetUpError> {
    let reading = Arc::new(feed::Settings::default());
    let common = Arc::new(Access::default());
    let polled = config.feeds.iter().filter(|feed| !feed.disabled);
    let source = |feed| {
        let access = if is_common(config, feed) { Arc::clone(&common) } else { access(feed)? };
        Ok(Arc::new(source(feed, &reading, access)))
    };
    polled.map(source).collect()
}

/// True where a feed is fetched like all others: ten thousand of them share one access.
fn is_common(config: &Config, feed: &Feed) -> bool {
    feed.headers.is_empty() && Arc::ptr_eq(&feed.fetch, &config.fetch)
}

fn access(feed: &Feed) -> Result<Arc<Access>, SetUpError> {
    let headers = feed.headers.iter();
    let settings = AccessSettings {
        headers: headers
            .map(|(name, value)| (name.clone(), Secret::Text(value.reveal().to_owned())))
            .collect(),
        proxy: feed.fetch.proxy.clone(),
        ca_file: feed.fetch.ca_file.clone(),
        allow_private_networks: feed.fetch.allow_private_networks.clone(),
        ..AccessSettings::default()
    };
    Ok(Arc::new(Access::load(&settings, feed.url.as_str())?))
}

fn source(feed: &Feed, reading: &Arc<feed::Settings>, access: Arc<Access>) -> Source {
    Source {
        id: feed.id.clone(),
        url: feed.url.clone(),
        tags: feed.tags.clone(),
        access,
        fetch: Arc::clone(&feed.fetch),
        schedule: Arc::clone(&feed.schedule),
        feed: Arc::clone(reading),
        extract: Arc::clone(&feed.extract),
        dedupe: Arc::clone(&feed.dedup),
    }
}

/// The feeds as the API shows them.
pub fn configured(config: &Config) -> Vec<Configured> {
    let row = |feed: &Feed| Configured {
        id: feed.id.clone(),
        url: feed.url.clone(),
        tags: feed.tags.clone(),
        disabled: feed.disabled,
    };
    config.feeds.iter().map(row).collect()
}
