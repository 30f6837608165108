//! From what the compiler writes to what a browser runs: cut into parts, bound to JavaScript, and made small.

use std::{
    fs,
    path::{Path, PathBuf},
};

use wasm_bindgen_cli_support::Bindgen;

use crate::{
    command::{command, run},
    site::{OUTPUT_NAME, Profile},
    workspace::root,
};

/// The script that fetches what the program does without at first.
pub(crate) const LOADER: &str = "later.js";

/// Where the npm packages of a release build are.
pub(crate) fn npm() -> PathBuf {
    root().join("xtask/npm")
}

/// Fills a folder with the scripts and the WebAssembly of a program.
pub(crate) fn bind(wasm: &Path, folder: &Path, profile: Profile) -> anyhow::Result<()> {
    let is_release = profile == Profile::Release;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let Parts { first, later } = split(&fs::read(wasm)?, folder)?;
    let mut bindgen = Bindgen::new();
    // What is fetched later shares memory and table with what is there.
    bindgen.web(true)?.keep_lld_exports(true);
    bindgen.typescript(false).keep_debug(false).remove_name_section(is_release).remove_producers_section(is_release);
    bindgen.input_path(&first).out_name(OUTPUT_NAME).generate(folder)?;
    fs::remove_file(first)?;
    // Leptos asks for the module without the suffix that the bindings give it.
    let first = folder.join(OUTPUT_NAME).with_extension("wasm");
    fs::rename(folder.join(format!("{OUTPUT_NAME}_bg.wasm")), &first)?;
    if is_release {
        for path in later.iter().chain([&first]) {
            shrink(path)?;
        }
    }
    Ok(())
}

struct Parts {
    /// What a page begins with.
    first: PathBuf,
    /// What it fetches afterwards.
    later: Vec<PathBuf>,
}

/// Cuts the program where `app/src/later.rs` says.
fn split(wasm: &[u8], folder: &Path) -> anyhow::Result<Parts> {
    let first = folder.join("first.wasm");
    let script = format!("./{OUTPUT_NAME}.js");
    let loader = format!("./{LOADER}");
    let mut options = wasm_split_cli_support::Options::new(wasm);
    options.output_dir = folder;
    options.main_out_path = &first;
    options.main_module = &script;
    options.link_name = &loader;
    let later = wasm_split_cli_support::transform(options).map_err(|error| anyhow::anyhow!("{error:#}"))?.split_modules;
    Ok(Parts { first, later })
}

/// Lets Binaryen make a module smaller.
fn shrink(module: &Path) -> anyhow::Result<()> {
    let wasm_opt = npm().join("node_modules/.bin/wasm-opt");
    // What the compiler uses, and browsers have had for years; it may bring in nothing newer.
    let features = [
        "bulk-memory",
        "bulk-memory-opt",
        "multivalue",
        "mutable-globals",
        "nontrapping-float-to-int",
        "reference-types",
        "sign-ext",
    ];
    let features: Vec<String> = features.iter().map(|feature| format!("--enable-{feature}")).collect();
    let mut wasm_opt = command(&wasm_opt.to_string_lossy(), &["-Oz"]);
    wasm_opt.args(features);
    wasm_opt.arg(module).arg("-o").arg(module);
    run(wasm_opt)
}
