//! The configuration file as the verbs `add`, `rm` and `import` change it: comments and order stay,
//! nothing is written that the daemon would refuse, and the file is replaced in one step.

use crate::cli::config::{ConfigFile, refused};
use crate::cli::exit::{Code, Failure};
use crate::config::{self, Config};
use crate::model::{FeedId, Link};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

/// A configuration file that is being changed.
pub(super) struct Edit {
    /// The file itself, where a link leads.
    path: PathBuf,
    document: DocumentMut,
    /// What the file said before.
    pub(super) config: Config,
}

/// A feed to be written down.
pub(super) struct NewFeed {
    pub(super) id: FeedId,
    pub(super) url: Link,
    pub(super) tags: Vec<String>,
    pub(super) note: Option<String>,
}

impl Edit {
    /// The configuration file, which must be sound before it is changed.
    pub(super) fn open(file: &ConfigFile) -> Result<Self, Failure> {
        let loaded = file.load()?;
        let path = fs::canonicalize(&loaded.path)?;
        let text = fs::read_to_string(&path)?;
        let document = text
            .parse()
            .map_err(|e| Failure::new(Code::Config, format!("{}: {e}", path.display())))?;
        Ok(Self { path, document, config: loaded.config })
    }

    /// Writes a feed behind the others.
    pub(super) fn add(&mut self, feed: &NewFeed) -> Result<(), Failure> {
        let mut table = Table::new();
        table.insert("id", value(feed.id.as_str()));
        table.insert("url", value(feed.url.as_str()));
        if !feed.tags.is_empty() {
            table.insert("tags", value(feed.tags.iter().collect::<Array>()));
        }
        if let Some(note) = &feed.note {
            table.insert("note", value(note));
        }
        self.feeds()?.push(table);
        Ok(())
    }

    /// Takes a feed out; the feeds of the file stand first in the configuration, in its order.
    pub(super) fn remove(&mut self, id: &FeedId) -> Result<(), Failure> {
        let place = self.config.feeds.iter().position(|feed| feed.id == *id);
        let place = place.ok_or_else(|| crate::cli::config::unknown_feed(id.as_str()))?;
        let file = self.path.display().to_string();
        let feeds = self.feeds()?;
        if place >= feeds.len() {
            let folder = format!("{id} stands in another file of the configuration, not in {file}");
            return Err(Failure::new(Code::Data, format!("{folder}; remove it there")));
        }
        feeds.remove(place);
        self.config.feeds.remove(place);
        Ok(())
    }

    fn feeds(&mut self) -> Result<&mut ArrayOfTables, Failure> {
        let new = || Item::ArrayOfTables(ArrayOfTables::new());
        let item = self.document.entry("feed").or_insert_with(new);
        item.as_array_of_tables_mut().ok_or_else(|| {
            Failure::new(Code::Config, "feeds can be changed where they are written as [[feed]]")
        })
    }

    /// Puts the changed file in the old one's place, if the daemon would take it.
    pub(super) fn save(self) -> Result<(), Failure> {
        // Of the same stem: the files of the folder beside it count for both.
        let fresh = self.path.with_extension(format!("new-{}", std::process::id()));
        let result = self.replace_by(&fresh);
        if result.is_err() {
            drop(fs::remove_file(&fresh));
        }
        result
    }

    fn replace_by(&self, fresh: &std::path::Path) -> Result<(), Failure> {
        let mut file = fs::File::create_new(fresh)?;
        file.set_permissions(fs::metadata(&self.path)?.permissions())?;
        file.write_all(self.document.to_string().as_bytes())?;
        file.sync_all()?;
        config::load(Some(fresh), config::environment()).map_err(|p| refused(&p))?;
        fs::rename(fresh, &self.path)?;
        if let Some(folder) = self.path.parent() {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}
