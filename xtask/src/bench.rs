//! `cargo xtask bench`: measurements of the release build, and proofs that take too long for every run of the tests.

use std::process::Command;

use anyhow::Context;

use crate::{
    command::{cargo, command, output, run},
    journey, postgres,
    site::{self, Profile},
    step::Steps,
    tool,
    workspace::{root, target},
};

/// An option of a measurement, and the variable by which what measures is told its number.
type Number = (&'static str, &'static str);

const FAULTS: &[Number] = &[
    ("--kills", "CROWFOOT_FAULT_KILLS"),
    ("--stops", "CROWFOOT_FAULT_STOPS"),
    ("--runs", "CROWFOOT_FAULT_RUNS"),
    ("--at-once", "CROWFOOT_FAULT_AT_ONCE"),
    ("--seed", "CROWFOOT_FAULT_SEED"),
];

const STAGED: &[Number] = &[
    ("--crashes", "CROWFOOT_CRASHES"),
    ("--two-tabs", "CROWFOOT_TWO_TABS"),
    ("--two-devices", "CROWFOOT_TWO_DEVICES"),
    ("--seed", "CROWFOOT_SEED"),
];

/// Runs the measurement of that name; without one, of a thousand tables in a browser.
pub(crate) fn bench(args: &[String]) -> anyhow::Result<()> {
    let (name, options) = args.split_first().map_or((None, args), |(name, options)| (Some(name.as_str()), options));
    match name {
        None => browser("large", options, &[]),
        Some("staged") => browser("staged", options, STAGED),
        Some("faults") => faults(options),
        Some(name @ ("live" | "load")) => example(name, options),
        Some("size") => size(options),
        Some("suggest") => suggest(options),
        Some("text") => beside("text", "interchange", options),
        Some("layout") => beside("layout", "diagram", options),
        Some(name) => anyhow::bail!("there is no measurement `{name}`"),
    }
}

/// Measures in a browser.
fn browser(name: &str, options: &[String], numbers: &[Number]) -> anyhow::Result<()> {
    let mut playwright = journey::bench(name);
    tell(&mut playwright, options, numbers)?;
    let mut steps = Steps::start();
    postgres::ensure(&mut steps)?;
    site::build(&mut steps, Profile::Release)?;
    journey::prepare(&mut steps)?;
    steps.finish("Ready to measure")?;
    run(playwright)
}

/// Weighs what a first load brings.
fn size(options: &[String]) -> anyhow::Result<()> {
    tell(&mut command("true", &[]), options, &[])?;
    let mut steps = Steps::start();
    site::build_site(&mut steps, Profile::Release)?;
    steps.check("Size of the first load", site::first_load_is_small);
    steps.finish("Measured")
}

/// Measures ours beside others' that run in Node: how long texts take (`text`), and how tables are placed (`layout`).
fn beside(name: &str, package: &str, options: &[String]) -> anyhow::Result<()> {
    let mut measure = command(&target().join("release/examples").join(name).to_string_lossy(), &[]);
    measure.arg(root().join("end2end/bench").join(name).with_extension("mjs"));
    tell(&mut measure, options, &[])?;
    let mut steps = Steps::start();
    tool::npm_packages(&mut steps, &root().join("end2end"))?;
    steps.need("Build what measures", || {
        run(cargo(&["build", "--release", "--package", package, "--example", name]))
    })?;
    steps.finish("Ready to measure")?;
    run(measure)
}

/// Measures how often suggested references are right, on schemas whose references are known; with `fit`, writes the weights
/// of suggestions anew, and with `misses` and part of a name, shows what is wrong in schemas of that name.
fn suggest(options: &[String]) -> anyhow::Result<()> {
    let mut measure = command(&target().join("release/examples/suggest").to_string_lossy(), &[]);
    measure.args(options);
    let mut steps = Steps::start();
    steps.need("Build what measures", || {
        run(cargo(&["build", "--release", "--package", "interchange", "--example", "suggest"]))
    })?;
    steps.finish("Ready to measure")?;
    if options.first().is_none_or(|it| it != "fit") {
        return run(measure);
    }
    let weights = output(measure).context("the weights could not be fitted")?;
    std::fs::write(root().join("crates/advise/src/suggest/weights.rs"), weights + "\n")?;
    println!("Wrote the weights; `cargo xtask bench suggest` measures them");
    Ok(())
}

/// Measures by a program of its own: the live lane with two servers (`live`), or what one server does (`load`).
fn example(name: &str, options: &[String]) -> anyhow::Result<()> {
    let mut measure = command(&target().join("release/examples").join(name).to_string_lossy(), &[]);
    measure.arg(Profile::Release.binary());
    tell(&mut measure, options, &[])?;
    let mut steps = Steps::start();
    postgres::ensure(&mut steps)?;
    steps.need("Build the server and what measures it", || {
        run(cargo(&["build", "--release", "--package", "server", "--bin", "crowfoot", "--example", name]))
    })?;
    steps.finish("Ready to measure")?;
    run(measure)
}

/// Kills and stops for as long as is asked for, while people save, and looks whether anything is lost. The build is the
/// one of the tests, which alone can be killed at named points.
fn faults(options: &[String]) -> anyhow::Result<()> {
    let mut tests = cargo(&["test", "--workspace", "--exclude", "frontend", "--test", "faults"]);
    tests.args(["--", "--nocapture", "--test-threads=1"]);
    tell(&mut tests, options, FAULTS)?;
    let mut steps = Steps::start();
    postgres::ensure(&mut steps)?;
    steps.check("Faults", || run(tests));
    steps.finish("Nothing was lost")
}

/// Passes on what was asked for, and nothing that the environment happens to say.
fn tell(measure: &mut Command, options: &[String], numbers: &[Number]) -> anyhow::Result<()> {
    for (_, variable) in numbers {
        measure.env_remove(variable);
    }
    for option in options.chunks(2) {
        let [name, value] = option else { anyhow::bail!("`{}` comes with a number", option.join(" ")) };
        let known = numbers.iter().find(|(it, _)| it == name);
        let Some((_, variable)) = known else { anyhow::bail!("this measurement has no option `{name}`") };
        anyhow::ensure!(value.parse::<u64>().is_ok(), "`{name}` comes with a number, not with `{value}`");
        measure.env(variable, value);
    }
    Ok(())
}
