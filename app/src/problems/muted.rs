//! Rules that are switched off. The browser keeps them, under the person and the diagram; nobody else has them.

use crate::{
    platform::storage,
    ui::focus_soon,
    workbench::{Workbench, use_workbench},
};
use leptos::{html, prelude::*};
use std::collections::BTreeMap;

fn key(bench: Workbench) -> String {
    format!("problems {} {}", bench.person, bench.diagram)
}

/// Reads which rules are switched off.
pub(super) fn recall(bench: Workbench) {
    let kept = storage::read(&key(bench)).and_then(|text| serde_json::from_str(&text).ok());
    bench.problems.muted.set(kept.unwrap_or_default());
}

fn keep(bench: Workbench, change: impl FnOnce(&mut BTreeMap<String, String>)) {
    bench.problems.muted.update(change);
    let text = bench.problems.muted.with_untracked(|muted| serde_json::to_string(muted).unwrap_or_default());
    storage::write(&key(bench), &text);
}

/// Asks why a rule is to be switched off, and does so.
#[component]
pub(super) fn SwitchOff(rule: &'static str, is_asking: RwSignal<bool>) -> impl IntoView {
    let bench = use_workbench();
    let reason = NodeRef::<html::Input>::new();
    let problem = RwSignal::new(None::<String>);
    let field = format!("problem-reason-{rule}");
    let note = format!("problem-reason-note-{rule}");
    let close = move || {
        is_asking.set(false);
        focus_soon(vec![format!("#problem-off-{rule}"), "#problems-title".to_owned()]);
    };
    let done = move || {
        let text = reason.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
        if text.is_empty() {
            problem.set(Some(format!("Say why {rule} does not matter here, for whoever looks later")));
            return;
        }
        keep(bench, |muted| {
            muted.insert(rule.to_owned(), text);
        });
        bench.speak(format!("{rule} is switched off"));
        close();
    };
    let pressed = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            event.stop_propagation();
            done();
        }
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            close();
        }
        _ => event.stop_propagation(),
    };
    view! {
        <div class="field problem-reason">
            <label for=field.clone()>{format!("Why {rule} does not matter here")}</label>
            <div class="field-row">
                <input
                    id=field
                    class="input"
                    type="text"
                    maxlength="200"
                    autocomplete="off"
                    node_ref=reason
                    aria-describedby=note.clone()
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    on:input=move |_| problem.set(None)
                    on:keydown=pressed
                />
                <button type="button" class="button" on:click=move |_| done()>"Switch off"</button>
                <button type="button" class="button button-ghost" on:click=move |_| close()>"Cancel"</button>
            </div>
            <crate::ui::field::Problem id=note problem=problem/>
        </div>
    }
}

/// The rules that are switched off, each with its reason and the way to switch it on again.
#[component]
pub(super) fn SwitchedOff() -> impl IntoView {
    let bench = use_workbench();
    let muted = move || bench.problems.muted.get().into_iter().collect::<Vec<_>>();
    view! {
        <Show when=move || bench.problems.muted.with(|muted| !muted.is_empty())>
            <section class="problem-group" aria-labelledby="problems-off">
                <h3 id="problems-off">"Switched off in this browser"</h3>
                <ul>
                    <For each=muted key=Clone::clone let((rule, reason))>
                        <Off rule reason/>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn Off(rule: String, reason: String) -> impl IntoView {
    let bench = use_workbench();
    let title = advise::rule(&rule).map_or("", |rule| rule.title);
    let label = format!("Switch on {rule}");
    let switch_on = move |_| {
        keep(bench, |muted| {
            muted.remove(&rule);
        });
        bench.speak(format!("{rule} is switched on"));
        focus_soon(vec!["#problems-title".to_owned()]);
    };
    view! {
        <li class="problem-off">
            <p><strong>{title}</strong><span class="muted">{format!(": {reason}")}</span></p>
            <button type="button" class="button button-small" aria-label=label on:click=switch_on>"Switch on"</button>
        </li>
    }
}
