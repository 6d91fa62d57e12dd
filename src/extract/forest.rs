//! The model: boosted trees that say how sure it is that a block belongs to the body.
//!
//! `forest.txt` holds the trees; `tests/train/` holds what made them: which pages, which labels,
//! which figures on sites left out of training. Nothing of a page is in them but thresholds.
//!
//! Trees are asked one after the other, each by a batch of rows, so that all stay in the cache. Most
//! blocks of a page are menus and teasers or plain paragraphs, of which the first trees are sure:
//! they are asked no further.

use std::sync::LazyLock;

/// Room for the questions and leaves of one tree: a power of two, so that a place in it can be
/// masked instead of checked.
const ROOM: usize = 64;

/// Blocks that walk down a tree side by side, so that none waits for the memory of another.
const ABREAST: usize = 8;

/// One question about a row: is this feature at most that? A leaf leads to itself.
#[derive(Debug, Clone, Copy, Default)]
struct Node {
    threshold: f32,
    feature: u16,
    /// Where to go on no and on yes.
    next: [u8; 2],
}

#[derive(Debug)]
struct Tree {
    /// The questions, and behind them the leaves.
    nodes: [Node; ROOM],
    /// What each leaf adds, in its node's place.
    values: [f32; ROOM],
    /// Questions to the farthest leaf.
    depth: usize,
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

/// Rows that go through all trees together: so many fit in the fast cache beside a tree.
const BATCH: usize = 32;

/// How sure the model is of each row that its block belongs to the body, 0 to 1; rows of `width`
/// features stand one behind the other.
pub(super) fn probabilities(rows: &[f32], width: usize) -> Vec<f32> {
    let forest = FOREST.as_slice();
    let batches = rows.chunks(width.max(1) * BATCH);
    let scores = batches.flat_map(|batch| scores(forest, batch.chunks_exact(width.max(1))));
    scores.map(|score| 1.0 / (1.0 + (-score).exp())).collect()
}

/// What the trees say of each row of a batch.
fn scores<'r>(forest: &[Tree], rows: impl Iterator<Item = &'r [f32]>) -> impl Iterator<Item = f32> {
    let mut scores = [0.0_f32; BATCH];
    let mut open: Vec<Open<'_>> =
        rows.enumerate().map(|(at, row)| Open { at, row, score: 0.0 }).collect();
    let count = open.len();
    fill_up(&mut open);
    let mut asked = 0;
    for (trees, low, high) in STEPS {
        let upto = trees.min(forest.len());
        for tree in forest.get(asked..upto).unwrap_or_default() {
            open.as_chunks_mut().0.iter_mut().for_each(|blocks| tree.add_to(blocks));
        }
        asked = upto;
        for block in &open {
            if let Some(slot) = scores.get_mut(block.at) {
                *slot = block.score;
            }
        }
        open.retain(|block| block.at < count && block.score >= low && block.score <= high);
        fill_up(&mut open);
    }
    scores.into_iter().take(count)
}

/// Adds blocks that are none, so that all can walk abreast.
fn fill_up(open: &mut Vec<Open<'_>>) {
    let full = open.len().next_multiple_of(ABREAST);
    open.resize(full, Open { at: usize::MAX, row: &[], score: 0.0 });
}

/// A block that is not yet decided.
#[derive(Debug, Clone, Copy)]
struct Open<'r> {
    at: usize,
    row: &'r [f32],
    score: f32,
}

impl Tree {
    fn read(line: &str) -> Option<Self> {
        let (questions, leaves) = line.split_once(';')?;
        let questions: Vec<&str> = questions.split_whitespace().collect();
        let mut tree = Self { nodes: [Node::default(); ROOM], values: [0.0; ROOM], depth: 0 };
        for (at, value) in leaves.split_whitespace().enumerate() {
            let at = questions.len() + at;
            let itself = u8::try_from(at).ok()?;
            *tree.nodes.get_mut(at)? = Node { next: [itself; 2], ..Node::default() };
            *tree.values.get_mut(at)? = value.parse().ok()?;
        }
        let mut levels = [0; ROOM];
        for (at, text) in questions.iter().enumerate() {
            let node = Node::read(text, questions.len())?;
            let level = levels.get(at).copied()? + 1;
            for next in node.next {
                // Children behind their parents: no walk goes in a circle.
                let next = usize::from(next);
                let slot = levels.get_mut(next).filter(|_| next > at)?;
                *slot = level.max(*slot);
            }
            tree.depth = tree.depth.max(level);
            *tree.nodes.get_mut(at)? = node;
        }
        Some(tree)
    }

    /// Adds to each block's score what the tree says of it. All go as many steps as the farthest
    /// leaf needs: a loop that never branches is faster than one that ends where a walk does.
    fn add_to(&self, blocks: &mut [Open<'_>; ABREAST]) {
        let mut places = [0_u8; ABREAST];
        for _ in 0..self.depth {
            for (place, block) in places.iter_mut().zip(blocks.iter()) {
                let Some(node) = self.nodes.get(usize::from(*place) % ROOM) else { continue };
                let value = block.row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
                // A look-up, for a branch on the answer would be guessed wrong every other time.
                let answer = usize::from(value <= node.threshold);
                *place = node.next.get(answer).copied().unwrap_or(0);
            }
        }
        for (place, block) in places.iter().zip(blocks) {
            block.score += self.values.get(usize::from(*place) % ROOM).copied().unwrap_or(0.0);
        }
    }
}

impl Node {
    /// A question of a tree that has so many; leaf `n` is written as `-1 - n`.
    fn read(text: &str, questions: usize) -> Option<Self> {
        let mut parts = text.split(',');
        let feature = parts.next()?.parse().ok()?;
        let threshold = parts.next()?.parse().ok()?;
        let mut next = || {
            let child: i16 = parts.next()?.parse().ok()?;
            let leaf = || Some(questions + usize::try_from(-1 - child).ok()?);
            u8::try_from(usize::try_from(child).ok().or_else(leaf)?).ok()
        };
        let (yes, no) = (next()?, next()?);
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
        assert!(FOREST.iter().all(|tree| tree.depth > 0));
    }

    #[test]
    fn a_tree_is_walked() {
        let tree = Tree::read("0,1.5,1,-1 1,2,-2,-3;0.1 0.2 0.3").unwrap();
        let rows = [[2.0, 0.0], [1.0, 2.0], [1.0, 3.0]];
        let mut blocks: Vec<_> = rows.iter().map(|row| Open { at: 0, row, score: 0.0 }).collect();
        fill_up(&mut blocks);
        tree.add_to(&mut blocks.as_chunks_mut().0[0]);
        let values: Vec<_> = blocks.iter().take(3).map(|block| block.score.to_string()).collect();
        assert_eq!(values, ["0.1", "0.2", "0.3"]);
        assert!(Tree::read("0,1.5,0,-1;0.1").is_none(), "a node that leads to itself");
    }
}
