//! The task tree: start, reload, supervise, drain, readiness, watchdog; the only place that spawns.
