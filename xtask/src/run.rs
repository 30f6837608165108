//! `cargo xtask run`: from a fresh clone to a served editor.

use std::process::Command;

use crate::{
    postgres,
    site::{self, Profile},
    step::Steps,
};

/// Installs what is missing, builds, and becomes the server.
pub(crate) fn run(profile: Profile, serve_args: &[String]) -> anyhow::Result<()> {
    let mut steps = Steps::start();
    postgres::ensure(&mut steps)?;
    site::build(&mut steps, profile)?;
    steps.finish("Ready to start")?;
    let mut server = Command::new(profile.binary());
    server.arg("serve").args(serve_args).env("CROWFOOT_SITE", crate::workspace::target().join("site"));
    replace_with(server)
}

/// Becomes the server, so that Ctrl-C and termination signals reach it and nothing stands between.
#[cfg(unix)]
fn replace_with(mut server: Command) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    Err(anyhow::Error::from(server.exec()).context("cannot start the server"))
}

#[cfg(not(unix))]
fn replace_with(server: Command) -> anyhow::Result<()> {
    crate::command::run(server)
}
