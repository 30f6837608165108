//! One entry for people and for CI: builds, runs and tests Crowfoot.

mod bench;
mod command;
mod contract;
mod engines;
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
  bench
          how long the release build takes for a thousand tables, in a real browser
  bench live | load | size
          how long it takes until everybody knows of a commit, and what a socket costs; how much one server does; what a
          first load weighs
  bench suggest [fit | misses NAME]
          how often suggested references are right; write the weights anew, or show what is wrong in schemas of that name
  bench faults [--kills N] [--stops N] [--runs N] [--at-once N] [--seed N]
          kill servers and stop PostgreSQL while people save, as often as is asked for, and look whether anything is lost
  bench staged [--crashes N] [--two-tabs N] [--two-devices N] [--seed N]
          let browsers crash while edits are staged, and look whether any is lost
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
    if name == "bench" {
        return bench::bench(own);
    }
    let known: &[&str] = match name.as_str() {
        "build" | "run" => &["--release"],
        "test" => &["--ci", "--no-journeys"],
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
        _ => test::test(test::Config { ci: has("--ci"), journeys: !has("--no-journeys") }, passed_on),
    }
}
