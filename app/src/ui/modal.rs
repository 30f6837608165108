//! A dialog over the page.

use crate::ui::Icon;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// A modal dialog with a title and a button to close it. It opens as soon as it is there; Esc, the button and a press
/// beside it close it, which gives the focus back to where it was.
#[component]
pub fn Modal(
    /// Its name, shown at its head.
    title: &'static str,
    /// A class of its own.
    class: &'static str,
    /// Told once it is closed.
    on_close: Callback<()>,
    /// The element, for who wants to close it.
    #[prop(optional)]
    dialog: NodeRef<html::Dialog>,
    /// Whether the title is for assistive technology only and there is no button to close.
    #[prop(optional)]
    is_headless: bool,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get().filter(|dialog| !dialog.open()) {
            // Fails only for a dialog that is open or not on the page.
            let _ = dialog.show_modal();
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let pressed = move |event: web_sys::MouseEvent| {
        let is_backdrop = event.target().is_some_and(|target| target.dyn_ref::<web_sys::HtmlDialogElement>().is_some());
        if is_backdrop {
            close();
        }
    };
    let head = (!is_headless).then(|| {
        view! {
            <header class="dialog-head">
                <h2>{title}</h2>
                <button type="button" class="icon-button" aria-label="Close" on:click=move |_| close()><Icon name="x"/></button>
            </header>
        }
    });
    view! {
        <dialog
            class=format!("dialog {class}")
            aria-label=title
            node_ref=dialog
            on:close=move |_| on_close.run(())
            on:mousedown=pressed
        >
            {head}
            {children()}
        </dialog>
    }
}
