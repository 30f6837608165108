//! Where the files of the site lie: WebAssembly, style, icons.

use std::{
    fs,
    path::{Path, PathBuf},
};

use leptos::prelude::LeptosOptions;

/// What the build has written, in the site's folder.
const PACKAGES: &str = "pkg";
/// The file in the site's folder that says in which folder of those script, WebAssembly and style are.
const NAME: &str = "name";

/// The folder of the site: the one asked for, else `site` beside the executable or one folder up, which is where the
/// build puts it.
#[must_use]
pub fn find_root(asked: Option<PathBuf>, executable: Option<&Path>) -> Option<PathBuf> {
    if asked.is_some() {
        return asked;
    }
    let folder = executable?.parent()?;
    [Some(folder), folder.parent()].into_iter().flatten().map(|it| it.join("site")).find(|it| it.is_dir())
}

/// The options that pages are rendered with.
#[must_use]
pub fn options(root: &Path) -> LeptosOptions {
    // Without a build there is nothing to name, as in tests of the server alone.
    let name = fs::read_to_string(root.join(NAME)).unwrap_or_default();
    LeptosOptions::builder()
        .output_name("crowfoot")
        .site_root(root.to_string_lossy().into_owned())
        .site_pkg_dir(format!("{PACKAGES}/{name}").trim_end_matches('/'))
        .build()
}

/// The folder that is served as `/pkg`.
#[must_use]
pub fn packages(options: &LeptosOptions) -> PathBuf {
    Path::new(&*options.site_root).join(PACKAGES)
}

/// The address of the style sheet.
#[must_use]
pub fn style(options: &LeptosOptions) -> String {
    format!("/{}/{}.css", options.site_pkg_dir, options.output_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asked_folder_wins_and_an_unknown_one_is_none() {
        assert_eq!(find_root(Some("/a".into()), None), Some("/a".into()));
        assert_eq!(find_root(None, None), None);
        assert_eq!(find_root(None, Some(Path::new("/nowhere/bin/crowfoot"))), None);
    }
}
