//! `cargo xtask test`: everything that CI checks, so that CI has nothing a person lacks.

use crate::{
    command::{cargo, run, which},
    journey, postgres,
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
    tool::wasm_target(&mut steps)?;
    postgres::ensure(&mut steps)?;

    steps.check("Format", || run(cargo(&["fmt", "--all", "--check"])));
    steps.check("Lints", || {
        let mut clippy = cargo(&["clippy", "--workspace", "--exclude", "frontend", "--all-targets"]);
        clippy.args(["--", "-D", "warnings"]);
        run(clippy)
    });
    steps.check("Lints for the browser", lint_for_browser);
    steps.check("Unit and server tests", unit_tests);
    steps.check("Examples in documentation", || {
        let mut doc = cargo(&["test", "--quiet", "--doc"]);
        doc.args(PURE.iter().flat_map(|name| ["--package", name]));
        run(doc)
    });
    steps.check("Stop the tests' PostgreSQL", postgres::stop_test_server);

    if config.journeys {
        site::build(&mut steps, Profile::Dev)?;
        journey::prepare(&mut steps)?;
        steps.check("Types of the journeys", journey::check_types);
        steps.check("Browser journeys", || journey::run_all(config.ci, playwright_args));
    }
    let verdict = if steps.all_passed() { "Everything passed" } else { "Something failed" };
    steps.finish(verdict)
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

fn unit_tests() -> anyhow::Result<()> {
    let arguments: &[&str] = if which("cargo-nextest").is_some() {
        &["nextest", "run", "--workspace", "--exclude", "frontend", "--no-fail-fast"]
    } else {
        &["test", "--workspace", "--exclude", "frontend", "--no-fail-fast", "--lib", "--bins", "--tests"]
    };
    run(cargo(arguments))
}
