//! One section of what was written → a stage's settings: every key is tried alone, so that all that
//! are wrong are reported at once, each at its place; then the good ones together.

use super::document::{Key, Keys};
use super::problem::Problem;
use super::source::Place;
use super::suggest;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// A fault that a stage finds in its own settings: the key, what is wrong with it, what to do.
pub(super) type Fault = (&'static str, String, String);

/// A section that was read: its value, and the keys that made it.
pub(super) struct Part<'t, T> {
    name: &'static str,
    header: Option<Place>,
    keys: Keys<'t>,
    /// What the section means; the default where nothing usable was written.
    pub(super) value: Arc<T>,
}

impl<'t, T: DeserializeOwned + Default> Part<'t, T> {
    /// The section `name` from its keys as written.
    pub(super) fn read(
        name: &'static str,
        header: Option<Place>,
        keys: Keys<'t>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let keys = good_keys::<T>(name, keys, suggest::keys(name), problems);
        let value = Arc::new(together(&keys));
        Self { name, header, keys, value }
    }

    /// The section as it counts for one feed, whose own keys win.
    pub(super) fn overlaid(&self, own: Keys<'t>, problems: &mut Vec<Problem>) -> Self {
        let own = good_keys::<T>(self.name, own, suggest::keys(self.name), problems);
        let header = own.values().next().map(|key| key.place.clone());
        let mut keys = self.keys.clone();
        keys.extend(own);
        Self { name: self.name, header, value: Arc::new(together(&keys)), keys }
    }

    /// Reports what a stage finds wrong with its settings as a whole, at the key concerned.
    pub(super) fn report(&self, faults: Vec<Fault>, problems: &mut Vec<Problem>) {
        for (key, text, help) in faults {
            let problem = Problem::error(format!("`{key}` in [{}]: {text}", self.name)).help(help);
            let path: Vec<_> = key.split('.').map(str::to_owned).collect();
            let place = self.keys.get(&path).map(Key::value_place).or_else(|| self.header.clone());
            problems.push(match place {
                Some(place) => problem.at(place),
                None => problem,
            });
        }
    }
}

/// The keys that can be read one by one; the others become problems. `known` are the keys that may
/// stand there.
pub(super) fn good_keys<'t, T: DeserializeOwned + Default>(
    section: &str,
    keys: Keys<'t>,
    known: &[String],
    problems: &mut Vec<Problem>,
) -> Keys<'t> {
    let mut good = Keys::new();
    for (path, key) in keys {
        match path.first().filter(|name| !known.contains(name)) {
            Some(name) => {
                problems.push(suggest::unknown_key(name, section, known).at(key.place));
            }
            None => match try_alone::<T>(section, &path, &key) {
                None => drop(good.insert(path, key)),
                Some(problem) => problems.push(problem),
            },
        }
    }
    good
}

/// What is wrong with a key by itself.
fn try_alone<T: DeserializeOwned>(
    section: &str,
    path: &[String],
    key: &Key<'_>,
) -> Option<Problem> {
    if let Err(error) = read::<T>(&Keys::from([(path.to_vec(), key.clone())])) {
        return Some(explain(section, path, key, &error));
    }
    let fault = suggest::out_of_range(section, path, key.value.get_ref())?;
    let problem = Problem::error(format!("`{}`: {fault}", path.join(".")));
    Some(helped(problem.at(key.value_place()), section, path))
}

/// The value of keys of which each can be read alone.
pub(super) fn together<T: DeserializeOwned + Default>(keys: &Keys<'_>) -> T {
    read(keys).unwrap_or_default()
}

fn read<T: DeserializeOwned>(keys: &Keys<'_>) -> Result<T, toml::de::Error> {
    let mut root = DeTable::new();
    for (path, key) in keys {
        set(&mut root, path, key);
    }
    T::deserialize(Deserializer::from(Spanned::new(0..0, root)))
}

/// Puts a key where its path says; a path through something that is no table has no effect.
fn set<'t>(root: &mut DeTable<'t>, path: &[String], key: &Key<'t>) {
    let Some((last, parents)) = path.split_last() else { return };
    let name = |text: &String| Spanned::new(key.place.span.clone(), text.clone().into());
    let mut table = root;
    for parent in parents {
        let new = || Spanned::new(key.place.span.clone(), DeValue::Table(DeTable::new()));
        match table.entry(name(parent)).or_insert_with(new).get_mut() {
            DeValue::Table(inner) => table = inner,
            _ => return,
        }
    }
    table.insert(name(last), key.value.clone());
}

/// The problem of a key that cannot be read, with the remedy that serde's message or the key's
/// schema suggests.
fn explain(section: &str, path: &[String], key: &Key<'_>, error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or_else(|| key.value.span());
    let name = path.join(".");
    let problem = Problem::error(format!("`{name}`: {}", error.message()))
        .at(Place { source: key.place.source, span });
    match meant(error.message()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => helped(problem, section, path),
    }
}

/// The problem with what may stand in the key's place.
fn helped(problem: Problem, section: &str, path: &[String]) -> Problem {
    match suggest::example(section, path) {
        Some((name, value)) => problem.help(format!("write for example `{name} = {value}`")),
        None => problem,
    }
}

/// The word that was meant, where serde's message lists those that it knows
/// (``unknown variant `x`, expected `y` or `z` ``).
fn meant(message: &str) -> Option<&str> {
    let mut words = message.strip_prefix("unknown ")?.split('`').skip(1).step_by(2);
    let wrong = words.next()?;
    suggest::nearest(wrong, words)
}
