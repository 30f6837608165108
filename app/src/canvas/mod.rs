//! The canvas: what is seen before the program runs, the picture itself, its reading for those who cannot see it, and
//! the ways in for pointer and keyboard.

mod bitmap;
mod first_paint;
mod hook;
mod keyboard;
mod look;
mod mirror;
mod painter;
mod pointer;
mod surface;
mod zoom;

pub use bitmap::{png, scale_of};
pub use keyboard::listen as listen_to_keys;
pub use look::{begin as look, is_on as is_looking};

use crate::{
    inspector,
    platform::{dom, theme},
    workbench::{Workbench, use_workbench},
};
use editor::{Command, Cursor, Effect as Wanted, Facet};
use leptos::{html, prelude::*};
use surface::{Surface, SurfaceHandle};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::ResizeObserver;

/// The fonts of the picture, as the browser is asked for them.
const FONTS: [diagram::Face; 3] = [diagram::Face::Sans, diagram::Face::SansBold, diagram::Face::Mono];

/// The diagram, to be looked at and worked on.
#[component]
pub fn Canvas(
    /// True once the staged edits that this browser keeps have been read, so that the first frame shows them.
    #[prop(into)]
    is_loaded: Signal<bool>,
) -> impl IntoView {
    let bench = use_workbench();
    let (area, base, top, mirror) = (
        NodeRef::<html::Section>::new(),
        NodeRef::<html::Canvas>::new(),
        NodeRef::<html::Canvas>::new(),
        NodeRef::<html::Div>::new(),
    );
    let has_taken_over = RwSignal::new(false);
    let surface = RwSignal::new(None::<SurfaceHandle>);
    Effect::new(move || {
        let (Some(area), Some(base), Some(top), Some(mirror)) = (area.get(), base.get(), top.get(), mirror.get())
        else {
            return;
        };
        let Some(made) = Surface::new(area, mirror.into(), base, top) else {
            bench.announce(editor::Announcement::failure("This browser cannot draw on a canvas"));
            return;
        };
        let handle = StoredValue::new_local(made);
        connect(handle, bench);
        surface.set(Some(handle));
    });
    let fonts = RwSignal::new(false);
    Effect::new(move || {
        leptos::task::spawn_local(async move {
            load_fonts().await;
            fonts.try_set(true);
        });
    });
    let take_over = move |surface: SurfaceHandle, listeners: StoredValue<_, LocalStorage>| {
        let Some(area) = surface.try_with_value(|surface| surface.area().clone()) else { return };
        let missed = look::end();
        if let Some(missed) = &missed {
            bench.look_from(missed.camera);
            bench.camera_moved();
        }
        surface::begin(surface, bench);
        listeners.set_value(pointer::listen(&area, bench));
        has_taken_over.set(true);
        if let Some(missed) = missed {
            missed.catch_up(bench);
        }
    };
    Effect::new(move || {
        if let (Some(surface), true, true) = (surface.get(), fonts.get(), is_loaded.get()) {
            // Made here and not above: on the server nothing may be bound to a thread.
            let listeners = StoredValue::new_local(Vec::new());
            if look::is_on() {
                // By the next frame everything else is listening as well; until then what is done is still kept.
                request_animation_frame(move || take_over(surface, listeners));
            } else {
                take_over(surface, listeners);
            }
        }
    });
    // Whoever goes away before that takes nothing along.
    on_cleanup(|| drop(look::end()));
    // One text: a class of its own beside a text that changes is lost with the first change.
    let class = move || {
        let live = if has_taken_over.get() { " is-live" } else { "" };
        format!("canvas {}{live}", cursor_class(bench.cursor.get()))
    };
    // What is selected has the tab stop, when anything is.
    let has_selection = move || bench.read(Facet::Selection, |editor| !editor.selection().is_empty());
    let is_empty = move || bench.read(Facet::Schema, |editor| editor.shown().tables.is_empty());
    view! {
        <section
            id="canvas"
            class=class
            node_ref=area
            tabindex=move || if has_selection() { "-1" } else { "0" }
            aria-label="Diagram canvas"
            aria-describedby="canvas-help"
            data-testid="canvas"
        >
            <p id="canvas-help" class="visually-hidden">
                "Ctrl with the right arrow selects the first table. From there Tab and Shift+Tab go from table to table, \
                and Ctrl with up and down to columns. Enter opens the editor, the arrows move what is selected, R begins a \
                reference. Escape clears the selection; with nothing selected, Tab leaves the canvas. Question mark lists \
                all keys."
            </p>
            <first_paint::FirstPaint/>
            <canvas class="canvas-base" node_ref=base aria-hidden="true"></canvas>
            <canvas class="canvas-top" node_ref=top aria-hidden="true"></canvas>
            <div class="canvas-mirror" node_ref=mirror>
                <mirror::Mirror is_live=has_taken_over/>
            </div>
            <Show when=is_empty>
                <EmptyHint/>
            </Show>
        </section>
        <zoom::ZoomControl/>
    }
}

/// Gives the focus to what is selected on the canvas, once it is there.
pub fn focus_soon() {
    request_animation_frame(mirror::focus);
}

/// What belongs on an empty canvas, and how to put it there.
#[component]
fn EmptyHint() -> impl IntoView {
    let bench = use_workbench();
    view! {
        <div class="canvas-hint">
            <h2>"An empty diagram"</h2>
            <Show when=move || bench.may_edit.get() fallback=|| view! { <p class="muted">"Nobody has committed a table yet."</p> }>
                <p class="muted">"Double-click anywhere, or press " <kbd>"T"</kbd> ", to place the first table."</p>
                <button class="button button-primary" on:click=move |_| bench.command(Command::AddTable)>
                    "New table"
                </button>
            </Show>
        </div>
    }
}

/// Joins the surface to the editor's effects and to the size of the page.
fn connect(surface: SurfaceHandle, bench: Workbench) {
    surface::resized(surface, bench);
    bench.platform.set_value(Some(Box::new(move |effect| carry_out(effect, surface, bench))));
    on_cleanup(move || {
        bench.platform.try_set_value(None);
    });
    follow_size(surface, bench);
    follow_system_theme(surface, bench);
    hook::install(surface, bench);
}

fn carry_out(effect: &Wanted, surface: SurfaceHandle, bench: Workbench) {
    match effect {
        Wanted::Repaint(layer) => surface::repaint(surface, bench, *layer),
        Wanted::Changed(Facet::Camera) => surface::camera_moved(surface, bench),
        Wanted::FocusPanel => inspector::focus_soon(),
        Wanted::FocusCanvas => mirror::focus(),
        Wanted::Overlay(Command::ToggleTheme) => {
            theme::toggle();
            surface::theme_changed(surface, bench);
        }
        Wanted::Overlay(_)
        | Wanted::Changed(_)
        | Wanted::Announce(_)
        | Wanted::StoreDraft
        | Wanted::StorePlacements(_)
        | Wanted::Review(_)
        | Wanted::Cursor(_) => {}
    }
}

fn follow_size(surface: SurfaceHandle, bench: Workbench) {
    let closure = Closure::<dyn FnMut()>::new(move || surface::resized(surface, bench));
    let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) else { return };
    surface.with_value(|surface| observer.observe(surface.area()));
    let kept = StoredValue::new_local((observer, closure));
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}

fn follow_system_theme(surface: SurfaceHandle, bench: Workbench) {
    let Some(query) = theme::system() else { return };
    let changed = move |_: web_sys::Event| surface::theme_changed(surface, bench);
    StoredValue::new_local(dom::Listener::new(&query, "change", changed));
}

async fn load_fonts() {
    let fonts = dom::document().fonts();
    for face in FONTS {
        // A font that cannot be loaded is replaced by the system's; waiting longer would not bring it.
        let _ = JsFuture::from(fonts.load(&face.css(13.0))).await;
    }
}

fn cursor_class(cursor: Cursor) -> &'static str {
    match cursor {
        Cursor::Default => "cursor-default",
        Cursor::Pointer => "cursor-pointer",
        Cursor::Grab => "cursor-grab",
        Cursor::Grabbing => "cursor-grabbing",
        Cursor::Move => "cursor-move",
        Cursor::Resize => "cursor-resize",
        Cursor::Crosshair => "cursor-crosshair",
        Cursor::NotAllowed => "cursor-not-allowed",
    }
}
