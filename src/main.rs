//! The program: reads the command line, runs the verb, reports one error, ends with its code.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    wiredesk::cli::main()
}
