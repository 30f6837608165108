//! Builds the server and the site: WebAssembly with its bindings, style, and files copied as they are.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::{
    command::{cargo, run},
    program,
    step::Steps,
    tool,
    workspace::{root, target},
};

/// What script, WebAssembly and style are called.
pub(crate) const OUTPUT_NAME: &str = "crowfoot";
/// The fonts that a page in English needs.
const FIRST_FONTS: [&str; 2] = ["inter-latin.woff2", "jetbrains-mono-latin.woff2"];
/// What a page loads of ours at first, beside fonts and icons.
const FIRST_FILES: [&str; 4] = ["crowfoot.css", "crowfoot.js", program::LOADER, "crowfoot.wasm"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    pub(crate) fn wasm(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Release => "wasm-release",
        }
    }

    fn server(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    /// Where the server's binary comes to lie.
    pub(crate) fn binary(self) -> PathBuf {
        let folder = match self {
            Self::Dev => "debug",
            Self::Release => "release",
        };
        target().join(folder).join(OUTPUT_NAME).with_extension(std::env::consts::EXE_EXTENSION)
    }
}

/// Builds everything that `crowfoot serve` needs. What did not change is not built again.
pub(crate) fn build(steps: &mut Steps, profile: Profile) -> anyhow::Result<()> {
    build_site(steps, profile)?;
    steps.need("Build the server", || {
        let mut cargo = cargo(&["build", "--package", "server", "--bin", OUTPUT_NAME]);
        cargo.args(["--profile", profile.server()]);
        run(cargo)
    })
}

/// Builds what the browser gets.
pub(crate) fn build_site(steps: &mut Steps, profile: Profile) -> anyhow::Result<()> {
    tool::wasm_target(steps)?;
    if profile == Profile::Release {
        tool::npm_packages(steps, &program::npm())?;
    }
    let site = target().join("site");
    let front = target().join("front");
    steps.need("Build the WebAssembly", || {
        let mut cargo = cargo(&["build", "--package", "frontend", "--target", "wasm32-unknown-unknown"]);
        cargo.args(["--profile", profile.wasm(), "--target-dir"]).arg(&front);
        run(cargo)
    })?;
    let wasm = front.join("wasm32-unknown-unknown").join(profile.wasm()).join("frontend.wasm");
    let bound = front.join("bound").join(profile.wasm());
    if needs_binding(&wasm, &bound)? {
        steps.need("Bind the WebAssembly to JavaScript", || {
            program::bind(&wasm, &bound, profile)?;
            fs::write(stamp(&bound), binding_key(&wasm)?).context("cannot note which build was bound")
        })?;
    }
    steps.need("Gather style and public files", || {
        fs::write(bound.join(OUTPUT_NAME).with_extension("css"), style(&root().join("style/main.css"))?)?;
        publish(&bound, &site, profile)?;
        copy_changed(&root().join("public"), &site)
    })
}

/// What a first load may weigh, in bytes as sent, and the WebAssembly of it: all that it takes to look at a diagram. More
/// than 600 kB with 450 kB of WebAssembly it must never be; the limits are what it weighs now, so that it gets no heavier.
const FIRST_LOAD: u64 = 370_000;
const WEBASSEMBLY: u64 = 285_000;
/// What all of the program may weigh, with what is fetched once a diagram can be looked at, or by other pages.
const ALL_WEBASSEMBLY: u64 = 2_350_000;
/// Left for the page itself, which is written at each request. ShopFlow's takes half of it.
const PAGE: u64 = 20_000;

/// Says what a first load weighs, and fails when it is too much.
pub(crate) fn first_load_is_small() -> anyhow::Result<()> {
    let parts = first_load()?;
    let total = PAGE + parts.iter().map(|(_, size)| size).sum::<u64>();
    let wasm = parts.iter().find(|(name, _)| name == "crowfoot.wasm").map_or(0, |(_, size)| *size);
    for (name, size) in &parts {
        eprintln!("    {:>7.1} kB  {name}", *size as f64 / 1000.0);
    }
    eprintln!("    {:>7.1} kB  in all, with {} kB for the page", total as f64 / 1000.0, PAGE / 1000);
    let all = all_webassembly()?;
    eprintln!("    {:>7.1} kB  all WebAssembly, with what is fetched later", all as f64 / 1000.0);
    anyhow::ensure!(wasm <= WEBASSEMBLY, "the WebAssembly is larger than {} kB", WEBASSEMBLY / 1000);
    anyhow::ensure!(total <= FIRST_LOAD, "a first load is larger than {} kB", FIRST_LOAD / 1000);
    anyhow::ensure!(all <= ALL_WEBASSEMBLY, "all WebAssembly is larger than {} kB", ALL_WEBASSEMBLY / 1000);
    Ok(())
}

/// The folder of what was built last.
fn package(site: &Path) -> anyhow::Result<PathBuf> {
    Ok(site.join("pkg").join(fs::read_to_string(site.join("name"))?))
}

/// How large all parts of the program are together, in bytes as they are sent.
fn all_webassembly() -> anyhow::Result<u64> {
    let mut all = 0;
    for entry in fs::read_dir(package(&target().join("site"))?)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(".wasm.br") {
            all += entry.metadata()?.len();
        }
    }
    Ok(all)
}

/// How large each part of a page's first load is, in bytes as it is sent.
fn first_load() -> anyhow::Result<Vec<(String, u64)>> {
    let site = target().join("site");
    let package = package(&site)?;
    let mut parts = Vec::new();
    for name in FIRST_FILES {
        parts.push((name.to_owned(), fs::metadata(package.join(format!("{name}.br")))?.len()));
    }
    for font in FIRST_FONTS {
        parts.push((font.to_owned(), fs::metadata(site.join("fonts").join(font))?.len()));
    }
    let icons = brotli(&fs::read(site.join("icons.svg"))?)?;
    parts.push(("icons.svg".to_owned(), icons.len() as u64));
    Ok(parts)
}

/// The file that remembers from which build the bound files come.
fn stamp(bound: &Path) -> PathBuf {
    bound.join("from")
}

fn binding_key(wasm: &Path) -> anyhow::Result<String> {
    Ok(fs::metadata(wasm)?.modified()?.duration_since(SystemTime::UNIX_EPOCH)?.as_nanos().to_string())
}

fn needs_binding(wasm: &Path, bound: &Path) -> anyhow::Result<bool> {
    Ok(fs::read_to_string(stamp(bound)).unwrap_or_default() != binding_key(wasm)?)
}

/// Puts scripts, WebAssembly and style into a folder of the site that is named after what is in them, so that browsers
/// may keep them for ever. The name stands in the file `name` of the site, which is written last.
fn publish(bound: &Path, site: &Path, profile: Profile) -> anyhow::Result<()> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(bound)? {
        let path = entry?.path();
        if path != stamp(bound) {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(path.file_name().context("a file has a name")?.to_owned(), bytes);
        }
    }
    let mut hash = Sha256::new();
    // The two profiles compress differently.
    hash.update(profile.wasm());
    for (name, bytes) in &files {
        hash.update(name.as_encoded_bytes());
        hash.update(bytes);
    }
    let name: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let note = site.join("name");
    if fs::read_to_string(&note).is_ok_and(|old| old == name) {
        return Ok(());
    }
    let packages = site.join("pkg");
    let package = packages.join(&name);
    fs::create_dir_all(&package)?;
    for (file, bytes) in files {
        let path = package.join(file);
        fs::write(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
        compress(&path, &bytes, profile)?;
    }
    fs::write(&note, &name)?;
    for entry in fs::read_dir(&packages)? {
        let path = entry?.path();
        if path != package {
            let remove = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            remove.with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// Writes the compressed siblings of a file, which the server hands out in its place. A release takes its time over it.
fn compress(path: &Path, bytes: &[u8], profile: Profile) -> anyhow::Result<()> {
    let sibling = |suffix: &str| PathBuf::from(format!("{}.{suffix}", path.display()));
    let is_release = profile == Profile::Release;
    let level = if is_release { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
    gzip.write_all(bytes)?;
    fs::write(sibling("gz"), gzip.finish()?)?;
    if is_release {
        fs::write(sibling("br"), brotli(bytes)?)?;
    }
    Ok(())
}

/// As small as it gets.
fn brotli(mut bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, ..Default::default() };
    brotli::BrotliCompress(&mut bytes, &mut packed, &settings)?;
    Ok(packed)
}

/// A style sheet with the files it imports put in its place, each in the layer it asks for.
fn style(main: &Path) -> anyhow::Result<String> {
    let folder = main.parent().unwrap_or(main);
    let text = fs::read_to_string(main).with_context(|| format!("cannot read {}", main.display()))?;
    let mut style = String::new();
    for line in text.lines() {
        match import(line) {
            Some(Import { file, layer }) => {
                let path = folder.join(file);
                let part = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                match layer {
                    Some(layer) => style.push_str(&format!("@layer {layer} {{\n{}\n}}\n", part.trim_end())),
                    None => style.push_str(&format!("{}\n", part.trim_end())),
                }
            }
            None => {
                style.push_str(line);
                style.push('\n');
            }
        }
    }
    Ok(style)
}

#[derive(Debug, PartialEq, Eq)]
struct Import<'a> {
    file: &'a str,
    layer: Option<&'a str>,
}

/// Reads `@import "file.css";`, `@import url("file.css");` and either followed by `layer(name)`.
fn import(line: &str) -> Option<Import<'_>> {
    let rest = line.trim().strip_prefix("@import")?.trim().strip_suffix(';')?.trim_end();
    let (file, rest) = match rest.strip_prefix("url(") {
        Some(rest) => rest.split_once(')')?,
        None => {
            let end = rest.get(1..)?.find(['"', '\''])? + 2;
            rest.split_at_checked(end)?
        }
    };
    let layer = rest.trim().strip_prefix("layer(").and_then(|it| it.strip_suffix(')')).map(str::trim);
    Some(Import { file: file.trim_matches(['"', '\'', ' ']), layer })
}

fn copy_changed(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (source, goal) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_changed(&source, &goal)?;
        } else if fs::read(&source)? != fs::read(&goal).unwrap_or_default() {
            fs::copy(&source, &goal)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: Option<(&str, Option<&str>)>) {
        assert_eq!(import(line), expect.map(|(file, layer)| Import { file, layer }), "{line}");
    }

    #[test]
    fn imports_are_recognised() {
        check(r#"@import "a.css";"#, Some(("a.css", None)));
        check(r"  @import 'a.css' ;", Some(("a.css", None)));
        check(r#"@import url("parts/a.css") layer(base);"#, Some(("parts/a.css", Some("base"))));
        check(r#"@import "a.css" layer(panel.list);"#, Some(("a.css", Some("panel.list"))));
        check("@layer base, panel;", None);
        check("body { color: red; }", None);
        check("@import", None);
        check("@import ;", None);
    }
}
