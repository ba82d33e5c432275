//! The `keystead` program; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    keystead_server::cli::main()
}
