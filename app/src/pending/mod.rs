//! Everything staged and not yet committed, across all tables: what it is, what it does, and the way to discard it.

mod conflict;
mod item;
mod list;

pub use item::Sql;
pub use list::PendingList;

use crate::{
    later::{Later, Part},
    review::Phase,
    topbar::HistoryButtons,
    ui::{Icon, focus_if_lost},
    workbench::{Workbench, use_workbench},
};
use ddl::Step;
use editor::{Command, Facet, Input};
use leptos::prelude::*;
use schema::ObjectId;

/// The panel of pending changes. It can be folded to its head.
#[component]
pub fn Pending() -> impl IntoView {
    let bench = use_workbench();
    let is_open = RwSignal::new(true);
    let count = Memo::new(move |_| bench.read(Facet::Schema, |editor| editor.pending().len()));
    let has_any = move || count.get() > 0;
    let n_conflicts = Memo::new(move |_| bench.read(Facet::Schema, |editor| editor.conflicts().len()));
    let has_content = move || has_any() || n_conflicts.get() > 0;
    let has_actions = Memo::new(move |_| {
        let commands = [Command::DiscardAll, Command::Undo, Command::Redo];
        bench.read(Facet::Schema, |editor| commands.into_iter().any(|command| editor.can(command)))
    });
    give_way(bench, is_open);
    // Undo by key may take away the very item that has the focus. Keys without a modifier may lead out of the page.
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() {
            focus_if_lost("pending-toggle");
        }
    };
    view! {
        <section
            class="pending"
            id="pending"
            aria-labelledby="pending-title"
            // Who only looks has nothing pending, unless they could edit before.
            hidden=move || !bench.may_edit.get() && !has_content()
            on:keydown=pressed
        >
            <h2 id="pending-title">
                <button
                    id="pending-toggle"
                    class="pending-head"
                    aria-expanded=move || is_open.get().to_string()
                    aria-controls="pending-body"
                    on:click=move |_| is_open.update(|open| *open = !*open)
                >
                    <Icon name="diff"/>
                    <span class="pending-name">"Pending changes"</span>
                    <span class="badge" class:badge-accent=has_any>{count}</span>
                    <Icon name="chevron-down"/>
                </button>
            </h2>
            <div id="pending-body" class="pending-body" hidden=move || !is_open.get()>
                <Show when=has_content fallback=Nothing>
                    <Later part=Part::Pending/>
                </Show>
            </div>
            <Show when=move || is_open.get() && has_actions.get()>
                <Actions bench/>
            </Show>
        </section>
    }
}

/// The panel folds while an editor is open beside it, so as not to lie over what is edited, and opens again afterwards.
/// The editor says itself how much is staged.
fn give_way(bench: Workbench, is_open: RwSignal<bool>) {
    let is_editing = Memo::new(move |_| bench.read(Facet::Panel, |editor| editor.panel().is_some()));
    Effect::new(move |folded: Option<bool>| {
        let (is_editing, was_folded) = (is_editing.get(), folded.unwrap_or(false));
        if is_editing && is_open.get_untracked() {
            is_open.set(false);
            return true;
        }
        if !is_editing && was_folded {
            is_open.set(true);
        }
        is_editing && was_folded
    });
    // What went wrong is told in the list.
    let has_news = Memo::new(move |_| {
        let has_conflicts = bench.read(Facet::Schema, |editor| !editor.conflicts().is_empty());
        has_conflicts || bench.commit.with(Phase::is_over)
    });
    Effect::new(move || {
        if has_news.get() {
            is_open.set(true);
        }
    });
}

/// What belongs here, and how to put it there.
#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="pending-nothing">
            <p><strong>"Nothing is pending"</strong></p>
            <p class="muted">
                "Every change is staged here first, and nothing touches the database until you save. Press "
                <kbd>"T"</kbd>" for a new table or "<kbd>"R"</kbd>" for a reference."
            </p>
        </div>
    }
}

/// Undo, redo and discard all.
#[component]
fn Actions(bench: Workbench) -> impl IntoView {
    let can = move |command| bench.read(Facet::Schema, |editor| editor.can(command));
    let cannot = move |command| move || (!can(command)).to_string();
    let is_asking = RwSignal::new(false);
    let discard = move |_| {
        is_asking.set(false);
        bench.send(Input::DiscardAll);
        focus_if_lost("pending-toggle");
    };
    let ask = move |is_wanted: bool| {
        is_asking.set(is_wanted);
        focus_if_lost("pending-toggle");
    };
    view! {
        <footer class="pending-foot">
            <Show
                when=move || is_asking.get() && can(Command::DiscardAll)
                fallback=move || view! {
                    <div class="pending-history"><HistoryButtons/></div>
                    <button class="button button-ghost button-danger" aria-disabled=cannot(Command::DiscardAll)
                        on:click=move |_| ask(can(Command::DiscardAll))>
                        "Discard all…"
                    </button>
                    <button class="button button-primary" aria-disabled=cannot(Command::Save)
                        on:click=move |_| bench.command(Command::Save)>
                        "Review…"
                    </button>
                }
            >
                <span class="pending-question">"Discard everything staged?"</span>
                <button class="button" on:click=move |_| ask(false)>"Keep"</button>
                <button class="button button-danger" on:click=discard>"Discard all"</button>
            </Show>
        </footer>
    }
}

/// Whether something said about one object concerns the item of another: the item of a table speaks for all of it.
pub fn belongs_to(about: ObjectId, item: ObjectId) -> bool {
    about == item || matches!(item, ObjectId::Table(table) if about.table() == Some(table))
}

/// Statements as a script.
pub fn script<'a>(steps: impl Iterator<Item = &'a Step>) -> String {
    steps.map(|step| format!("{};", step.sql)).collect::<Vec<_>>().join("\n\n")
}
