//! Whatever reads what Crowfoot exports to other databases: MariaDB and SQLite themselves, and parsers of others for the
//! databases that cannot be run here.

use std::{fs, path::PathBuf, process::Command};

use anyhow::Context;

use crate::{
    command::{command, output, run, which},
    step::Steps,
    tool::{self, Program},
    workspace::{root, target},
};

/// Another one may read something else.
const SQLGLOT: &str = "30.30.0";

/// Without the package that runs a server all the time.
const PROGRAMS: [Program; 3] = [
    Program { name: "mariadbd", package: "mariadb-server-core" },
    Program { name: "mariadb", package: "mariadb-client-core" },
    Program { name: "sqlite3", package: "sqlite3" },
];

/// What the tests are told by.
pub(crate) struct Engines {
    python: PathBuf,
}

/// Installs what is missing. A test that finds one missing afterwards fails; without this it says what it leaves out.
pub(crate) fn ensure(steps: &mut Steps) -> anyhow::Result<Option<Engines>> {
    let has_python =
        which("python3").is_some() && output(command("python3", &["-c", "import venv, ensurepip"])).is_some();
    let can_install = which("apt-get").is_some() || PROGRAMS.iter().all(|it| is_there(it.name));
    if !has_python || !can_install || which("node").is_none() {
        eprintln!(
            "==> Other databases\n    left out: exports are not read by them, as there is no Debian with Node.js and a \
             python3 with venv"
        );
        return Ok(None);
    }
    if !PROGRAMS.iter().all(|it| is_there(it.name)) {
        tool::programs(steps, &PROGRAMS)?;
    }
    tool::npm_packages(steps, &root().join("xtask/readers"))?;
    let folder = target().join("sqlglot");
    let python = folder.join("bin/python");
    let stamp = folder.join("crowfoot-version");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == SQLGLOT) {
        return Ok(Some(Engines { python }));
    }
    steps.need("Install sqlglot", || {
        run(command("python3", &["-m", "venv", "--clear", &folder.to_string_lossy()]))?;
        let package = format!("sqlglot=={SQLGLOT}");
        let pip = folder.join("bin/pip");
        run(command(&pip.to_string_lossy(), &["install", "--quiet", "--disable-pip-version-check", &package]))?;
        fs::write(stamp, SQLGLOT).context("cannot note which version is installed")
    })?;
    Ok(Some(Engines { python }))
}

/// Debian keeps servers where a person's PATH does not look.
fn is_there(name: &str) -> bool {
    which(name).is_some() || PathBuf::from("/usr/sbin").join(name).is_file()
}

impl Engines {
    /// Tells a command's tests where they are, and that they have to be there.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env("CROWFOOT_ENGINES", "1").env("CROWFOOT_DBML_CORE", "node").env("CROWFOOT_SQLGLOT", &self.python);
    }
}
