//! Installs what a fresh machine lacks, or says what to install.

use std::{ffi::OsStr, fs, path::Path};

use anyhow::Context;

use crate::{
    command::{command, output, run, which},
    step::Steps,
    workspace::root,
};

/// Adds the WebAssembly target to the toolchain when it is missing.
pub(crate) fn wasm_target(steps: &mut Steps) -> anyhow::Result<()> {
    let sysroot = output(command("rustc", &["--print", "sysroot"])).context("rustc is missing: install Rust")?;
    if Path::new(&sysroot).join("lib/rustlib/wasm32-unknown-unknown/lib").is_dir() {
        return Ok(());
    }
    steps.need("Add the WebAssembly target", || {
        anyhow::ensure!(
            which("rustup").is_some(),
            "this Rust has no WebAssembly target and rustup is missing: install rust-std for wasm32-unknown-unknown"
        );
        run(command("rustup", &["target", "add", "wasm32-unknown-unknown"]))
    })
}

/// Installs the packages that a folder's lock file names, unless they are there already.
pub(crate) fn npm_packages(steps: &mut Steps, folder: &Path) -> anyhow::Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.crowfoot-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let shown = folder.strip_prefix(root()).unwrap_or(folder).display().to_string();
    let title = format!("Install npm packages in {}", if shown.is_empty() { "." } else { shown.as_str() });
    steps.need(&title, || {
        anyhow::ensure!(which("npm").is_some(), "npm is missing: install Node.js 20 or newer");
        let mut npm = command("npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        npm.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        run(npm)?;
        fs::write(&stamp, &lock).context("cannot note which packages are installed")
    })
}

/// A program that tests need, and the Debian package that brings it.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
}

/// Installs missing programs with Debian's package manager as root; elsewhere says what to install.
pub(crate) fn programs(steps: &mut Steps, programs: &[Program]) -> anyhow::Result<()> {
    let missing: Vec<&Program> = programs.iter().filter(|it| which(it.name).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut packages: Vec<&str> = missing.iter().map(|it| it.package).collect();
    packages.dedup();
    let packages = packages.join(" ");
    steps.need(&format!("Install {packages}"), || {
        let is_root = output(command("id", &["-u"])).as_deref() == Some("0");
        anyhow::ensure!(
            is_root && which("apt-get").is_some(),
            "missing programs; on Debian: sudo apt-get install {packages}; elsewhere install {}",
            missing.iter().map(|it| it.name).collect::<Vec<_>>().join(" and ")
        );
        let apt = |args: &[&str]| {
            let mut apt = command("apt-get", args);
            apt.env("DEBIAN_FRONTEND", OsStr::new("noninteractive"));
            run(apt)
        };
        apt(&["update", "-qq"])?;
        let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
        install.extend(packages.split(' '));
        apt(&install)
    })
}
