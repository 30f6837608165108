//! What became of a commit, and the next step.

use super::{Phase, flow};
use crate::{ui::Icon, workbench::use_workbench};
use leptos::prelude::*;
use protocol::{CommitConflict, Refusal};

/// What became of the commit; nothing while there is none.
#[component]
pub(super) fn Outcome() -> impl IntoView {
    let bench = use_workbench();
    let shown = move || match bench.commit.get() {
        Phase::Choosing => ().into_any(),
        Phase::Sending => view! { <Waiting text="Committing: all of it or nothing…".to_owned()/> }.into_any(),
        Phase::Checking(text) => view! { <Waiting text=format!("Checking what happened: {text}")/> }.into_any(),
        Phase::Failed(text) => view! { <Failure text/> }.into_any(),
        Phase::Unanswered(text) => view! { <Unanswered text/> }.into_any(),
        Phase::Refused(refusal) => view! { <Refused refusal/> }.into_any(),
        Phase::Conflict { head, conflicts, more } => view! { <Conflict head conflicts more/> }.into_any(),
        Phase::Done { revision, statements } => view! { <Done revision statements/> }.into_any(),
    };
    view! { <div class="review-outcome" role="status">{shown}</div> }
}

#[component]
fn Waiting(text: String) -> impl IntoView {
    view! { <p class="notice"><Icon name="loader-circle"/><span>{text}</span></p> }
}

#[component]
fn Failure(text: String) -> impl IntoView {
    view! {
        <p class="notice notice-error"><Icon name="circle-alert"/><span>{text}</span></p>
    }
}

#[component]
fn Unanswered(text: String) -> impl IntoView {
    let bench = use_workbench();
    view! {
        <div class="notice notice-warning">
            <Icon name="cloud-off"/>
            <div class="notice-text">
                <p>{text}</p>
                <p>"Your changes are kept. Trying again is safe: it has one effect, however often it is sent."</p>
                <button type="button" class="button" on:click=move |_| flow::retry(bench)>
                    <Icon name="rotate-ccw"/>
                    "Try again"
                </button>
            </div>
        </div>
    }
}

#[component]
fn Refused(refusal: Refusal) -> impl IntoView {
    let Refusal { message, statement, postgres, findings, object: _ } = refusal;
    let findings = findings.into_iter().map(|finding| view! { <li>{finding.message}</li> }).collect_view();
    view! {
        <div class="notice notice-error">
            <Icon name="circle-alert"/>
            <div class="notice-text">
                <p><strong>{message}</strong></p>
                {postgres.map(|words| view! {
                    <p class="muted small">"PostgreSQL says:"</p>
                    <pre class="code">{words}</pre>
                })}
                {statement.map(|sql| view! {
                    <p class="muted small">"The statement that failed:"</p>
                    <pre class="code">{sql}</pre>
                })}
                <ul>{findings}</ul>
                <p>"Nothing was changed. Everything is still staged."</p>
            </div>
        </div>
    }
}

#[component]
fn Conflict(head: i64, conflicts: Vec<CommitConflict>, more: usize) -> impl IntoView {
    let bench = use_workbench();
    let line = |CommitConflict { words, revision }: CommitConflict| {
        let since = revision.map(|revision| format!(" in revision {revision}")).unwrap_or_default();
        view! {
            <li>
                <strong>{words.title}</strong>": "{words.reason}{since}"."
                <span class="muted">{format!(" Was: {}. Now: {}. Yours: {}.", words.base, words.theirs, words.mine)}</span>
            </li>
        }
    };
    let lines = conflicts.into_iter().map(line).collect_view();
    let more = (more > 0).then(|| view! { <li>{format!("and {more} more")}</li> });
    view! {
        <div class="notice notice-warning">
            <Icon name="git-compare"/>
            <div class="notice-text">
                <p><strong>{format!("Revision {head} was saved meanwhile. Nothing of yours was changed.")}</strong></p>
                <ul>{lines}{more}</ul>
                <button type="button" class="button" on:click=move |_| flow::update(bench)>
                    {format!("Update to revision {head} and keep my changes")}
                </button>
            </div>
        </div>
    }
}

#[component]
fn Done(revision: i64, statements: Vec<String>) -> impl IntoView {
    let count = statements.len();
    let summary = match count {
        0 => "No database is linked: the diagram alone was changed".to_owned(),
        1 => "1 statement ran in the database".to_owned(),
        count => format!("{count} statements ran in the database"),
    };
    let script =
        statements.iter().map(|sql| format!("{};", sql.trim_end_matches(';'))).collect::<Vec<_>>().join("\n\n");
    view! {
        <p class="notice notice-done">
            <Icon name="circle-check"/>
            <span><strong>{format!("Saved as revision {revision}")}</strong>". "{summary}"."</span>
        </p>
        {(count > 0).then(|| view! { <pre class="code" tabindex="0" aria-label="Statements that ran">{script}</pre> })}
    }
}
