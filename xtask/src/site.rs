//! Builds the server and the site: WebAssembly with its bindings, style, and files copied as they are.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::Context;
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    command::{cargo, command, run},
    step::Steps,
    tool,
    workspace::{root, target},
};

/// The name of script, WebAssembly and style; the server asks for them by it.
const OUTPUT_NAME: &str = "crowfoot";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    fn wasm(self) -> &'static str {
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
    let site = target().join("site");
    let package = site.join("pkg");
    fs::create_dir_all(&package)?;
    let front = target().join("front");
    steps.need("Build the WebAssembly", || {
        let mut cargo = cargo(&["build", "--package", "frontend", "--target", "wasm32-unknown-unknown"]);
        cargo.args(["--profile", profile.wasm(), "--target-dir"]).arg(&front);
        run(cargo)
    })?;
    let wasm = front.join("wasm32-unknown-unknown").join(profile.wasm()).join("frontend.wasm");
    if needs_binding(&wasm, &package, profile)? {
        steps.need("Bind the WebAssembly to JavaScript", || bind(&wasm, &package, profile))?;
    }
    steps.need("Gather style and public files", || {
        write_if_changed(&package.join(OUTPUT_NAME).with_extension("css"), &style(&root().join("style/main.css"))?)?;
        copy_changed(&root().join("public"), &site)
    })
}

/// The file that remembers from which build the bound files come.
fn stamp(package: &Path) -> PathBuf {
    package.with_file_name("bound-from")
}

fn binding_key(wasm: &Path, profile: Profile) -> anyhow::Result<String> {
    let modified = fs::metadata(wasm)?.modified()?.duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(format!("{profile:?} {}", modified.as_nanos()))
}

fn needs_binding(wasm: &Path, package: &Path, profile: Profile) -> anyhow::Result<bool> {
    let bound = fs::read_to_string(stamp(package)).unwrap_or_default();
    Ok(bound != binding_key(wasm, profile)?)
}

fn bind(wasm: &Path, package: &Path, profile: Profile) -> anyhow::Result<()> {
    let is_release = profile == Profile::Release;
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?;
    bindgen.typescript(false).keep_debug(false).remove_name_section(is_release).remove_producers_section(is_release);
    bindgen.input_path(wasm).out_name(OUTPUT_NAME).generate(package)?;
    // Leptos asks for the module without the suffix that the bindings give it.
    let module = package.join(OUTPUT_NAME).with_extension("wasm");
    fs::rename(package.join(format!("{OUTPUT_NAME}_bg.wasm")), &module)?;
    if is_release {
        shrink(&module)?;
    }
    for extension in ["js", "wasm"] {
        compress(&package.join(OUTPUT_NAME).with_extension(extension), profile)?;
    }
    fs::write(stamp(package), binding_key(wasm, profile)?).context("cannot note which build was bound")
}

/// Lets Binaryen make a release smaller where it is installed; the site works without.
fn shrink(module: &Path) -> anyhow::Result<()> {
    let local = root().join("node_modules/.bin/wasm-opt");
    let program = if local.is_file() { Some(local) } else { crate::command::which("wasm-opt") };
    let Some(program) = program else {
        eprintln!("    wasm-opt is missing (npm package binaryen): the WebAssembly stays about a third larger");
        return Ok(());
    };
    let mut wasm_opt = command(&program.to_string_lossy(), &["-Oz", "--all-features"]);
    wasm_opt.arg(module).arg("-o").arg(module);
    run(wasm_opt)
}

/// Writes the compressed siblings of a file, which the server hands out in its place. A release takes its time over it.
fn compress(path: &Path, profile: Profile) -> anyhow::Result<()> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let sibling = |suffix: &str| PathBuf::from(format!("{}.{suffix}", path.display()));
    let is_release = profile == Profile::Release;
    let level = if is_release { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
    gzip.write_all(&bytes)?;
    fs::write(sibling("gz"), gzip.finish()?)?;
    let brotli = sibling("br");
    if is_release {
        let mut packed = Vec::new();
        let settings = brotli::enc::BrotliEncoderParams { quality: 10, lgwin: 24, ..Default::default() };
        brotli::BrotliCompress(&mut bytes.as_slice(), &mut packed, &settings)?;
        fs::write(brotli, packed)?;
    } else if brotli.exists() {
        fs::remove_file(&brotli).with_context(|| format!("cannot remove {}", brotli.display()))?;
    }
    Ok(())
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

fn write_if_changed(path: &Path, text: &str) -> anyhow::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
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
