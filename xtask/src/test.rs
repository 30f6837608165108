//! `cargo xtask test`: everything that CI checks, so that CI has nothing a person lacks.

use crate::{
    command::{cargo, run, which},
    contract, journey, postgres,
    site::{self, Profile},
    step::Steps,
    tool,
    workspace::PURE,
};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Config {
    /// Whether nobody is watching: output is meant for a log.
    pub(crate) ci: bool,
    pub(crate) journeys: bool,
}

/// Runs all checks, each with its time, and fails at the end if one failed.
pub(crate) fn test(config: Config, playwright_args: &[String]) -> anyhow::Result<()> {
    let mut steps = Steps::start();
    let outcome = check_all(&mut steps, config, playwright_args);
    let summary = steps.finish(if outcome.is_ok() { "Everything passed" } else { "Ended early" });
    outcome.and(summary)
}

fn check_all(steps: &mut Steps, config: Config, playwright_args: &[String]) -> anyhow::Result<()> {
    tool::wasm_target(steps)?;
    postgres::ensure(steps)?;

    steps.check("Format", || run(cargo(&["fmt", "--all", "--check"])));
    steps.check("Lints", || {
        let mut clippy = cargo(&["clippy", "--workspace", "--exclude", "frontend", "--all-targets"]);
        clippy.args(["--", "-D", "warnings"]);
        run(clippy)
    });
    steps.check("Lints for the browser", lint_for_browser);
    steps.need("Build the tests and the server", || unit_tests(&["--no-run"]))?;
    steps.check("Unit and server tests", || unit_tests(&["--no-fail-fast"]));
    steps.check("Examples in documentation", || {
        let mut doc = cargo(&["test", "--quiet", "--doc"]);
        doc.args(PURE.iter().flat_map(|name| ["--package", name]));
        run(doc)
    });
    steps.check("Stop the tests' PostgreSQL", postgres::stop_test_server);
    if config.ci {
        contract::check(steps);
    }

    if config.journeys {
        // The server was built along with its tests. Built alone it would share few dependencies with them, as
        // features are chosen for all that is built together.
        site::build_site(steps, Profile::Dev)?;
        journey::prepare(steps)?;
        steps.check("Types of the journeys", journey::check_types);
        steps.check("Browser journeys", || journey::run_all(config.ci, playwright_args));
    }
    Ok(())
}

/// The same crates as the browser gets them; that the pure ones compile there is a promise of theirs.
fn lint_for_browser() -> anyhow::Result<()> {
    let mut clippy = cargo(&["clippy", "--target", "wasm32-unknown-unknown", "--profile", "wasm-dev"]);
    clippy.args(PURE.iter().flat_map(|name| ["--package", name]));
    clippy.args(["--package", "frontend", "--package", "app", "--features", "app/hydrate"]);
    clippy.arg("--target-dir").arg(crate::workspace::target().join("front"));
    clippy.args(["--", "-D", "warnings"]);
    run(clippy)
}

/// Everything that runs natively, and with it the server's binary.
fn unit_tests(more: &[&str]) -> anyhow::Result<()> {
    let arguments: &[&str] = if which("cargo-nextest").is_some() { &["nextest", "run"] } else { &["test", "--tests"] };
    let mut cargo = cargo(arguments);
    cargo.args(["--workspace", "--exclude", "frontend"]).args(more);
    run(cargo)
}
