//! A diagram in the list: opened, renamed, moved and deleted from here.

use super::Shelf;
use crate::{
    rpc,
    ui::{Icon, focus_soon, time::When},
};
use leptos::html;
use leptos::prelude::*;
use protocol::{DiagramId, DiagramSummary, Role};

/// A diagram in the list.
#[component]
pub fn Line(
    /// The page.
    shelf: Shelf,
    /// The diagram.
    diagram: DiagramSummary,
    /// What the person is in its workspace.
    role: Role,
    /// Whether there is another workspace that it could be in.
    can_move: bool,
) -> impl IntoView {
    let id = diagram.id;
    let is_renaming = RwSignal::new(false);
    let name = StoredValue::new(diagram.name.clone());
    let begin = move |_| {
        is_renaming.set(true);
        focus_soon(vec![format!("#rename-{id}")]);
    };
    let gone = diagram.clone();
    let remove = move |_| {
        let gone = gone.clone();
        leptos::task::spawn_local(async move {
            match rpc::delete_diagram(id).await {
                Ok(()) => {
                    shelf.deleted.update(|deleted| deleted.insert(0, gone));
                    shelf.diagrams.refetch();
                    focus_soon(vec![format!("#undo-delete-{id}")]);
                }
                Err(error) => shelf.problem.set(Some(format!("The diagram was not deleted: {error}"))),
            }
        });
    };
    let moved = diagram.clone();
    let begin_move = move |_| shelf.moving.set(Some(moved.clone()));
    let tables = match diagram.tables {
        1 => "1 table".to_owned(),
        n => format!("{n} tables"),
    };
    let title = move || {
        if is_renaming.get() {
            view! { <Rename shelf=shelf id=id name=name.get_value() is_open=is_renaming/> }.into_any()
        } else {
            view! { <a class="diagram-name truncate" id=format!("open-{id}") href=format!("/d/{id}")>{name.get_value()}</a> }.into_any()
        }
    };
    view! {
        <li class="diagram-row">
            <span class="diagram-icon"><Icon name="waypoints"/></span>
            {title}
            {diagram.linked.then(|| view! {
                <span class="badge" title="Commits change a real database too"><Icon name="database"/>"Linked"</span>
            })}
            <span class="diagram-fact">{tables}</span>
            <span class="diagram-fact">"Revision " {diagram.revision}</span>
            <span class="diagram-fact diagram-when"><When at=diagram.updated_at now=shelf.now/></span>
            {(role >= Role::Editor).then(|| view! {
                <button type="button" class="icon-button" id=format!("rename-button-{id}") aria-label=format!("Rename {}", diagram.name) title="Rename" on:click=begin>
                    <Icon name="pencil"/>
                </button>
            })}
            {(can_move && role >= Role::Admin).then(|| view! {
                <button type="button" class="icon-button" id=format!("move-button-{id}") aria-label=format!("Move {} to another workspace", diagram.name) title="Move to another workspace…" on:click=begin_move>
                    <Icon name="arrow-right"/>
                </button>
            })}
            {(role >= Role::Admin).then(|| view! {
                <button type="button" class="icon-button" aria-label=format!("Delete {}", diagram.name) title="Delete" on:click=remove>
                    <Icon name="trash-2"/>
                </button>
            })}
        </li>
    }
}

/// The name as a field. Enter and leaving it settle, Esc does not.
#[component]
fn Rename(shelf: Shelf, id: DiagramId, name: String, is_open: RwSignal<bool>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let before = StoredValue::new(name.clone());
    let close = move || {
        is_open.set(false);
        focus_soon(vec![format!("#rename-button-{id}")]);
    };
    let settle = move || {
        // Leaving the field also means that it is taken off the page, maybe with its whole row.
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
                    shelf.diagrams.refetch();
                    focus_soon(vec![format!("#rename-button-{id}")]);
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
