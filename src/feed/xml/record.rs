//! [`Record`]: the fields of a feed's head or of one entry, as a flat list that borrows from the
//! document.

use super::names::Ns;
use super::scan::attr;

/// One element inside a feed's head or an entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    /// Vocabulary.
    pub(crate) ns: Ns,
    /// Local name as written.
    pub(crate) name: &'a str,
    /// Attributes as written.
    pub(crate) attrs: &'a str,
    /// Everything between start and end tag as written.
    pub(crate) raw: &'a str,
    pub(super) parent: usize,
}

impl<'a> Field<'a> {
    /// True for this vocabulary and name, whatever the case.
    pub(crate) fn is(&self, ns: Ns, name: &str) -> bool {
        self.ns == ns && self.name.eq_ignore_ascii_case(name)
    }

    /// An attribute as written.
    pub(crate) fn attr(&self, name: &str) -> Option<&'a str> {
        attr(self.attrs, name)
    }
}

/// The fields of a head or an entry in document order; the first is the element itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record<'a> {
    pub(super) fields: Vec<Field<'a>>,
    /// Which field the others of the head hang on: the `channel`, or the root itself.
    pub(super) top: usize,
}

impl<'a> Record<'a> {
    /// The element itself.
    pub(crate) fn own(&self) -> Option<&Field<'a>> {
        self.fields.get(self.top)
    }

    /// The element's place for [`Self::below`].
    pub(crate) fn top_place(&self) -> usize {
        self.top
    }

    /// The fields right below the element, with their place for [`Self::below`].
    pub(crate) fn top(&self) -> impl Iterator<Item = (usize, &Field<'a>)> {
        self.below(self.top)
    }

    /// The fields right below the field at this place.
    pub(crate) fn below(&self, place: usize) -> impl Iterator<Item = (usize, &Field<'a>)> {
        self.fields
            .iter()
            .enumerate()
            .skip(1)
            .filter(move |(at, f)| f.parent == place && *at != place)
    }

    /// Every field, however deep.
    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, &Field<'a>)> {
        self.fields.iter().enumerate()
    }

    /// The first field of this name right below the element that is not empty.
    pub(crate) fn find(&self, ns: Ns, name: &str) -> Option<&Field<'a>> {
        self.top().map(|(_, f)| f).find(|f| f.is(ns, name) && !f.raw.trim().is_empty())
    }
}
