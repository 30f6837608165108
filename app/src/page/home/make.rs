//! What a new diagram starts with.

use super::shelf::Shelf;
use crate::{rpc, ui::Icon};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::{CallError, DiagramId, FolderId, Template, WorkspaceId};

/// The ways to begin, where one may.
#[component]
pub fn Templates(
    /// The page.
    shelf: Shelf,
) -> impl IntoView {
    let may_make = move || shelf.place().is_none_or(|place| shelf.may_edit_in(place));
    view! {
        <Show when=may_make>
            <section class="templates" aria-label="New diagram">
                <TemplateButton
                    shelf
                    template=Template::Blank
                    id="new-blank"
                    icon="plus"
                    title="New blank diagram"
                    text="An empty canvas with the schema public."
                />
                <TemplateButton
                    shelf
                    template=Template::ShopFlow
                    id="new-sample"
                    icon="database"
                    title="New from the ShopFlow sample"
                    text="A small shop, linked to a real sandbox database of yours with rows in it."
                />
            </section>
        </Show>
    }
}

#[component]
fn TemplateButton(
    shelf: Shelf,
    template: Template,
    id: &'static str,
    icon: &'static str,
    title: &'static str,
    text: &'static str,
) -> impl IntoView {
    let navigate = use_navigate();
    let make = move |_| {
        if shelf.making.get_untracked().is_some() {
            return;
        }
        shelf.making.set(Some(template));
        shelf.problem.set(None);
        let navigate = navigate.clone();
        let (workspace, folder) = untrack(|| (shelf.place(), shelf.open_folder().map(|folder| folder.id)));
        leptos::task::spawn_local(async move {
            match make_in(template, workspace, folder).await {
                Ok(id) => navigate(&format!("/d/{id}"), Default::default()),
                Err(error) => {
                    shelf.making.set(None);
                    shelf.problem.set(Some(format!("The diagram was not made: {error}")));
                }
            }
        });
    };
    let is_making = move || shelf.making.get() == Some(template);
    view! {
        <button
            type="button"
            class="template"
            id=id
            aria-disabled=move || shelf.making.with(Option::is_some).then_some("true")
            on:click=make
        >
            <span class="template-icon"><Icon name=icon/></span>
            <span class="template-words">
                <strong>{title}</strong>
                <span class="muted">{move || if is_making() { "Making it…" } else { text }}</span>
            </span>
        </button>
    }
}

async fn make_in(
    template: Template,
    workspace: Option<WorkspaceId>,
    folder: Option<FolderId>,
) -> Result<DiagramId, CallError> {
    let id = rpc::create_diagram(template, workspace).await?;
    if folder.is_some() {
        // Where the folder has gone meanwhile, the diagram is in the workspace.
        let _ = rpc::put_in_folder(id, folder).await;
    }
    Ok(id)
}
