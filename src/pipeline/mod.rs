//! One feed's poll and one article's journey: the only place that joins the stages.
