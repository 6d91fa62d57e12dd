//! The model: boosted trees that say how sure it is that a block belongs to the body.
//!
//! `forest.txt` holds the trees; `tests/train/` holds what made them: which pages, which labels,
//! which figures on sites left out of training. Nothing of a page is in them but thresholds.
//!
//! Trees are asked one after the other, each by all rows, so that a tree stays in the cache. Most
//! blocks of a page are menus and teasers or plain paragraphs, of which the first trees are sure:
//! they are asked no further.

use std::sync::LazyLock;

/// One question about a row: is this feature at most that?
#[derive(Debug, Clone, Copy)]
struct Node {
    threshold: f32,
    feature: u16,
    /// Where to go on no and on yes: a node, or below zero leaf `-1 - n`.
    next: [i16; 2],
}

#[derive(Debug)]
struct Tree {
    nodes: Vec<Node>,
    leaves: Vec<f32>,
}

/// After so many trees, blocks that score below the first or above the second number are decided.
/// On the training pages each step decides at most one in ten thousand otherwise than all trees do
/// (`tests/train/train.py` prints how many).
const STEPS: [(usize, f32, f32); 5] = [
    (10, -1.4, f32::INFINITY),
    (40, -2.6, 2.1),
    (70, -2.1, 1.8),
    (100, -1.3, 1.2),
    (usize::MAX, 0.0, 0.0),
];

static FOREST: LazyLock<Vec<Tree>> = LazyLock::new(|| {
    let lines = include_str!("forest.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(Tree::read).collect()
});

/// How sure the model is of each row that its block belongs to the body, 0 to 1; rows of `width`
/// features stand one behind the other.
pub(super) fn probabilities(rows: &[f32], width: usize) -> Vec<f32> {
    let mut open: Vec<Open<'_>> = rows
        .chunks_exact(width.max(1))
        .enumerate()
        .map(|(at, row)| Open { at, row, score: 0.0 })
        .collect();
    let mut scores = vec![0.0_f32; open.len()];
    let mut asked = 0;
    for (trees, low, high) in STEPS {
        let upto = trees.min(FOREST.len());
        for tree in FOREST.get(asked..upto).unwrap_or_default() {
            for block in &mut open {
                block.score += tree.value(block.row);
            }
        }
        asked = upto;
        for block in &open {
            if let Some(slot) = scores.get_mut(block.at) {
                *slot = block.score;
            }
        }
        open.retain(|block| block.score >= low && block.score <= high);
    }
    scores.into_iter().map(|score| 1.0 / (1.0 + (-score).exp())).collect()
}

/// A block that is not yet decided.
struct Open<'r> {
    at: usize,
    row: &'r [f32],
    score: f32,
}

impl Tree {
    fn read(line: &str) -> Option<Self> {
        let (nodes, leaves) = line.split_once(';')?;
        let nodes = nodes.split_whitespace().map(Node::read).collect::<Option<Vec<_>>>()?;
        let leaves = leaves.split_whitespace().map(|v| v.parse().ok()).collect::<Option<_>>()?;
        let forward = |(at, node): (usize, &Node)| {
            node.next.iter().all(|n| usize::try_from(*n).map_or(true, |n| n > at))
        };
        // Children behind their parents: no walk goes in a circle.
        nodes.iter().enumerate().all(forward).then_some(Self { nodes, leaves })
    }

    fn value(&self, row: &[f32]) -> f32 {
        let mut at = if self.nodes.is_empty() { -1 } else { 0 };
        while let Some(node) = usize::try_from(at).ok().and_then(|at| self.nodes.get(at)) {
            let value = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
            let [no, yes] = node.next;
            at = if value <= node.threshold { yes } else { no };
        }
        let leaf = usize::try_from(-1 - i32::from(at)).unwrap_or(usize::MAX);
        self.leaves.get(leaf).copied().unwrap_or(0.0)
    }
}

impl Node {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let feature = parts.next()?.parse().ok()?;
        let threshold = parts.next()?.parse().ok()?;
        let yes = parts.next()?.parse().ok()?;
        let no = parts.next()?.parse().ok()?;
        Some(Self { threshold, feature, next: [no, yes] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let lines = include_str!("forest.txt").lines().filter(|l| !l.starts_with('#')).count();
        assert_eq!(FOREST.len(), lines);
        for tree in FOREST.iter() {
            for child in tree.nodes.iter().flat_map(|n| n.next) {
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
        assert!(Tree::read("0,1.5,0,-1;0.1").is_none(), "a node that leads to itself");
    }
}
