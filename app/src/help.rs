//! The sheet of keyboard shortcuts, read from the registry of commands.

use crate::ui::{Keys, Modal};
use crate::workbench::{Overlay, use_workbench};
use editor::{COMMANDS, Group, Key, Shortcut};
use leptos::prelude::*;

/// The sections of the sheet, in its order.
const GROUPS: [(Group, &str); 5] = [
    (Group::Add, "Make"),
    (Group::Edit, "Edit"),
    (Group::Select, "Select"),
    (Group::View, "Look around"),
    (Group::App, "Crowfoot"),
];

/// What the pointer does on the canvas.
const POINTER: [(&str, &str); 9] = [
    ("Drag a table", "Move it, with all that is selected"),
    ("Drag a note, or its right edge", "Move it, or make it wider or narrower"),
    ("Drag from a column’s handle", "Draw a reference to another column"),
    ("Click a line", "Edit the reference"),
    ("Double-click a table or column", "Edit it"),
    ("Drag on empty canvas", "Select what the rectangle touches"),
    ("Shift+click", "Add to the selection, or take out"),
    ("Scroll, or drag with Space held", "Move the view"),
    ("Ctrl+scroll, or pinch", "Zoom at the pointer"),
];

/// What keys do in the panel of a table or reference, beside the commands.
const PANEL: [(&[Shortcut], &str); 3] = [
    (&[alt("ArrowUp"), alt("ArrowDown")], "Move the column up or down"),
    (&[Shortcut { key: Key::Named("Enter"), accel: true, shift: false, alt: false }], "Review what is staged in it"),
    (&[Shortcut { key: Key::Named("Escape"), accel: false, shift: false, alt: false }], "Take back and close"),
];

const fn alt(key: &'static str) -> Shortcut {
    Shortcut { key: Key::Named(key), accel: false, shift: false, alt: true }
}

/// The help sheet; shown while the workbench's overlay is the help.
#[component]
pub fn Help() -> impl IntoView {
    let bench = use_workbench();
    let is_open = Memo::new(move |_| bench.overlay.with(|overlay| *overlay == Some(Overlay::Help)));
    let closed = Callback::new(move |()| bench.overlay.set(None));
    move || {
        is_open.get().then(|| {
            view! {
                <Modal title="Keyboard shortcuts" class="help" on_close=closed>
                    <div class="dialog-body help-body" tabindex="0" role="region" aria-label="Shortcuts">
                        {GROUPS.map(|(group, title)| view! { <Section group=group title=title/> }).into_iter().collect::<Vec<_>>()}
                        <section>
                            <h3>"In the panel"</h3>
                            <dl class="help-list">{PANEL.map(|(keys, does)| line(does, keys)).into_iter().collect::<Vec<_>>()}</dl>
                        </section>
                        <section>
                            <h3>"Pointer"</h3>
                            <dl class="help-list">
                                {POINTER.map(|(gesture, does)| view! { <div><dt>{does}</dt><dd>{gesture}</dd></div> }).into_iter().collect::<Vec<_>>()}
                            </dl>
                        </section>
                    </div>
                </Modal>
            }
        })
    }
}

#[component]
fn Section(group: Group, title: &'static str) -> impl IntoView {
    let lines: Vec<_> = COMMANDS
        .iter()
        .filter(|info| info.group == group && !info.shortcuts.is_empty())
        .map(|info| line(info.title.trim_end_matches('…'), info.shortcuts))
        .collect();
    let note = (group == Group::Select)
        .then(|| view! { <p class="muted small">"With nothing selected, Tab leaves the canvas."</p> });
    view! { <section><h3>{title}</h3><dl class="help-list">{lines}</dl>{note}</section> }
}

fn line(does: &'static str, keys: &'static [Shortcut]) -> impl IntoView {
    let keys: Vec<_> = keys.iter().map(|shortcut| view! { <Keys shortcut=*shortcut/> }).collect();
    view! { <div><dt>{does}</dt><dd>{keys}</dd></div> }
}
