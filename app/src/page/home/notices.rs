//! What was done, with a way back, and what went wrong.

use super::shelf::Shelf;
use crate::{
    rpc, text,
    ui::{Icon, focus_soon},
};
use leptos::prelude::*;
use protocol::DiagramId;

/// What was done and what went wrong.
#[component]
pub fn Notices(
    /// The page.
    shelf: Shelf,
) -> impl IntoView {
    let restore = move |id: DiagramId| {
        leptos::task::spawn_local(async move {
            match rpc::restore_diagram(id).await {
                Ok(()) => {
                    let texts = shelf.texts.try_update_value(|texts| texts.remove(&id)).flatten();
                    text::put_back(&texts.unwrap_or_default());
                    shelf.deleted.update(|deleted| deleted.retain(|diagram| diagram.id != id));
                    shelf.reload().await;
                    focus_soon(vec![format!("#open-{id}"), "#new-blank".to_owned()]);
                }
                Err(error) => shelf.problem.set(Some(format!("The diagram was not brought back: {error}"))),
            }
        });
    };
    view! {
        <div role="status" class="home-notices">
            <For each=move || shelf.deleted.get() key=|diagram| diagram.id let(diagram)>
                <p class="notice">
                    <Icon name="trash-2"/>
                    <span>"Deleted " <strong>{diagram.name.clone()}</strong> ". It can be brought back for 15 minutes."</span>
                    <button
                        type="button"
                        class="button-link"
                        id=format!("undo-delete-{}", diagram.id)
                        aria-label=format!("Undo the deletion of {}", diagram.name)
                        on:click=move |_| restore(diagram.id)
                    >
                        "Undo"
                    </button>
                </p>
            </For>
            {move || shelf.done.get().map(|text| view! {
                <p class="notice">
                    <Icon name="circle-check"/>
                    <span>{text}</span>
                    <button type="button" class="button-link" on:click=move |_| shelf.done.set(None)>"Dismiss"</button>
                </p>
            })}
        </div>
        <div role="alert" class="home-notices">
            {move || shelf.problem.get().map(|text| view! {
                <p class="notice notice-error">
                    <Icon name="circle-alert"/>
                    <span>{text}</span>
                    <button type="button" class="button-link" on:click=move |_| shelf.problem.set(None)>"Dismiss"</button>
                </p>
            })}
        </div>
    }
}
