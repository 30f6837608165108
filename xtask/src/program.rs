//! From what the compiler writes to what a browser runs: cut into parts, without what is never called, bound to
//! JavaScript, and made small.

use std::{
    fs,
    path::{Path, PathBuf},
};

use walrus::{FunctionBuilder, FunctionKind, Module};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    command::{command, run},
    site::{OUTPUT_NAME, Profile},
    workspace::root,
};

/// The script that fetches what the program does without at first.
pub(crate) const LOADER: &str = "later.js";

/// What the functions are called that take over a page piece by piece while its code is still on the way. Tachys keeps
/// one for every type of view. The pages of Crowfoot are taken over in one go, so none of them is ever called.
const NEVER_CALLED: &str = "hydrate_async";

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
    for path in &later {
        let mut module = Module::from_file(path)?;
        prune(&mut module);
        module.emit_wasm_file(path)?;
    }
    let mut module = Module::from_file(&first)?;
    fs::remove_file(first)?;
    prune(&mut module);
    let mut bindgen = Bindgen::new();
    // What is fetched later shares memory and table with what is there.
    bindgen.web(true)?.keep_lld_exports(true);
    bindgen.typescript(false).keep_debug(false).remove_name_section(is_release).remove_producers_section(is_release);
    bindgen.input_module(OUTPUT_NAME, module).generate(folder)?;
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

/// Empties functions that are never called. What only they use is unused then, and goes when the module is made small.
/// One that is called after all stops the program.
fn prune(module: &mut Module) {
    let is_unused = |name: &Option<String>| name.as_deref().is_some_and(|name| name.contains(NEVER_CALLED));
    let unused: Vec<_> = module
        .funcs
        .iter_local()
        .map(|(id, function)| (id, function.ty()))
        .filter(|(id, _)| is_unused(&module.funcs.get(*id).name))
        .collect();
    for (id, ty) in unused {
        let (parameters, results) = module.types.params_results(ty);
        let (parameters, results) = (parameters.to_vec(), results.to_vec());
        let arguments = parameters.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut empty = FunctionBuilder::new(&mut module.types, &parameters, &results);
        empty.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(empty.local_func(arguments));
    }
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
