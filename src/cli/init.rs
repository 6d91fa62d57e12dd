//! `wiredesk init`: a configuration to start from.

use super::{exit::Code, exit::Failure, out};
use std::fs::{File, create_dir_all};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

/// The commented example that stands in the repository too.
const EXAMPLE: &str = include_str!("../../config/wiredesk.toml");

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to write it; nothing is ever overwritten
    #[arg(default_value = "wiredesk.toml", value_name = "PATH")]
    path: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let path = args.path.display();
    if let Some(folder) = args.path.parent() {
        create_dir_all(folder)?;
    }
    match File::create_new(&args.path).and_then(|mut file| file.write_all(EXAMPLE.as_bytes())) {
        Ok(()) => {
            out::note(&format!("wrote {path}; next: wiredesk check --config {path}"));
            Ok(())
        }
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            Err(Failure::new(Code::Io, format!("{path} exists and was left as it is")))
        }
        Err(e) => Err(Failure::new(Code::Io, format!("cannot write {path}: {e}"))),
    }
}
