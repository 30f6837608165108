//! The `crowfoot` binary: a thin shell over the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}
