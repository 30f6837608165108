//! Measurements that need no browser.

use crate::{
    command::{cargo, command, run},
    postgres,
    site::Profile,
    step::Steps,
    workspace::target,
};

/// Measures the live lane with two servers of the release build.
pub(crate) fn live() -> anyhow::Result<()> {
    let mut steps = Steps::start();
    postgres::ensure(&mut steps)?;
    steps.need("Build the server and what measures it", || {
        run(cargo(&["build", "--release", "--package", "server", "--bin", "crowfoot", "--example", "live"]))
    })?;
    steps.finish("Ready to measure")?;
    let mut measure = command(&target().join("release/examples/live").to_string_lossy(), &[]);
    measure.arg(Profile::Release.binary());
    run(measure)
}
