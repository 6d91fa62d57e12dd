//! How well decisions agree with the labels of a stream.

use super::stream::Document;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Agreement of decisions and labels.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// Agreement of clusters and stories: adjusted Rand index, precision and recall of pairs.
    ari: f64,
    pair_precision: f64,
    pair_recall: f64,
    link_precision: f64,
    link_recall: f64,
    revisions_lost: usize,
    /// Class → documents, and those that were decided rightly.
    classes: BTreeMap<&'static str, (usize, usize)>,
}

impl Marks {
    pub(crate) fn of(
        documents: &[Document],
        decisions: &HashMap<String, (String, Option<String>)>,
    ) -> Self {
        let at: HashMap<_, _> = documents.iter().enumerate().map(|(n, d)| (&*d.id, n)).collect();
        let mut marks = Self::default();
        let mut cluster: Vec<usize> = Vec::new();
        let (mut right, mut wrong, mut needed) = (0, 0, 0);
        let mut told: HashMap<usize, usize> = HashMap::new();
        for (here, document) in documents.iter().enumerate() {
            let (word, of) = &decisions[&document.id];
            let of = of.as_deref().map(|of| at[of]).filter(|_| word != "new");
            cluster.push(of.map_or(here, |of| cluster[of]));
            let same_story = of.is_some_and(|of| documents[of].story == document.story);
            let is_copy = told.insert(document.story, here).is_some();
            needed += usize::from(is_copy);
            right += usize::from(same_story);
            wrong += usize::from(of.is_some() && !same_story);
            let ok = if is_copy { same_story } else { of.is_none() };
            let lost = document.class.starts_with("revision") && word != "revision";
            marks.revisions_lost += usize::from(lost);
            let class = marks.classes.entry(document.class).or_default();
            *class = (class.0 + 1, class.1 + usize::from(ok));
        }
        marks.link_precision = part(right, right + wrong);
        marks.link_recall = part(right, needed);
        let stories: Vec<_> = documents.iter().map(|d| d.story).collect();
        marks.compare(&cluster, &stories);
        marks
    }

    /// Hubert and Arabie 1985, "Comparing partitions".
    fn compare(&mut self, clusters: &[usize], stories: &[usize]) {
        let both = pairs(clusters.iter().zip(stories));
        let (found, true_ones) = (pairs(clusters), pairs(stories));
        let all = (clusters.len() * (clusters.len() - 1) / 2) as f64;
        let chance = found * true_ones / all;
        self.ari = (both - chance) / (f64::midpoint(found, true_ones) - chance);
        self.pair_precision = both / found;
        self.pair_recall = both / true_ones;
    }

    /// What is below its mark, in words; `short_of` has the marks that are lower for now.
    pub(crate) fn faults(&self, short_of: &[(&str, f64)]) -> Vec<String> {
        let mut least = vec![
            ("adjusted Rand index", self.ari, 0.98),
            ("precision of pairs", self.pair_precision, 0.99),
            ("recall of pairs", self.pair_recall, 0.965),
            ("precision of links", self.link_precision, 0.99),
            ("recall of links", self.link_recall, 0.98),
            ("revisions kept", 1.0 - part(self.revisions_lost, 1), 1.0),
        ];
        for (class, (all, right)) in &self.classes {
            let mark = match *class {
                "stub" | "stub-short" => 0.93,
                class if super::stream::DISTINCT.contains(&class) => 0.99,
                _ => continue,
            };
            least.push((class, part(*right, *all), mark));
        }
        for (name, _, mark) in &mut least {
            let lower = short_of.iter().find(|(short, _)| short == name);
            *mark = lower.map_or(*mark, |(_, reached)| *reached);
        }
        let below = least.into_iter().filter(|(_, figure, mark)| figure < mark);
        below.map(|(name, figure, mark)| format!("{name}: {figure:.4} < {mark}")).collect()
    }
}

impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "ARI {:.4}", self.ari)?;
        writeln!(f, "pairs P {:.4} R {:.4}", self.pair_precision, self.pair_recall)?;
        writeln!(f, "links P {:.4} R {:.4}", self.link_precision, self.link_recall)?;
        self.classes.iter().try_for_each(|(class, (all, right))| {
            writeln!(f, "{class:16} {right:4} of {all:4} = {:.3}", part(*right, *all))
        })
    }
}

/// Pairs of equal values.
fn pairs<T: Eq + std::hash::Hash>(values: impl IntoIterator<Item = T>) -> f64 {
    let mut counts: HashMap<T, usize> = HashMap::new();
    values.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
    counts.values().map(|n| (n * (n - 1) / 2) as f64).sum()
}

fn part(count: usize, of: usize) -> f64 {
    if of == 0 { 1.0 } else { count as f64 / of as f64 }
}
