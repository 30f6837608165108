//! What staged edits and what others committed disagree about: both are shown, and the person decides, now or later.

use crate::{
    ui::{Icon, focus_soon},
    workbench::{Workbench, use_workbench},
};
use edit::{ConflictKind, ConflictWords};
use editor::{Announcement, Decision, Editor, Facet, Input};
use leptos::{html, prelude::*};
use schema::Name;

/// How a conflict can be decided, in the words of its buttons.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Ways {
    theirs: &'static str,
    mine: Option<&'static str>,
    /// A free name, where the conflict is about one.
    name: Option<String>,
}

/// One conflict as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Card {
    words: ConflictWords,
    ways: Ways,
}

fn cards(editor: &Editor) -> Vec<Card> {
    let card = |conflict| Card { words: editor.conflict_words(conflict), ways: ways(editor, conflict) };
    editor.conflicts().iter().map(card).collect()
}

fn ways(editor: &Editor, conflict: &edit::Conflict) -> Ways {
    let (theirs, mine) = match &conflict.kind {
        ConflictKind::Changed { .. } | ConflictKind::Exists => ("Keep saved", "Use mine"),
        ConflictKind::Deleted => ("Let it go", "Restore with mine"),
        ConflictKind::Kept(_) => ("Keep it", "Delete anyway"),
        ConflictKind::NameTaken { .. } => ("Drop mine", "Rename mine"),
        ConflictKind::Invalid(_) => ("Drop mine", "Stage mine to fix"),
        ConflictKind::Free => ("Drop mine", "Stage mine"),
    };
    let name = editor.free_name(conflict).map(|name| name.to_string());
    Ways { theirs, mine: editor.can_take_mine(conflict).then_some(mine), name }
}

/// What has to be decided, each with the ways to do so. What is not decided stays here, and the rest can be committed.
#[component]
pub(super) fn Conflicts() -> impl IntoView {
    let bench = use_workbench();
    let cards = Memo::new(move |_| bench.read(Facet::Schema, cards));
    let heading = move || match cards.with(Vec::len) {
        1 => "1 conflict".to_owned(),
        count => format!("{count} conflicts"),
    };
    view! {
        <Show when=move || cards.with(|cards| !cards.is_empty())>
            <section class="pending-section" aria-labelledby="pending-conflicts">
                <h3 id="pending-conflicts" class="conflict-heading"><Icon name="triangle-alert"/>{heading}</h3>
                <p class="conflict-hint muted small">
                    "Decide now or later. Everything below can be committed meanwhile."
                </p>
                <ul>
                    <For each=move || cards.get() key=Clone::clone let(card)>
                        <ConflictView card/>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn ConflictView(card: Card) -> impl IntoView {
    let bench = use_workbench();
    let revision = move || bench.read(Facet::Schema, Editor::base_revision);
    let Card { words, ways } = card;
    let ConflictWords { title, reason, base, theirs, mine, waiting, .. } = words.clone();
    let words = StoredValue::new(words);
    let decide = move |decision: Decision| words.with_value(|words| send(bench, words, decision));
    let input = NodeRef::<html::Input>::new();
    let problem = RwSignal::new(None::<String>);
    let is_about_name = ways.name.is_some();
    let rename = move || match Name::parse(input.get().map(|input| input.value()).unwrap_or_default().trim()) {
        Ok(name) => decide(Decision::MineAs(name)),
        Err(error) => problem.set(Some(error.to_string())),
    };
    let take_mine = move |_| if is_about_name { rename() } else { decide(Decision::Mine) };
    let id = format!("conflict-{}", crate::ui::dom_key(words.with_value(|words| words.object)));
    let label = format!("Conflict: {title}. {reason}");
    let name_field = ways.name.clone().map(|name| {
        let id = format!("{id}-name");
        view! {
            <div class="conflict-name">
                <label for=id.clone()>"New name"</label>
                <input id=id class="input" node_ref=input value=name autocomplete="off" spellcheck="false"
                    aria-invalid=move || problem.with(Option::is_some).to_string()
                    on:keydown=move |event| {
                        if event.key() == "Enter" && !event.is_composing() {
                            event.prevent_default();
                            rename();
                        }
                    }/>
                {move || problem.get().map(|text| view! { <super::item::Finding text/> })}
            </div>
        }
    });
    let row = |class: &'static str, term: AnyView, text: String| {
        (!text.is_empty()).then(|| view! { <div class=class><dt>{term}</dt><dd>{text}</dd></div> })
    };
    let followers = (!waiting.is_empty()).then(|| {
        let names = waiting.join(", ");
        view! { <p class="conflict-waiting muted small">{format!("Waits for your decision: {names}")}</p> }
    });
    view! {
        <li class="conflict" data-testid="conflict" role="group" aria-label=label>
            <p class="conflict-title truncate">{title.clone()}</p>
            <p class="conflict-reason">{reason}"."</p>
            <dl class="conflict-sides">
                {row("conflict-base", "Was".into_any(), base)}
                {row("conflict-theirs", (move || format!("Revision {}", revision())).into_any(), theirs)}
                {row("conflict-mine", "Yours".into_any(), mine)}
            </dl>
            {followers}
            {name_field}
            <div class="conflict-ways">
                <button type="button" class="button" aria-label=format!("{}: {title}", ways.theirs)
                    on:click=move |_| decide(Decision::Theirs)>{ways.theirs}</button>
                {ways.mine.map(|mine| view! {
                    <button type="button" class="button" aria-label=format!("{mine}: {title}")
                        on:click=take_mine>{mine}</button>
                })}
            </div>
        </li>
    }
}

/// Decides the conflict as it was read, and leads on to the next.
fn send(bench: Workbench, words: &ConflictWords, decision: Decision) {
    let shown = bench.peek(|editor| {
        let mut conflicts = editor.conflicts().iter();
        conflicts.find(|it| editor.conflict_words(it) == *words).cloned()
    });
    let Some(conflict) = shown else {
        return bench.announce(Announcement::failure("This has changed meanwhile. Look at it again before you decide"));
    };
    bench.send(Input::Resolve(Box::new(conflict), decision));
    focus_soon(vec![".conflict-ways button".to_owned(), "#pending-toggle".to_owned()]);
}
