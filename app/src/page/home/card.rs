//! A diagram as a card: its picture, its name, and what can be done with it.

use super::{
    dialogs::Dialog,
    shelf::{Shelf, counted},
};
use crate::{
    rpc, text,
    ui::{Icon, MenuButton, MenuItem, focus_soon, time::When},
};
use leptos::html;
use leptos::prelude::*;
use protocol::{DiagramId, DiagramSummary, Role};

/// The card of a diagram, an item of a list.
#[component]
pub fn Card(
    /// The page.
    shelf: Shelf,
    /// The diagram.
    diagram: DiagramSummary,
    /// What else there is to say of it.
    #[prop(optional)]
    note: Option<AnyView>,
) -> impl IntoView {
    let is_renaming = RwSignal::new(false);
    let items = actions(shelf, &diagram, is_renaming);
    let DiagramSummary { id, name, revision, layout, tables, updated_at, linked, .. } = diagram;
    let menu = (!items.is_empty())
        .then(|| view! { <MenuButton id=format!("menu-{id}") label=format!("Actions for {name}") items/> });
    let name = StoredValue::new(name);
    let title = move || {
        let name = name.get_value();
        if is_renaming.get() {
            view! { <Rename shelf id name is_open=is_renaming/> }.into_any()
        } else {
            view! { <a class="diagram-name truncate" id=format!("open-{id}") href=format!("/d/{id}") title=name.clone()>{name.clone()}</a> }
                .into_any()
        }
    };
    view! {
        <li class="diagram-card">
            <Thumbnail id revision layout tables/>
            <div class="diagram-head">
                {title}
                {menu}
            </div>
            <p class="diagram-facts">
                {counted(usize::try_from(tables).unwrap_or_default(), "table")}
                " · "
                <When at=updated_at now=shelf.now/>
                {linked.then(|| view! {
                    <span class="badge" title="Commits change a real database too"><Icon name="database"/>"Linked"</span>
                })}
            </p>
            {note}
        </li>
    }
}

/// A diagram that was opened lately, an item of a list.
#[component]
pub fn RecentCard(
    /// The page.
    shelf: Shelf,
    /// The diagram.
    diagram: DiagramSummary,
) -> impl IntoView {
    let DiagramSummary { id, name, revision, layout, tables, opened_at, .. } = diagram;
    let opened = opened_at.unwrap_or_default();
    view! {
        <li class="diagram-card diagram-card-recent">
            <Thumbnail id revision layout tables/>
            <div class="recent-words">
                <a class="diagram-name truncate" href=format!("/d/{id}") title=name.clone()>{name.clone()}</a>
                <p class="diagram-facts">"Opened " <When at=opened now=shelf.now/></p>
            </div>
        </li>
    }
}

/// The picture, for both themes: the style sheet shows one, and the browser fetches no other. Its address says which state
/// it shows, so that a page that hears of another asks for that.
#[component]
fn Thumbnail(id: DiagramId, revision: i64, layout: i64, tables: i64) -> impl IntoView {
    if tables == 0 {
        return view! {
            <div class="thumbnail thumbnail-empty" aria-hidden="true"><Icon name="table-2"/><span>"No tables yet"</span></div>
        }
        .into_any();
    }
    let picture = |theme: &'static str| {
        let address = format!("/api/v1/diagrams/{id}/thumbnail?theme={theme}&at={revision}.{layout}");
        view! { <img class=format!("for-{theme}") loading="lazy" decoding="async" width="320" height="200" alt="" src=address/> }
    };
    view! { <div class="thumbnail" aria-hidden="true">{picture("light")}{picture("dark")}</div> }.into_any()
}

/// What the person may do with the diagram.
fn actions(shelf: Shelf, diagram: &DiagramSummary, is_renaming: RwSignal<bool>) -> Vec<MenuItem> {
    let role = shelf.role_in(diagram.workspace);
    let id = diagram.id;
    let mut items = Vec::new();
    if role >= Some(Role::Editor) {
        let rename = move || {
            is_renaming.set(true);
            focus_soon(vec![format!("#rename-{id}")]);
        };
        let (copied, filed) = (diagram.clone(), diagram.clone());
        items.push(MenuItem::new("Rename", "pencil", rename));
        items.push(MenuItem::new("Duplicate", "copy", move || duplicate(shelf, copied.clone())));
        let file = move || shelf.dialog.set(Some(Dialog::File(filed.clone())));
        items.push(MenuItem::new("Move to folder…", "folder", file));
    }
    if role >= Some(Role::Admin) {
        let others = |it: &protocol::WorkspaceSummary| it.role >= Role::Editor && it.id != diagram.workspace;
        if shelf.me.with_value(|me| me.workspaces.iter().any(others)) {
            let moved = diagram.clone();
            let carry = move || shelf.dialog.set(Some(Dialog::Carry(moved.clone())));
            items.push(MenuItem::new("Move to another workspace…", "arrow-right", carry));
        }
        let gone = diagram.clone();
        items.push(MenuItem::danger("Delete", "trash-2", move || delete(shelf, gone.clone())));
    }
    items
}

fn duplicate(shelf: Shelf, original: DiagramSummary) {
    leptos::task::spawn_local(async move {
        match rpc::duplicate_diagram(original.id).await {
            Ok(copy) => {
                shelf.problem.set(None);
                shelf.reload().await;
                let name = untrack(|| shelf.diagram(copy)).map_or_else(|| "the copy".to_owned(), |it| it.name);
                let unlinked = format!(" Unlike {}, it is not linked to a database.", original.name);
                let unlinked = if original.linked { unlinked } else { String::new() };
                shelf.done.set(Some(format!("Made {name}.{unlinked}")));
                focus_soon(vec![format!("#open-{copy}"), format!("#menu-{}", original.id)]);
            }
            Err(error) => shelf.problem.set(Some(format!("{} was not duplicated: {error}", original.name))),
        }
    });
}

fn delete(shelf: Shelf, diagram: DiagramSummary) {
    leptos::task::spawn_local(async move {
        let id = diagram.id;
        match rpc::delete_diagram(id).await {
            Ok(()) => {
                shelf.texts.update_value(|texts| drop(texts.insert(id, text::take_of(id))));
                shelf.deleted.update(|deleted| deleted.insert(0, diagram));
                focus_soon(vec![format!("#undo-delete-{id}")]);
                shelf.reload().await;
            }
            Err(error) => shelf.problem.set(Some(format!("{} was not deleted: {error}", diagram.name))),
        }
    });
}

/// The name as a field. Enter and leaving it settle, Esc does not.
#[component]
fn Rename(shelf: Shelf, id: DiagramId, name: String, is_open: RwSignal<bool>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let before = StoredValue::new(name.clone());
    let back = move || focus_soon(vec![format!("#menu-{id}")]);
    let close = move || {
        is_open.set(false);
        back();
    };
    let settle = move || {
        // Leaving the field also means that it is taken off the page, maybe with its whole card.
        if is_open.try_get_untracked() != Some(true) {
            return;
        }
        let text = input.get_untracked().map(|input| input.value().trim().to_owned()).unwrap_or_default();
        if text.is_empty() || text == before.get_value() {
            close();
            return;
        }
        is_open.set(false);
        leptos::task::spawn_local(async move {
            match rpc::rename_diagram(id, text).await {
                Ok(()) => {
                    shelf.reload().await;
                    back();
                }
                Err(error) => shelf.problem.set(Some(format!("The diagram was not renamed: {error}"))),
            }
        });
    };
    let pressed = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.is_composing() => {
            event.prevent_default();
            settle();
        }
        "Escape" => {
            event.prevent_default();
            close();
        }
        _ => {}
    };
    view! {
        <input
            class="input diagram-rename"
            id=format!("rename-{id}")
            type="text"
            aria-label=format!("New name of {name}")
            maxlength="120"
            autocomplete="off"
            value=name
            node_ref=input
            on:keydown=pressed
            on:blur=move |_| settle()
        />
    }
}
