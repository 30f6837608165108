//! The command line.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::serve::{self, ServeConfig};

/// Draw your PostgreSQL schema, stage changes, and commit them to the real database.
#[derive(Debug, Parser)]
#[command(name = "crowfoot", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the editor until Ctrl-C
    Serve(ServeArgs),
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// Address and port to listen on; port 0 picks a free one
    #[arg(long, env = "CROWFOOT_ADDR", default_value = "127.0.0.1:4280")]
    addr: SocketAddr,

    /// Folder of the built site; found beside the executable by default
    #[arg(long, env = "CROWFOOT_SITE")]
    site: Option<PathBuf>,
}

/// Runs the command line and answers with the code to exit with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
        .with_writer(std::io::stderr)
        .init();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("crowfoot: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match cli.command {
        Command::Serve(args) => runtime.block_on(serve::serve(ServeConfig { addr: args.addr, site: args.site })),
    }
}
