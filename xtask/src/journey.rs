//! The browser journeys: Playwright with the machine's Chromium.

use std::process::Command;

use crate::{
    command::{command, run},
    site::Profile,
    step::Steps,
    tool::{self, Program},
    workspace::root,
};

const PROGRAMS: [Program; 3] = [
    Program { name: "chromium", package: "chromium" },
    Program { name: "psql", package: "postgresql-client" },
    Program { name: "pg_dump", package: "postgresql-client" },
];

/// Installs what the journeys need.
pub(crate) fn prepare(steps: &mut Steps) -> anyhow::Result<()> {
    // A Chromium elsewhere than on PATH is named in the environment.
    let is_named = std::env::var_os("CROWFOOT_CHROMIUM").is_some();
    let (browser, clients) = PROGRAMS.split_at(1);
    if !is_named {
        tool::programs(steps, browser)?;
    }
    tool::programs(steps, clients)?;
    tool::npm_packages(steps, &root().join("end2end"))
}

/// Checks the types that the journeys are written with; Playwright itself only strips them.
pub(crate) fn check_types() -> anyhow::Result<()> {
    let mut tsc = command("node", &["node_modules/typescript/bin/tsc", "--project", "."]);
    tsc.current_dir(root().join("end2end"));
    run(tsc)
}

/// Runs the journeys against the development build.
pub(crate) fn run_all(ci: bool, playwright_args: &[String]) -> anyhow::Result<()> {
    let mut playwright = playwright("journeys", Profile::Dev);
    playwright.args(playwright_args);
    if ci {
        playwright.env("CI", "1");
    }
    run(playwright)
}

/// A measurement in the browser against the release build: a file of `end2end/bench`.
pub(crate) fn bench(name: &str) -> Command {
    let mut playwright = playwright("bench", Profile::Release);
    playwright.args(["--reporter", "list", &format!("bench/{name}.spec.ts")]);
    playwright
}

fn playwright(project: &str, profile: Profile) -> Command {
    let mut playwright = command("node", &["node_modules/@playwright/test/cli.js", "test"]);
    // In one word: the option takes as many as follow it.
    playwright.arg(format!("--project={project}"));
    playwright.current_dir(root().join("end2end"));
    playwright.env("CROWFOOT_BINARY", profile.binary()).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    playwright
}
