//! [`Trial`]: a person's own requests outside the daemon, under the configuration's rules where there
//! is one, with everybody's caps and politeness in any case.

use crate::cli::config::ConfigFile;
use crate::cli::exit::{Code, Failure};
use crate::extract;
use crate::feed::Media;
use crate::fetch::{Fetched, Fetcher, Kind, Outcome, Request, Settings};
use crate::model::Link;
use std::sync::Arc;

/// Who asks where no configuration says it.
const OURSELVES: &str = concat!("wiredesk/", env!("CARGO_PKG_VERSION"));

/// What a verb needs to ask servers.
pub(super) struct Trial {
    pub(super) fetcher: Fetcher,
    pub(super) extract: Arc<extract::Settings>,
}

impl Trial {
    /// As the configuration says, or by the defaults where there is none.
    pub(super) fn new(file: &ConfigFile) -> Result<Self, Failure> {
        let config = file.load_if_any()?.map(|loaded| loaded.config);
        let (fetch, extract, identity) = config.map_or_else(
            || (Arc::<Settings>::default(), Arc::default(), OURSELVES.to_owned()),
            |config| (config.fetch, config.extract, config.identity.user_agent),
        );
        let fetcher = Fetcher::new(&fetch, &identity)
            .map_err(|e| Failure::new(Code::Config, e.to_string()))?;
        Ok(Self { fetcher, extract })
    }

    /// The document at an address.
    pub(super) async fn get(&self, url: &Link, kind: Kind) -> Result<Box<Fetched>, Failure> {
        let failed = |why: String| Failure::new(Code::Unavailable, why);
        match self.fetcher.get(&Request::new(url.clone(), kind)).await {
            Outcome::Fetched(fetched) => Ok(fetched),
            Outcome::Unchanged(_) => {
                Err(failed(format!("{url}: the server says that nothing changed")))
            }
            Outcome::Gone => {
                Err(failed(format!("{url}: the server says that it is gone for good (410)")))
            }
            Outcome::Failed(failure) => Err(failed(failure.message)),
            Outcome::Refused(reason) => Err(failed(format!("{url}: not asked, {reason}"))),
        }
    }
}

/// What `feed` wants to know of a document besides its bytes.
pub(super) fn media(fetched: &Fetched) -> Media {
    Media {
        content_type: fetched.content_type.clone(),
        url: Some(fetched.final_url.clone()),
        status: Some(fetched.status),
    }
}

/// The address that a person typed.
pub(super) fn address(text: &str) -> Result<Link, Failure> {
    Link::parse(text, None).ok_or_else(|| {
        Failure::new(Code::Data, format!("{text}: not an http or https address; write it in full"))
    })
}
