//! The review before a commit: which items, what they do to the database, and what became of it.

mod flow;
mod items;
mod outcome;

pub use flow::{Phase, resume, retry};

use crate::{
    pending::script,
    ui::{CopyButton, Icon},
    workbench::{Overlay, use_workbench},
};
use advise::{Finding, Severity};
use editor::{CommitBody, Editor, Facet};
use leptos::{html, prelude::*};
use schema::ObjectId;
use std::collections::BTreeSet;

/// What a commit of the ticked items would be.
#[derive(Debug, Clone, Default, PartialEq)]
struct Prepared {
    /// The ticked items, with all that they need.
    objects: BTreeSet<ObjectId>,
    /// All statements, one after the other.
    script: String,
    /// What may go wrong or get lost.
    notes: Vec<String>,
    /// What the lints say of it and did not say before.
    problems: Vec<String>,
    /// Why it cannot be committed, by item where there is one.
    obstacles: Vec<(Option<ObjectId>, String)>,
}

/// The review dialog; shown while the workbench's overlay is the review.
#[component]
pub fn Review() -> impl IntoView {
    let bench = use_workbench();
    let dialog = NodeRef::<html::Dialog>::new();
    let ticked = RwSignal::new(BTreeSet::new());
    let is_open = Memo::new(move |_| matches!(bench.overlay.get(), Some(Overlay::Review(_))));
    Effect::new(move || {
        let Some(Overlay::Review(items)) = bench.overlay.get() else { return };
        ticked.set(items);
        // It was done while the review was closed, and has been said.
        if matches!(bench.commit.get_untracked(), Phase::Done { .. }) {
            bench.commit.set(Phase::Choosing);
        }
        request_animation_frame(move || {
            if let Some(dialog) = dialog.get_untracked()
                && !dialog.open()
            {
                // Fails only when it is open already.
                let _ = dialog.show_modal();
            }
        });
    });
    let closed = move |_| {
        if is_open.get_untracked() {
            bench.overlay.set(None);
        }
        if matches!(bench.commit.get_untracked(), Phase::Done { .. }) {
            bench.commit.set(Phase::Choosing);
        }
    };
    view! {
        <dialog class="dialog review" node_ref=dialog aria-labelledby="review-title" on:close=closed>
            <Show when=move || is_open.get()>
                <Content ticked dialog/>
            </Show>
        </dialog>
    }
}

#[component]
fn Content(ticked: RwSignal<BTreeSet<ObjectId>>, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let bench = use_workbench();
    let message = RwSignal::new(bench.proposed_message.try_update_value(std::mem::take).unwrap_or_default());
    let prepared = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| prepare(editor, &ticked.get(), |rule| bench.problems.is_muted(rule)))
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let body = NodeRef::<html::Div>::new();
    Effect::new(move || {
        bench.commit.track();
        // What became of the commit stands at the top.
        if let Some(body) = body.get() {
            body.set_scroll_top(0);
        }
    });
    let is_done = move || matches!(bench.commit.get(), Phase::Done { .. });
    let can_commit = move || {
        let is_free = !bench.commit.get().is_busy() && bench.in_flight.with_value(Option::is_none);
        is_free && prepared.with(|prepared| prepared.obstacles.is_empty() && !prepared.objects.is_empty())
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if can_commit() {
            flow::begin(bench, &ticked.get_untracked(), message.get_untracked().trim().to_owned());
        }
    };
    let title = move || if is_done() { "Saved" } else { "Review and save" };
    view! {
        <form class="review-form" on:submit=submit>
            <header class="dialog-head">
                <h2 id="review-title">{title}</h2>
                <button type="button" class="icon-button" aria-label="Close" title="Close (Esc)" on:click=move |_| close()>
                    <Icon name="x"/>
                </button>
            </header>
            <div class="dialog-body" node_ref=body>
                <outcome::Outcome/>
                <Show when=move || !is_done()>
                    <items::Items ticked prepared/>
                    <Script prepared/>
                </Show>
            </div>
            <footer class="dialog-foot">
                <Show
                    when=move || !is_done()
                    fallback=move || view! {
                        <button type="button" class="button button-primary" on:click=move |_| close()>"Close"</button>
                    }
                >
                    <label class="review-message">
                        <span class="visually-hidden">"Message"</span>
                        <input
                            class="input"
                            autofocus
                            maxlength="500"
                            placeholder="What is this change about? (optional)"
                            prop:value=message
                            on:input=move |event| message.set(event_target_value(&event))
                        />
                    </label>
                    <button type="submit" class="button button-primary" aria-disabled=move || (!can_commit()).to_string()>
                        {move || commit_label(&bench.commit.get(), prepared.with(|prepared| prepared.objects.len()))}
                    </button>
                </Show>
            </footer>
        </form>
    }
}

fn commit_label(phase: &Phase, count: usize) -> String {
    match phase {
        Phase::Sending => "Committing…".to_owned(),
        Phase::Checking(_) => "Checking…".to_owned(),
        Phase::Choosing
        | Phase::Unanswered(_)
        | Phase::Failed(_)
        | Phase::Refused(_)
        | Phase::Conflict { .. }
        | Phase::Done { .. } => match count {
            1 => "Commit 1 change".to_owned(),
            count => format!("Commit {count} changes"),
        },
    }
}

/// The whole script, ready to be copied, and what to know about it.
#[component]
fn Script(prepared: Memo<Prepared>) -> impl IntoView {
    let text = Signal::derive(move || prepared.with(|prepared| prepared.script.clone()));
    let notes = move || {
        prepared.with(|prepared| {
            let all = prepared.problems.iter().chain(&prepared.notes);
            all.map(|note| view! { <Note text=note.clone()/> }).collect_view()
        })
    };
    view! {
        <section class="review-script" aria-labelledby="review-sql">
            <h3 id="review-sql">"What it does to the database"</h3>
            {notes}
            <div class="code-box">
                <pre class="code" tabindex="0" aria-label="SQL">{text}</pre>
                <CopyButton text=text icon_label="Copy SQL" otherwise="select the text instead"/>
            </div>
        </section>
    }
}

#[component]
fn Note(text: String) -> impl IntoView {
    view! { <p class="notice notice-warning"><Icon name="triangle-alert"/><span>{text}</span></p> }
}

/// The errors and warnings that the commit would cause, beside what keeps it from being made. They are no obstacle.
fn problems(editor: &Editor, body: &CommitBody, is_muted: impl Fn(&str) -> bool) -> Vec<String> {
    let is_said =
        |found: &Finding| body.findings.iter().any(|it| it.code.is_refused() && found.message.starts_with(&it.message));
    let caused = advise::caused(editor.base(), &body.target).into_iter();
    let wanted = caused.filter(|it| it.severity <= Severity::Warning && !is_muted(it.rule) && !is_said(it));
    wanted.map(|it| it.message).collect()
}

fn prepare(editor: &Editor, ticked: &BTreeSet<ObjectId>, is_muted: impl Fn(&str) -> bool) -> Prepared {
    let objects = editor.pending().with_needs(ticked);
    if objects.is_empty() {
        return Prepared::default();
    }
    let body = match editor.commit_body(&objects) {
        Ok(body) => body,
        Err(error) => return Prepared { objects, obstacles: vec![(None, error)], ..Prepared::default() },
    };
    let plan = ddl::plan(editor.base(), &body.target);
    let problems = problems(editor, &body, is_muted);
    let refused = body.findings.into_iter().filter(|finding| finding.code.is_refused());
    let findings = refused.map(|finding| (Some(finding.object), finding.message));
    let refusals = plan.refusals.iter().map(|refusal| (Some(refusal.object), refusal.message.clone()));
    let mut notes: Vec<String> = plan.steps.iter().flat_map(|step| step.notes.iter().cloned()).collect();
    notes.dedup();
    let obstacles = findings.chain(refusals).collect();
    Prepared { obstacles, script: script(plan.steps.iter()), notes, problems, objects }
}
