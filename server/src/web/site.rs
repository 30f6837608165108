//! Where the files of the site lie: WebAssembly, style, icons.

use std::path::{Path, PathBuf};

use leptos::prelude::LeptosOptions;

/// The name under which the build writes script, WebAssembly and style.
pub const OUTPUT_NAME: &str = "crowfoot";

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
    LeptosOptions::builder()
        .output_name(OUTPUT_NAME)
        .site_root(root.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .build()
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
