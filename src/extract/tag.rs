//! The element names that mean something to extraction, as a type that fits a byte.

/// An element's name; everything else is [`Tag::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Tag {
    Other,
    P,
    H1,
    H2,
    H3,
    H4,
    H5,
    H6,
    Li,
    Ul,
    Ol,
    Dl,
    Dt,
    Dd,
    Blockquote,
    Q,
    Pre,
    Code,
    Table,
    Row,
    Td,
    Th,
    Figure,
    Figcaption,
    Div,
    Section,
    Article,
    Main,
    Aside,
    Nav,
    Header,
    Footer,
    Form,
    Address,
    Hr,
    Body,
    Head,
    Block,
    A,
    Em,
    Strong,
    Sub,
    Sup,
    Span,
    Br,
    Img,
    Time,
    Muted,
}

impl Tag {
    /// The tag of a name in lower case.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "p" => Self::P,
            "div" => Self::Div,
            "span" => Self::Span,
            "a" => Self::A,
            "li" => Self::Li,
            "ul" | "menu" => Self::Ul,
            "ol" => Self::Ol,
            "br" => Self::Br,
            "img" | "amp-img" => Self::Img,
            "h1" => Self::H1,
            "h2" => Self::H2,
            "h3" => Self::H3,
            "h4" => Self::H4,
            "h5" => Self::H5,
            "h6" => Self::H6,
            "em" | "i" | "cite" | "dfn" => Self::Em,
            "strong" | "b" => Self::Strong,
            "sub" => Self::Sub,
            "sup" => Self::Sup,
            "dl" => Self::Dl,
            "dt" => Self::Dt,
            "dd" => Self::Dd,
            "blockquote" => Self::Blockquote,
            "q" => Self::Q,
            "pre" => Self::Pre,
            "code" | "kbd" | "samp" | "tt" => Self::Code,
            "table" => Self::Table,
            "tr" => Self::Row,
            "td" => Self::Td,
            "th" => Self::Th,
            "figure" => Self::Figure,
            "figcaption" => Self::Figcaption,
            "section" => Self::Section,
            "article" => Self::Article,
            "main" => Self::Main,
            "aside" => Self::Aside,
            "nav" => Self::Nav,
            "header" | "hgroup" => Self::Header,
            "footer" => Self::Footer,
            "form" => Self::Form,
            "address" => Self::Address,
            "hr" => Self::Hr,
            "body" => Self::Body,
            "head" => Self::Head,
            "time" => Self::Time,
            "thead" | "tbody" | "tfoot" | "caption" | "details" | "summary" | "fieldset"
            | "legend" | "center" | "dialog" | "amp-carousel" | "amp-accordion" => Self::Block,
            "script" | "style" | "noscript" | "template" | "iframe" | "object" | "embed"
            | "svg" | "math" | "canvas" | "audio" | "video" | "select" | "option" | "button"
            | "input" | "textarea" | "datalist" | "progress" | "meter" | "label" | "map"
            | "applet" | "frameset" | "frame" => Self::Muted,
            _ => Self::Other,
        }
    }

    /// True where a line of text ends before and after the element.
    pub(super) fn is_block(self) -> bool {
        !matches!(
            self,
            Self::Other
                | Self::Q
                | Self::Code
                | Self::A
                | Self::Em
                | Self::Strong
                | Self::Sub
                | Self::Sup
                | Self::Span
                | Self::Br
                | Self::Img
                | Self::Time
                | Self::Muted
        )
    }

    /// True for `h1` to `h6`.
    pub(super) fn is_heading(self) -> bool {
        matches!(self, Self::H1 | Self::H2 | Self::H3 | Self::H4 | Self::H5 | Self::H6)
    }
}
