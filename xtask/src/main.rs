//! One entry for people and for CI: builds, runs and tests Crowfoot.

mod bench;
mod command;
mod contract;
mod journey;
mod postgres;
mod program;
mod run;
mod site;
mod step;
mod test;
#[cfg(test)]
mod tidy;
mod tool;
mod workspace;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask <command>

  run [--release] [-- <options of crowfoot serve>]
          install what is missing, build, and serve on http://127.0.0.1:4280 until Ctrl-C
  build [--release]
          build the server and the site
  test [--ci] [--no-journeys] [-- <options of playwright test>]
          everything that CI checks: format, lints, unit and server tests, browser journeys
  bench [live | size]
          how long the release build takes for large diagrams, in a real browser; or how long it takes until everybody
          knows of a commit, and what a socket costs; or what a first load weighs
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> anyhow::Result<()> {
    let Some((name, rest)) = args.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    let (own, passed_on) = match rest.iter().position(|it| it == "--") {
        Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default()),
        None => (rest, [].as_slice()),
    };
    let known: &[&str] = match name.as_str() {
        "build" | "run" => &["--release"],
        "test" => &["--ci", "--no-journeys"],
        "bench" => &["live", "size"],
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            return Ok(());
        }
        _ => anyhow::bail!("there is no command `{name}`\n\n{HELP}"),
    };
    if let Some(unknown) = own.iter().find(|it| !known.contains(&it.as_str())) {
        anyhow::bail!("`{name}` has no option `{unknown}`\n\n{HELP}");
    }
    let has = |option: &str| own.iter().any(|it| it == option);
    let profile = if has("--release") { site::Profile::Release } else { site::Profile::Dev };
    match name.as_str() {
        "build" => {
            let mut steps = step::Steps::start();
            site::build(&mut steps, profile)?;
            steps.finish("Built")
        }
        "run" => run::run(profile, passed_on),
        "bench" if has("live") => bench::live(),
        "bench" if has("size") => {
            let mut steps = step::Steps::start();
            site::build_site(&mut steps, site::Profile::Release)?;
            steps.check("Size of the first load", site::first_load_is_small);
            steps.finish("Measured")
        }
        "bench" => {
            let mut steps = step::Steps::start();
            postgres::ensure(&mut steps)?;
            site::build(&mut steps, site::Profile::Release)?;
            steps.check("Size of the first load", site::first_load_is_small);
            journey::prepare(&mut steps)?;
            steps.finish("Ready to measure")?;
            journey::run_bench()
        }
        _ => test::test(test::Config { ci: has("--ci"), journeys: !has("--no-journeys") }, passed_on),
    }
}
