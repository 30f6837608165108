//! The floating buttons that come closer and go further away.

use crate::{
    ui::{Icon, keys::title_with_keys},
    workbench::use_workbench,
};
use editor::Command;
use leptos::prelude::*;

/// Zoom out, the zoom itself, zoom in, and show everything.
#[component]
pub(super) fn ZoomControl() -> impl IntoView {
    let bench = use_workbench();
    let percent = move || format!("{}%", bench.zoom_percent.get());
    view! {
        <div class="zoom" role="group" aria-label="Zoom">
            <button class="icon-button" aria-label="Zoom out" title=title_with_keys(Command::ZoomOut)
                on:click=move |_| bench.command(Command::ZoomOut)>
                <Icon name="minus"/>
            </button>
            <button class="zoom-percent" title=title_with_keys(Command::ZoomFull)
                on:click=move |_| bench.command(Command::ZoomFull)>
                <span class="visually-hidden">"Zoom to 100%, now "</span>
                {percent}
            </button>
            <button class="icon-button" aria-label="Zoom in" title=title_with_keys(Command::ZoomIn)
                on:click=move |_| bench.command(Command::ZoomIn)>
                <Icon name="plus"/>
            </button>
            <button class="icon-button" aria-label="Show everything" title=title_with_keys(Command::Fit)
                on:click=move |_| bench.command(Command::Fit)>
                <Icon name="scan"/>
            </button>
        </div>
    }
}
