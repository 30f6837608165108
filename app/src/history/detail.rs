//! One revision: what is known of it, its name, what it is compared with, and the way back to it.

use super::{Other, back_to_now, compared::Compared, look, restore};
use crate::{
    rpc,
    ui::{Icon, TextField, When, focus_soon},
    workbench::{Workbench, use_workbench},
};
use editor::{Announcement, Editor, Facet};
use leptos::{prelude::*, task::spawn_local};
use protocol::RevisionNumber;

/// The revision that is opened.
#[component]
pub(super) fn Detail(number: RevisionNumber) -> impl IntoView {
    let bench = use_workbench();
    let history = bench.history;
    let facts = move || {
        let revision = history.summary(number)?;
        let message =
            (!revision.message.is_empty()).then(|| view! { <p class="history-said">{revision.message.clone()}</p> });
        Some(view! {
            {message}
            <p class="muted small">
                {revision.author.label().to_owned()} ", " <When at=revision.at now=history.now/> " · "
                {revision.changes.in_words()}
            </p>
        })
    };
    let title = match number {
        0 => "The beginning".to_owned(),
        number => format!("Revision {number}"),
    };
    let is_compared = move || history.other.get() != Other::Nothing;
    view! {
        <div class="inspector-body">
            <section class="panel-section" aria-labelledby="history-revision">
                <button type="button" class="button button-ghost history-back" id="history-back"
                    on:click=move |_| back_to_now(bench)>
                    <Icon name="list"/>
                    "All revisions"
                </button>
                <h3 id="history-revision" class="history-heading">{title}</h3>
                {facts}
                {(number > 0).then(|| view! { <NameField number/> })}
            </section>
            <section class="panel-section">
                <CompareWith number/>
                <Show when=is_compared>
                    <Compared/>
                </Show>
            </section>
        </div>
        <footer class="inspector-foot">
            <span class="muted small">"Restoring makes a new revision"</span>
            <button type="button" class="button button-primary" on:click=move |_| restore(bench)>"Restore…"</button>
        </footer>
    }
}

/// What people call the revision. Emptying the field takes the name away.
#[component]
fn NameField(number: RevisionNumber) -> impl IntoView {
    let bench = use_workbench();
    let history = bench.history;
    let value = Signal::derive(move || history.summary(number).and_then(|it| it.name).unwrap_or_default());
    let settle = Callback::new(move |text: String| name(bench, number, text.trim().to_owned()));
    view! { <TextField id="history-name" label="Name" value check=check_name on_commit=settle placeholder="Name this version"/> }
}

fn check_name(text: &str) -> Option<String> {
    (text.trim().chars().count() > 100).then(|| "A name has at most 100 characters".to_owned())
}

fn name(bench: Workbench, number: RevisionNumber, text: String) {
    let name = (!text.is_empty()).then_some(text);
    let rename = move |name: Option<String>| {
        bench.history.revisions.update(|all| {
            if let Some(revision) = all.iter_mut().find(|revision| revision.number == number) {
                revision.name = name;
            }
        });
    };
    let before = bench.history.revisions.with_untracked(|all| {
        all.iter().find(|revision| revision.number == number).and_then(|revision| revision.name.clone())
    });
    rename(name.clone());
    spawn_local(async move {
        let said = match rpc::name_revision(bench.diagram, number, name.clone()).await {
            Ok(()) => Announcement::note(match name {
                Some(name) => format!("Revision {number} is called {name}"),
                None => format!("Revision {number} has no name any more"),
            }),
            Err(error) => {
                if bench.is_alive() {
                    rename(before);
                }
                Announcement::failure(format!("The version keeps its name: {error}"))
            }
        };
        if bench.is_alive() {
            bench.announce(said);
        }
    });
}

/// Chooses what the revision is compared with.
#[component]
fn CompareWith(number: RevisionNumber) -> impl IntoView {
    let bench = use_workbench();
    let history = bench.history;
    let head = Memo::new(move |_| bench.read(Facet::Schema, Editor::base_revision));
    let staged = Memo::new(move |_| bench.read(Facet::Schema, |editor| editor.pending().len()));
    let options = move || {
        let head = head.get();
        let mut options = vec![(Other::Nothing, "Nothing, show it as it was".to_owned())];
        if head != number {
            options.push((Other::Revision(head), format!("Now (revision {head})")));
        }
        if staged.get() > 0 {
            options.push((Other::Staged, "What is staged".to_owned()));
        }
        if number > 0 && number - 1 != head {
            options.push((Other::Revision(number - 1), "The state before it".to_owned()));
        }
        history.revisions.with(|all| {
            let others = all.iter().filter(|other| ![number, number - 1, head].contains(&other.number));
            options.extend(
                others.map(|other| (Other::Revision(other.number), words(other.number, other.name.as_deref()))),
            );
        });
        options
    };
    let changed = move |event: web_sys::Event| {
        let value = event_target_value(&event);
        if let Some((other, _)) = untrack(options).into_iter().find(|(other, _)| key(*other) == value) {
            look(bench, other);
            focus_soon(vec!["#history-compare".to_owned()]);
        }
    };
    let choices = move || {
        let choice = |(other, words)| {
            view! { <option value=key(other) prop:selected=move || history.other.get() == other>{words}</option> }
        };
        options().into_iter().map(choice).collect_view()
    };
    view! {
        <div class="field">
            <label for="history-compare">"Compare with"</label>
            <select id="history-compare" class="select" on:change=changed>{choices}</select>
        </div>
    }
}

fn words(number: RevisionNumber, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{name} (revision {number})"),
        None => format!("Revision {number}"),
    }
}

/// A choice as the value of its option.
fn key(other: Other) -> String {
    match other {
        Other::Nothing => String::new(),
        Other::Staged => "staged".to_owned(),
        Other::Revision(number) => number.to_string(),
    }
}
