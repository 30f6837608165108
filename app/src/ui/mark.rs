//! Added, changed, removed.

use edit::ItemKind;
use leptos::prelude::*;

/// The sign of a pending change with its word for who cannot see it.
#[component]
pub fn Mark(
    /// What happens to the object.
    kind: ItemKind,
) -> impl IntoView {
    let (class, sign) = match kind {
        ItemKind::Added => ("mark mark-added", "+"),
        ItemKind::Changed => ("mark mark-changed", "~"),
        ItemKind::Removed => ("mark mark-removed", "−"),
    };
    view! {
        <span class=class title=word(kind)>
            <span aria-hidden="true">{sign}</span>
            <span class="visually-hidden">{word(kind)} " "</span>
        </span>
    }
}

/// The sign in a word.
pub fn word(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Added => "added",
        ItemKind::Changed => "changed",
        ItemKind::Removed => "removed",
    }
}
