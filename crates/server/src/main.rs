//! The `keystead` program; everything it does is in the library.

use std::process::ExitCode;

/// A request allocates a few hundred times; the system's allocator takes a sixth of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    keystead_server::cli::main()
}
