//! A schema from text that somebody brings: read while it is pasted, shown, and staged beside what is there.

mod desk;
mod outcome;

use crate::{
    platform::file,
    ui::{Icon, Modal, focus_soon},
    workbench::{Overlay, use_workbench},
};
use desk::Desk;
use editor::Input;
use interchange::Format;
use leptos::{ev, html, prelude::*};
use outcome::OutcomeView;

/// The import dialog; shown while the workbench's overlay is the import. What stands in it outlasts its closing.
#[component]
pub fn ImportDialog() -> impl IntoView {
    let bench = use_workbench();
    let desk = Desk::new(bench);
    let dialog = NodeRef::<html::Dialog>::new();
    let is_open = Memo::new(move |_| bench.overlay.with(|overlay| *overlay == Some(Overlay::Import)));
    let closed = Callback::new(move |()| {
        desk.keep();
        bench.overlay.set(None);
    });
    let stage = Callback::new(move |()| {
        let Some(import) = desk.give() else { return };
        // What has come is to be seen.
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        bench.send(Input::Import(Box::new(import)));
    });
    move || {
        is_open.get().then(|| {
            view! {
                <Modal title="Import" class="import" on_close=closed dialog>
                    <Body desk/>
                    <Foot desk stage/>
                </Modal>
            }
        })
    }
}

#[component]
fn Body(desk: Desk) -> impl IntoView {
    Effect::new(move |_| focus_soon(vec!["#import-text".to_owned()]));
    // A file that is let go anywhere on the page is meant for the dialog; the browser would go to it.
    let dragged = window_event_listener(ev::dragover, |event| event.prevent_default());
    let dropped = window_event_listener(ev::drop, move |event| {
        // Text that is dropped goes where the browser puts it.
        if let Some(file) = file::dropped(&event) {
            event.prevent_default();
            desk.take(file);
        }
    });
    on_cleanup(move || {
        dragged.remove();
        dropped.remove();
    });
    view! {
        <div class="dialog-body">
            <div class="import-source">
                <Choices desk/>
                <div role="alert">
                    {move || desk.problem.get().map(|text| view! {
                        <p class="notice notice-error"><Icon name="circle-alert"/><span>{text}"."</span></p>
                    })}
                </div>
                <div class="field import-text">
                    <label for="import-text">"SQL or DBML"</label>
                    <textarea
                        class="input mono"
                        id="import-text"
                        wrap="off"
                        spellcheck="false"
                        autocomplete="off"
                        placeholder="Paste it here, or drop a file"
                        aria-describedby="import-said"
                        node_ref=desk.field
                        prop:value=desk.kept.get_value()
                        on:input=move |_| desk.typed()
                    ></textarea>
                </div>
            </div>
            <OutcomeView desk/>
        </div>
    }
}

/// The format, and the way to a file.
#[component]
fn Choices(desk: Desk) -> impl IntoView {
    let picker = NodeRef::<html::Input>::new();
    let pick = move |_| {
        if let Some(picker) = picker.get_untracked() {
            picker.click();
        }
    };
    let picked = move |event: ev::Event| {
        if let Some(file) = file::chosen(&event) {
            desk.take(file);
        }
        // The same file may be chosen again once it has been changed.
        if let Some(picker) = picker.get_untracked() {
            picker.set_value("");
        }
    };
    let guessed = move || match (desk.outcome.get(), desk.chosen.get()) {
        (Some(outcome), None) => format!("Guessed: {}", outcome.format),
        (Some(_) | None, _) => "Guess from the text".to_owned(),
    };
    let option = move |format: Format| {
        let is_chosen = move || desk.chosen.get() == Some(format);
        view! { <option value=format.key() prop:selected=is_chosen>{format.name()}</option> }
    };
    view! {
        <div class="import-choices">
            <div class="field">
                <label for="import-format">"Format"</label>
                <select
                    class="select"
                    id="import-format"
                    on:change=move |event| desk.choose(event_target_value(&event).parse().ok())
                >
                    <option value="" prop:selected=move || desk.chosen.get().is_none()>{guessed}</option>
                    {Format::ALL.into_iter().filter(|format| format.is_read()).map(option).collect_view()}
                </select>
            </div>
            <button type="button" class="button" on:click=pick><Icon name="folder"/>"Choose file…"</button>
            <input
                type="file"
                id="import-file"
                aria-label="File to import"
                accept=".sql,.ddl,.psql,.dbml,.json,.txt,text/plain,application/json"
                hidden
                node_ref=picker
                on:change=picked
            />
            <span class="muted small import-file">{desk.file_name}</span>
        </div>
    }
}

/// How it stands with the text, and the button that stages it.
#[component]
fn Foot(desk: Desk, stage: Callback<()>) -> impl IntoView {
    let said = move || match (desk.is_reading.get(), desk.outcome.get()) {
        (true, _) => desk.reading_words(),
        (false, Some(outcome)) => outcome.said(),
        (false, None) => {
            "Nothing is read yet. Importing stages changes; nothing is saved before you save it.".to_owned()
        }
    };
    let is_ready =
        move || !desk.is_reading.get() && desk.outcome.with(|it| it.as_ref().is_some_and(|it| !it.import.is_empty()));
    let label = move || match desk.outcome.get() {
        Some(outcome) if !outcome.import.taken.tables.is_empty() => {
            format!("Stage {}", outcome::counted(outcome.import.taken.tables.len(), "table", "tables"))
        }
        Some(outcome) if !outcome.import.is_empty() => "Stage what is new".to_owned(),
        Some(_) | None => "Stage tables".to_owned(),
    };
    view! {
        <footer class="dialog-foot">
            <p class="muted small import-said" id="import-said" role="status">{said}</p>
            <button
                type="button"
                class="button button-primary"
                id="import-stage"
                aria-disabled=move || (!is_ready()).to_string()
                on:click=move |_| stage.run(())
            >
                {label}
            </button>
        </footer>
    }
}
