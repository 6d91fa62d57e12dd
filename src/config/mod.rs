//! TOML text → `Config`, or every problem at once with its place; diff for reload.
