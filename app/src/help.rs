//! The sheet of keyboard shortcuts, read from the registry of commands.

use crate::ui::{Keys, Modal};
use crate::workbench::{Overlay, use_workbench};
use editor::{COMMANDS, Group};
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
const POINTER: [(&str, &str); 8] = [
    ("Drag a table", "Move it, with all that is selected"),
    ("Drag from a column’s handle", "Draw a reference to another column"),
    ("Click a line", "Edit the reference"),
    ("Double-click a table or column", "Edit it"),
    ("Drag on empty canvas", "Select what the rectangle touches"),
    ("Shift+click", "Add to the selection, or take out"),
    ("Scroll, or drag with Space held", "Move the view"),
    ("Ctrl+scroll, or pinch", "Zoom at the pointer"),
];

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
                    <div class="dialog-body help-body">
                        {GROUPS.map(|(group, title)| view! { <Section group=group title=title/> }).into_iter().collect::<Vec<_>>()}
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
        .map(|info| {
            let keys: Vec<_> = info.shortcuts.iter().map(|shortcut| view! { <Keys shortcut=*shortcut/> }).collect();
            view! { <div><dt>{info.title.trim_end_matches('…')}</dt><dd>{keys}</dd></div> }
        })
        .collect();
    view! { <section><h3>{title}</h3><dl class="help-list">{lines}</dl></section> }
}
