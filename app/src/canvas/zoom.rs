//! The floating buttons that come closer and go further away.

use crate::{ui::Icon, workbench::use_workbench};
use editor::Command;
use leptos::prelude::*;

/// Zoom out, the zoom itself, zoom in, and show everything.
#[component]
pub(super) fn ZoomControl() -> impl IntoView {
    let bench = use_workbench();
    let percent = move || format!("{}%", bench.zoom_percent.get());
    view! {
        <div class="zoom" role="group" aria-label="Zoom">
            <button class="icon-button" aria-label="Zoom out" title="Zoom out (Ctrl −)"
                on:click=move |_| bench.command(Command::ZoomOut)>
                <Icon name="minus"/>
            </button>
            <button class="zoom-percent" title="Zoom to 100% (Ctrl 0)"
                on:click=move |_| bench.command(Command::ZoomFull)>
                <span class="visually-hidden">"Zoom to 100%, now "</span>
                {percent}
            </button>
            <button class="icon-button" aria-label="Zoom in" title="Zoom in (Ctrl +)"
                on:click=move |_| bench.command(Command::ZoomIn)>
                <Icon name="plus"/>
            </button>
            <button class="icon-button" aria-label="Show everything" title="Show everything (Shift 1)"
                on:click=move |_| bench.command(Command::Fit)>
                <Icon name="scan"/>
            </button>
        </div>
    }
}
