//! Commands, tables, columns, references and types behind one field.

use crate::sidebar::ends;
use crate::ui::{Icon, Keys, Modal, reveal};
use crate::workbench::{Overlay, Workbench, use_workbench};
use crate::{canvas, inspector};
use editor::{COMMANDS, Command, CommandInfo, Editor, Input};
use leptos::html;
use leptos::prelude::*;
use schema::ObjectId;
use web_sys::KeyboardEvent;

/// How many results are listed at most.
const MOST: usize = 50;

/// Something to choose.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    title: String,
    kind: &'static str,
    /// Another name that it is found by.
    alias: String,
    icon: &'static str,
    does: Does,
}

/// What choosing it does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Does {
    Command(&'static CommandInfo),
    Show(ObjectId),
}

/// The palette; shown while the workbench's overlay is the palette.
#[component]
pub fn Palette() -> impl IntoView {
    let bench = use_workbench();
    let is_open = Memo::new(move |_| bench.overlay.with(|overlay| *overlay == Some(Overlay::Palette)));
    let closed = Callback::new(move |()| {
        bench.overlay.update(|overlay| {
            if *overlay == Some(Overlay::Palette) {
                *overlay = None;
            }
        });
    });
    move || {
        is_open.get().then(|| {
            let dialog = NodeRef::<html::Dialog>::new();
            view! {
                <Modal title="Find table or command" class="palette" on_close=closed dialog=dialog is_headless=true>
                    <Body dialog=dialog/>
                </Modal>
            }
        })
    }
}

#[component]
fn Body(dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let bench = use_workbench();
    let query = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let entries = StoredValue::new(bench.peek(entries));
    let found = Memo::new(move |_| entries.with_value(|all| search(all, &query.get())));
    let list = NodeRef::<html::Ul>::new();
    let run = move |at: usize| {
        let Some(entry) = found.with_untracked(|found| found.get(at).cloned()) else { return };
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        // By now the dialog has given the focus back, so what the command focuses keeps it.
        bench.overlay.set(None);
        perform(bench, entry.does);
    };
    let pressed = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        let now = active.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" if count > 0 => (now + 1) % count,
            "ArrowUp" if count > 0 => (now + count - 1) % count,
            "PageDown" if count > 0 => (now + 8).min(count - 1),
            "PageUp" => now.saturating_sub(8),
            "Enter" => {
                event.prevent_default();
                event.stop_propagation();
                run(now);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        active.set(next);
        let row = u32::try_from(next).ok().and_then(|at| list.get_untracked()?.children().item(at));
        if let Some(row) = row {
            reveal(&row);
        }
    };
    let typed = move |event: web_sys::Event| {
        query.set(event_target_value(&event));
        active.set(0);
    };
    let rows = move || {
        let all = found.get().into_iter().enumerate();
        all.map(|(at, entry)| view! { <Row at=at entry=entry active=active on_choose=Callback::new(run)/> })
            .collect::<Vec<_>>()
    };
    let said = move || match found.with(Vec::len) {
        0 => format!("Nothing is called “{}”", query.get().trim()),
        1 => "1 result".to_owned(),
        MOST => format!("The first {MOST} results"),
        n => format!("{n} results"),
    };
    view! {
        <div class="palette-field">
            <Icon name="search"/>
            <input
                type="text"
                role="combobox"
                aria-label="Find table or command"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-autocomplete="list"
                aria-activedescendant=move || found.with(|found| found.get(active.get()).map(|_| format!("palette-{}", active.get())))
                placeholder="Find a table, column, reference or command"
                autocomplete="off"
                spellcheck="false"
                autofocus
                on:input=typed
                on:keydown=pressed
            />
        </div>
        <ul class="palette-list" role="listbox" id="palette-list" aria-label="Results" node_ref=list>{rows}</ul>
        <p class="palette-foot muted small" role="status">{said}</p>
    }
}

#[component]
fn Row(at: usize, entry: Entry, active: RwSignal<usize>, on_choose: Callback<usize>) -> impl IntoView {
    let keys = match entry.does {
        Does::Command(info) => info.shortcuts.first().map(|shortcut| view! { <Keys shortcut=*shortcut/> }),
        Does::Show(_) => None,
    };
    view! {
        <li
            role="option"
            class="palette-row"
            id=format!("palette-{at}")
            aria-selected=move || (active.get() == at).to_string()
            on:pointermove=move |_| { if active.get_untracked() != at { active.set(at); } }
            on:click=move |_| on_choose.run(at)
        >
            <Icon name=entry.icon/>
            <span class="truncate">{entry.title}</span>
            <span class="palette-alias mono muted truncate">{entry.alias}</span>
            <span class="palette-kind muted small">{entry.kind}</span>
            {keys}
        </li>
    }
}

fn perform(bench: Workbench, does: Does) {
    match does {
        Does::Command(info) => bench.command(info.command),
        Does::Show(object) => {
            bench.send(Input::Select(object, false));
            if matches!(object, ObjectId::Reference(_) | ObjectId::Type(_) | ObjectId::Annotation(_)) {
                bench.send(Input::Open(object));
            } else if bench.peek(|editor| editor.panel().is_some()) {
                // The panel follows, and the field that had the focus may be gone with what it showed before.
                inspector::focus_soon();
            } else {
                canvas::focus_soon();
            }
        }
    }
}

/// All that can be chosen now: commands that would do something, then tables, columns, references and types by name.
fn entries(editor: &Editor) -> Vec<Entry> {
    let schema = editor.seen();
    let unlisted = [Command::Palette, Command::Escape];
    let commands = COMMANDS.iter().filter(|info| !unlisted.contains(&info.command) && editor.can(info.command));
    let mut entries: Vec<Entry> = commands
        .map(|info| Entry {
            title: info.title.to_owned(),
            kind: "Command",
            alias: String::new(),
            icon: "command",
            does: Does::Command(info),
        })
        .collect();
    for table in schema.tables_by_name() {
        let name = schema.display_name(table);
        let columns = table.columns.iter().map(|column| Entry {
            title: format!("{name}.{}", column.name),
            kind: "Column",
            alias: String::new(),
            icon: "columns-3",
            does: Does::Show(ObjectId::Column(table.id, column.id)),
        });
        entries.push(Entry {
            title: name.clone(),
            kind: "Table",
            alias: String::new(),
            icon: "table-2",
            does: Does::Show(ObjectId::Table(table.id)),
        });
        entries.extend(columns);
    }
    let references = schema.references.values().filter_map(|reference| {
        let (from, to) = ends(schema, reference)?;
        Some(Entry {
            title: format!("{from} → {to}"),
            kind: "Reference",
            alias: reference.name.to_string(),
            icon: "cable",
            does: Does::Show(ObjectId::Reference(reference.id)),
        })
    });
    entries.extend(references);
    entries.extend(schema.types_in_order().into_iter().map(|it| Entry {
        title: schema.label(ObjectId::Type(it.id)).unwrap_or_default(),
        kind: "Type",
        alias: it.kind().to_owned(),
        icon: "list",
        does: Does::Show(ObjectId::Type(it.id)),
    }));
    entries.extend(schema.annotations.values().map(|it| {
        let is_group = it.kind == schema::AnnotationKind::Group;
        Entry {
            title: it.name.to_string(),
            kind: if is_group { "Group" } else { "Note" },
            alias: String::new(),
            icon: if is_group { "layout-grid" } else { "sticky-note" },
            does: Does::Show(ObjectId::Annotation(it.id)),
        }
    }));
    entries
}

/// What has all words of the query in its title, the closest first. Without a query: commands and tables.
fn search(entries: &[Entry], query: &str) -> Vec<Entry> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    if words.is_empty() {
        let shown = entries.iter().filter(|entry| ["Command", "Table"].contains(&entry.kind));
        return shown.take(MOST).cloned().collect();
    }
    let rank = |kind: &str| {
        ["Table", "Column", "Reference", "Type", "Group", "Note", "Command"].iter().position(|other| *other == kind)
    };
    let mut found: Vec<(u8, Option<usize>, usize, &Entry)> = entries
        .iter()
        .filter_map(|entry| {
            let (title, alias) = (entry.title.to_lowercase(), entry.alias.to_lowercase());
            let near = distance(&title, &query).min(distance(&alias, &query));
            let has = |word: &&str| title.contains(*word) || alias.contains(*word);
            words.iter().all(has).then(|| (near, rank(entry.kind), title.len(), entry))
        })
        .collect();
    found.sort_by_key(|(distance, rank, length, _)| (*distance, *rank, *length));
    found.into_iter().take(MOST).map(|(.., entry)| entry.clone()).collect()
}

/// 0 for the same, then: begins with it, has a word that begins with it, has it anywhere.
fn distance(title: &str, query: &str) -> u8 {
    let at_word = |at: usize| title.get(..at).is_some_and(|head| head.ends_with(|c: char| !c.is_alphanumeric()));
    if title == query {
        0
    } else if title.starts_with(query) {
        1
    } else if title.match_indices(query).any(|(at, _)| at_word(at)) {
        2
    } else {
        3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, kind: &'static str) -> Entry {
        let object = ObjectId::Table(schema::TableId::from_u128(0));
        Entry { title: title.to_owned(), kind, alias: String::new(), icon: "x", does: Does::Show(object) }
    }

    #[test]
    fn the_closest_comes_first() {
        let all = [
            entry("order_items", "Table"),
            entry("orders", "Table"),
            entry("orders.user_id", "Column"),
            entry("reorder", "Command"),
            entry("New table", "Command"),
        ];
        let titles = |query: &str| search(&all, query).into_iter().map(|entry| entry.title).collect::<Vec<_>>();
        for (query, expect) in [
            ("orders", vec!["orders", "orders.user_id"]),
            ("order", vec!["orders", "order_items", "orders.user_id", "reorder"]),
            ("user order", vec!["orders.user_id"]),
            ("table", vec!["New table"]),
            ("", vec!["order_items", "orders", "reorder", "New table"]),
            ("zzz", vec![]),
        ] {
            assert_eq!(titles(query), expect, "{query}");
        }
    }
}
