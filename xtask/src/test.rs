//! `cargo xtask test`: everything that CI checks, so that CI has nothing a person lacks.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;

use crate::{
    command::{cargo, command, output, run, which},
    contract,
    engines::{self, Engines},
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
    let outcome = check_all(&mut steps, config, playwright_args);
    let summary = steps.finish(if outcome.is_ok() { "Everything passed" } else { "Ended early" });
    outcome.and(summary)
}

fn check_all(steps: &mut Steps, config: Config, playwright_args: &[String]) -> anyhow::Result<()> {
    tool::wasm_target(steps)?;
    postgres::ensure(steps)?;
    let engines = engines::ensure(steps)?;

    steps.check("Format", || run(cargo(&["fmt", "--all", "--check"])));
    let linter = Linter::find()?;
    steps.need("Lints, and build of the tests and the server", || {
        unit_tests(&linter, engines.as_ref(), &["--no-run"])
    })?;
    steps.check("Unit and server tests", || unit_tests(&linter, engines.as_ref(), &["--no-fail-fast"]));
    steps.check("Examples in documentation", || {
        let mut doc = linter.watches(cargo(&["test", "--quiet", "--doc"]));
        doc.args(PURE.iter().flat_map(|name| ["--package", name]));
        run(doc)
    });
    // Nobody waits for the machine of others; here, what people get is worth minutes.
    let profile = if config.ci { Profile::Release } else { Profile::Dev };
    steps.check("Lints for the browser", || lint_for_browser(profile));
    steps.check("Stop the tests' PostgreSQL", postgres::stop_test_server);
    if config.ci {
        contract::check(steps);
    }

    if config.journeys {
        // The server was built along with its tests. Built alone it would share few dependencies with them, as
        // features are chosen for all that is built together.
        site::build_site(steps, profile)?;
        if profile == Profile::Release {
            steps.check("Size of the first load", site::first_load_is_small);
        }
        journey::prepare(steps)?;
        steps.check("Types of the journeys", journey::check_types);
        steps.check("Browser journeys", || journey::run_all(config.ci, playwright_args));
    }
    Ok(())
}

/// The same crates as the browser gets them; that the pure ones compile there is a promise of theirs.
fn lint_for_browser(profile: Profile) -> anyhow::Result<()> {
    let mut clippy = cargo(&["clippy", "--target", "wasm32-unknown-unknown", "--profile", profile.wasm()]);
    clippy.args(PURE.iter().flat_map(|name| ["--package", name]));
    clippy.args(["--package", "frontend", "--package", "app", "--features", "app/hydrate"]);
    clippy.arg("--target-dir").arg(crate::workspace::target().join("front"));
    clippy.args(["--", "-D", "warnings"]);
    run(clippy)
}

/// Clippy in the place of the compiler. `cargo clippy` has to look at all dependencies once more, as it makes nothing that
/// can be run; this way the build that the tests need anyway is the one that is looked at, and it fails at a warning.
struct Linter {
    driver: PathBuf,
}

impl Linter {
    fn find() -> anyhow::Result<Self> {
        let sysroot = output(command("rustc", &["--print", "sysroot"])).context("rustc is missing: install Rust")?;
        let driver = Path::new(&sysroot).join("bin/clippy-driver").with_extension(std::env::consts::EXE_EXTENSION);
        anyhow::ensure!(driver.is_file(), "clippy is missing: `rustup component add clippy`");
        Ok(Self { driver })
    }

    /// The command, with every crate of the workspace looked at as it is built.
    fn watches(&self, mut cargo: Command) -> Command {
        // What clippy's own command sets; the second word ends an argument.
        cargo.env("RUSTC_WORKSPACE_WRAPPER", &self.driver).env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__");
        cargo
    }
}

/// Everything that runs natively, and with it the server's binary.
fn unit_tests(linter: &Linter, engines: Option<&Engines>, more: &[&str]) -> anyhow::Result<()> {
    let arguments: &[&str] = if which("cargo-nextest").is_some() { &["nextest", "run"] } else { &["test", "--tests"] };
    let mut cargo = linter.watches(cargo(arguments));
    cargo.args(["--workspace", "--exclude", "frontend"]).args(more);
    if let Some(engines) = engines {
        engines.tell(&mut cargo);
    }
    run(cargo)
}
