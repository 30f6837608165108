//! Measurements that need no browser.

use crate::{
    command::{cargo, command, run},
    postgres,
    site::Profile,
    step::Steps,
    workspace::target,
};

/// Measures the release build by a program of its own: the live lane with two servers (`live`), or what one server does
/// under load (`load`).
pub(crate) fn example(name: &str) -> anyhow::Result<()> {
    let mut steps = Steps::start();
    postgres::ensure(&mut steps)?;
    steps.need("Build the server and what measures it", || {
        run(cargo(&["build", "--release", "--package", "server", "--bin", "crowfoot", "--example", name]))
    })?;
    steps.finish("Ready to measure")?;
    let mut measure = command(&target().join("release/examples").join(name).to_string_lossy(), &[]);
    measure.arg(Profile::Release.binary());
    run(measure)
}

/// What `bench faults` can be asked for, and the variables by which the tests are told.
const FAULTS: [(&str, &str); 5] = [
    ("--kills", "CROWFOOT_FAULT_KILLS"),
    ("--stops", "CROWFOOT_FAULT_STOPS"),
    ("--runs", "CROWFOOT_FAULT_RUNS"),
    ("--at-once", "CROWFOOT_FAULT_AT_ONCE"),
    ("--seed", "CROWFOOT_FAULT_SEED"),
];

/// Kills and stops for as long as is asked for, while people save, and looks whether anything is lost. The build is the
/// one of the tests, which alone can be killed at named points.
pub(crate) fn faults(options: &[String]) -> anyhow::Result<()> {
    let mut tests = cargo(&["test", "--workspace", "--exclude", "frontend", "--test", "faults"]);
    tests.args(["--", "--nocapture", "--test-threads=1"]);
    for (_, variable) in FAULTS {
        tests.env_remove(variable);
    }
    for option in options.chunks(2) {
        let [name, value] = option else { anyhow::bail!("`{}` comes with a number", option.join(" ")) };
        let known = FAULTS.iter().find(|(it, _)| it == name);
        let Some((_, variable)) = known else { anyhow::bail!("`bench faults` has no option `{name}`") };
        anyhow::ensure!(value.parse::<u64>().is_ok(), "`{name}` comes with a number, not with `{value}`");
        tests.env(variable, value);
    }
    let mut steps = Steps::start();
    postgres::ensure(&mut steps)?;
    steps.check("Faults", || run(tests));
    steps.finish("Nothing was lost")
}
