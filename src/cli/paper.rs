//! `wiredesk completion` and `wiredesk man`: what a shell and `man` know of the verbs, written from
//! the same definitions that read the command line.

use super::exit::{Code, Failure};
use super::out;
use clap::{Command, CommandFactory};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct CompletionArgs {
    /// The shell that reads it
    shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Folder for one page a verb; without it the first page is printed
    dir: Option<PathBuf>,
}

/// Prints the completion of a shell.
pub(super) fn complete(args: &CompletionArgs) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut super::Args::command(), "wiredesk", &mut text);
    out::line(String::from_utf8_lossy(&text).trim_end())?;
    Ok(())
}

/// Writes the pages, or prints the first.
pub(super) fn man(args: &ManArgs) -> Result<(), Failure> {
    let mut root = super::Args::command().disable_help_subcommand(true);
    root.build();
    let Some(dir) = &args.dir else {
        let mut text = Vec::new();
        clap_mangen::Man::new(root).render(&mut text)?;
        out::line(String::from_utf8_lossy(&text).trim_end())?;
        return Ok(());
    };
    let cannot = |e: std::io::Error| Failure::new(Code::Io, format!("{}: {e}", dir.display()));
    std::fs::create_dir_all(dir).map_err(cannot)?;
    for (name, page) in pages(&root, "wiredesk")? {
        std::fs::write(dir.join(format!("{name}.1")), page).map_err(cannot)?;
    }
    Ok(())
}

/// The page of a verb and those of the verbs under it, each with its name (`wiredesk-feed-add`).
fn pages(command: &Command, name: &str) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).title(name).render(&mut page)?;
    let mut all = vec![(name.to_owned(), page)];
    for verb in command.get_subcommands() {
        all.extend(pages(verb, &format!("{name}-{}", verb.get_name()))?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_a_page() {
        let mut root = super::super::Args::command();
        root.build();
        let pages = pages(&root, "wiredesk").unwrap_or_default();
        for name in ["wiredesk", "wiredesk-run", "wiredesk-feed-add", "wiredesk-config-show"] {
            let page = pages.iter().find(|(page, _)| page == name);
            let page = page.map(|(_, text)| String::from_utf8_lossy(text).into_owned());
            let page = page.unwrap_or_default();
            assert!(page.contains(".SH SYNOPSIS"), "{name}: {page}");
        }
        assert!(pages.len() > 20, "{} pages", pages.len());
    }
}
