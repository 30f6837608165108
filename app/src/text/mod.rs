//! The text beside the drawing: DBML that can be typed in, kept in step both ways.

mod completion;
mod desk;
mod kept;
mod lines;

pub use kept::{forget_all, put_back, take_of};

use crate::{
    ui::Icon,
    workbench::{Workbench, use_workbench},
};
use completion::Completions;
use desk::Desk;
use editor::{Facet, Input};
use interchange::{Finding, Severity};
use leptos::{ev, prelude::*};
use lines::{Gutter, Lines};

/// The panel with the text. It stays while another tab is chosen.
#[component]
pub fn TextPanel() -> impl IntoView {
    let bench = use_workbench();
    let desk = Desk::new(bench);
    let is_hidden = move || bench.sidebar.get() != crate::sidebar::TEXT;
    // The text follows the drawing while it is looked at, and catches up when it is again.
    Effect::new(move || {
        bench.read(Facet::Schema, |_| ());
        if !is_hidden() {
            desk.follow_soon(is_hidden);
        }
    });
    desk.listen();
    // What is selected on the canvas is shown in the text, unless it was chosen there.
    Effect::new(move || {
        let selected = bench.read(Facet::Selection, |editor| editor.selection().first().copied());
        if let Some(object) = selected.filter(|_| !is_hidden()) {
            desk.show_object(object);
        }
    });
    view! {
        <section class="text-panel" aria-label="DBML" hidden=is_hidden>
            <div class="text-area">
                <Gutter desk/>
                <div class="text-body">
                    <Lines desk/>
                    <Field desk/>
                    <Completions desk/>
                </div>
            </div>
            <Foot bench desk/>
        </section>
    }
}

#[component]
fn Field(desk: Desk) -> impl IntoView {
    let bench = use_workbench();
    let is_fixed = move || !bench.may_edit.get() || bench.read(Facet::Schema, |editor| editor.exhibit().is_some());
    let clicked = move |event: ev::MouseEvent| {
        desk.moved();
        if event.ctrl_key() || event.meta_key() {
            desk.go_to_object();
        }
    };
    view! {
        <textarea
            class="text-field"
            id="text-field"
            wrap="off"
            spellcheck="false"
            autocomplete="off"
            autocapitalize="off"
            aria-label="DBML of the diagram"
            aria-describedby="text-said"
            aria-invalid=move || (!desk.is_read.get()).then_some("true")
            aria-autocomplete="list"
            aria-controls=move || desk.options.with(|options| !options.is_empty()).then_some("text-completions")
            aria-activedescendant=move || desk.active.get().map(|at| format!("text-option-{at}"))
            readonly=is_fixed
            node_ref=desk.field
            on:input=move |event| {
                // A word that is being composed is no word yet.
                let is_composing = js_sys::Reflect::get(&event, &"isComposing".into());
                if is_composing.is_ok_and(|it| it.is_truthy()) { desk.redraw() } else { desk.typed() }
            }
            on:compositionend=move |_| desk.typed()
            on:scroll=move |_| desk.scrolled()
            on:click=clicked
            on:blur=move |_| desk.settle()
            on:keydown=move |event| pressed(desk, &event)
        ></textarea>
    }
}

fn pressed(desk: Desk, event: &ev::KeyboardEvent) {
    if event.is_composing() {
        return;
    }
    let accel = event.ctrl_key() || event.meta_key();
    let taken = match event.key().as_str() {
        " " if accel => desk.complete(true),
        "F12" => desk.go_to_object(),
        "ArrowDown" if !accel => desk.step(1),
        "ArrowUp" if !accel => desk.step(-1),
        "Tab" if !event.shift_key() => desk.take(true),
        "Enter" if !accel => desk.take(false),
        "Escape" => desk.leave(),
        "z" | "Z" if accel && !event.alt_key() => desk.take_back(event.shift_key()),
        "y" if accel => desk.take_back(true),
        _ => false,
    };
    if taken {
        event.prevent_default();
    }
    // What is typed is for the text; commands with a modifier are for the editor as everywhere.
    if taken || !(accel || event.alt_key()) {
        event.stop_propagation();
    }
}

/// How it stands with the text, what is wrong in it, and the way to the canvas.
#[component]
fn Foot(bench: Workbench, desk: Desk) -> impl IntoView {
    let said = move || match desk.is_read.get() {
        true => "In step with the drawing",
        false => "The drawing waits until this can be read",
    };
    let findings = move || {
        let mut all = desk.findings.get();
        all.sort_by_key(|finding| match finding.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Note => 2,
        });
        all.truncate(MOST);
        all.into_iter().map(|finding| view! { <li><Found desk finding/></li> }).collect_view()
    };
    let has_findings = move || desk.findings.with(|all| !all.is_empty());
    view! {
        <footer class="text-foot">
            <Show when=move || desk.has_other.get()>
                <div class="text-other" role="alert">
                    <p class="small">"Another tab has typed in this text as well. Both texts are kept until you choose one; the drawing has what both have changed."</p>
                    <button type="button" class="button button-small" on:click=move |_| desk.take_other()>"Show the other text"</button>
                    <button type="button" class="button button-small" on:click=move |_| desk.drop_other()>"Keep this text"</button>
                </div>
            </Show>
            <Show when=has_findings>
                <ul class="text-findings" aria-label="What is wrong in the text">{findings}</ul>
            </Show>
            <div class="text-state">
                <p class="muted small" class:is-wrong=move || !desk.is_read.get() id="text-said" role="status">
                    <Icon name="info"/>
                    <span>{said}</span>
                </p>
                <button
                    type="button"
                    class="button button-ghost button-small"
                    title="Show on the canvas what the cursor stands in (F12, or Ctrl and a click)"
                    on:mousedown=move |event| event.prevent_default()
                    on:click=move |_| { desk.go_to_object(); }
                >
                    "Show on canvas"
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label="Close the text"
                    title="Close the text (D)"
                    on:click=move |_| crate::sidebar::toggle_text(bench)
                >
                    <Icon name="x"/>
                </button>
            </div>
        </footer>
    }
}

/// How many findings are listed.
const MOST: usize = 50;

#[component]
fn Found(desk: Desk, finding: Finding) -> impl IntoView {
    let class = format!("list-row text-found is-{}", finding.severity.as_str());
    let icon = match finding.severity {
        Severity::Error => "circle-alert",
        Severity::Warning => "triangle-alert",
        Severity::Note => "info",
    };
    let line = finding.line;
    let place = line.map(|line| format!("Line {line}: ")).unwrap_or_default();
    view! {
        <button
            type="button"
            class=class
            on:click=move |_| { if let Some(line) = line { desk.show_line(line); } }
        >
            <Icon name=icon/>
            <span>{place}{finding.message}</span>
        </button>
    }
}

/// Selects an object on the canvas, where it is brought into view.
fn select(bench: Workbench, object: schema::ObjectId) {
    bench.send(Input::Select(object, false));
}
