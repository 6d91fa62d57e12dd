//! The model: boosted trees that say how sure it is that a block belongs to the body.
//!
//! `forest.txt` holds the trees; `tests/train/` holds what made them: which pages, which labels,
//! which figures on sites left out of training. Nothing of a page is in them but thresholds.

use std::sync::LazyLock;

/// One question about a row: is this feature at most that?
#[derive(Debug, Clone, Copy)]
struct Node {
    feature: u16,
    threshold: f32,
    /// Where to go: a node, or below zero leaf `-1 - n`.
    yes: i16,
    no: i16,
}

#[derive(Debug)]
struct Tree {
    nodes: Vec<Node>,
    leaves: Vec<f32>,
}

static FOREST: LazyLock<Vec<Tree>> = LazyLock::new(|| {
    let lines = include_str!("forest.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(Tree::read).collect()
});

/// How sure the model is that the block of this row belongs to the body, 0 to 1.
pub(super) fn probability(row: &[f32]) -> f32 {
    let score: f32 = FOREST.iter().map(|tree| tree.value(row)).sum();
    1.0 / (1.0 + (-score).exp())
}

impl Tree {
    fn read(line: &str) -> Option<Self> {
        let (nodes, leaves) = line.split_once(';')?;
        let nodes = nodes.split_whitespace().map(Node::read).collect::<Option<_>>()?;
        let leaves = leaves.split_whitespace().map(|v| v.parse().ok()).collect::<Option<_>>()?;
        Some(Self { nodes, leaves })
    }

    fn value(&self, row: &[f32]) -> f32 {
        let mut at = if self.nodes.is_empty() { -1 } else { 0 };
        // A path visits no node twice; the bound only guards against a damaged table.
        for _ in 0..=self.nodes.len() {
            let Ok(index) = usize::try_from(at) else { break };
            let Some(node) = self.nodes.get(index) else { break };
            let value = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
            at = if value <= node.threshold { node.yes } else { node.no };
        }
        let leaf = usize::try_from(-1 - i32::from(at)).unwrap_or(usize::MAX);
        self.leaves.get(leaf).copied().unwrap_or(0.0)
    }
}

impl Node {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        Some(Self {
            feature: parts.next()?.parse().ok()?,
            threshold: parts.next()?.parse().ok()?,
            yes: parts.next()?.parse().ok()?,
            no: parts.next()?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let lines = include_str!("forest.txt").lines().filter(|l| !l.starts_with('#')).count();
        assert_eq!(FOREST.len(), lines);
        let children = |n: &Node| [n.yes, n.no];
        for tree in FOREST.iter() {
            for child in tree.nodes.iter().flat_map(children) {
                let known = match usize::try_from(child) {
                    Ok(node) => node < tree.nodes.len(),
                    Err(_) => usize::try_from(-1 - child).unwrap() < tree.leaves.len(),
                };
                assert!(known, "a child that is not there");
            }
        }
    }

    #[test]
    fn a_tree_is_walked() {
        let tree = Tree::read("0,1.5,1,-1 1,2,-2,-3;0.1 0.2 0.3").unwrap();
        let values = [[2.0, 0.0], [1.0, 2.0], [1.0, 3.0]].map(|row| tree.value(&row).to_string());
        assert_eq!(values, ["0.1", "0.2", "0.3"]);
    }
}
