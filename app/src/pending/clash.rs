//! Staged edits that no longer fit what others have committed: shown until the person gives them up.

use crate::{
    ui::{Icon, focus_if_lost},
    workbench::use_workbench,
};
use edit::Edit;
use editor::{Editor, Facet, Input};
use leptos::prelude::*;
use schema::ObjectId;
use std::collections::BTreeSet;

/// One object whose staged edits do not fit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Clash {
    object: ObjectId,
    name: String,
    reason: String,
}

fn clashes(editor: &Editor) -> Vec<Clash> {
    let clash = |(object, edits): (&ObjectId, &Vec<Edit>)| {
        let name = editor.shown().label(*object).or_else(|| created_name(edits));
        let reason = match (edits.first(), editor.base().label(*object)) {
            (Some(Edit::Create(_)), _) => "it needs something that is gone, or its name is taken",
            (_, None) => "it is not there any more",
            (Some(Edit::Drop(_) | Edit::Alter { .. }) | None, Some(_)) => "others changed it differently",
        };
        Clash { object: *object, name: name.unwrap_or_else(|| "Something".to_owned()), reason: reason.to_owned() }
    };
    editor.clashes().iter().map(clash).collect()
}

fn created_name(edits: &[Edit]) -> Option<String> {
    edits.iter().find_map(|edit| match edit {
        Edit::Create(object) | Edit::Drop(object) => Some(match object {
            edit::Object::Namespace(it) => it.name.to_string(),
            edit::Object::Table(it) => it.name.to_string(),
            edit::Object::Column(_, it) => it.name.to_string(),
            edit::Object::Key(_, it) => it.name.to_string(),
            edit::Object::Check(_, it) => it.name.to_string(),
            edit::Object::Index(_, it) => it.name.to_string(),
            edit::Object::Reference(it) => it.name.to_string(),
        }),
        Edit::Alter { .. } => None,
    })
}

/// What no longer fits, each with the way to give it up.
#[component]
pub(super) fn Clashes() -> impl IntoView {
    let bench = use_workbench();
    let clashes = Memo::new(move |_| bench.read(Facet::Schema, clashes));
    let revision = move || bench.read(Facet::Schema, Editor::base_revision);
    view! {
        <Show when=move || clashes.with(|clashes| !clashes.is_empty())>
            <section class="pending-section" aria-labelledby="pending-clashes">
                <h3 id="pending-clashes">{move || format!("No longer fits revision {}", revision())}</h3>
                <ul>
                    <For each=move || clashes.get() key=Clone::clone let(clash)>
                        <li class="pending-item" data-testid="pending-clash">
                            <div class="pending-line">
                                <Icon name="triangle-alert"/>
                                <span class="pending-title truncate">{clash.name.clone()}</span>
                                <button class="button button-ghost" aria-label=format!("Discard {}", clash.name)
                                    on:click=move |_| {
                                        bench.send(Input::Discard(BTreeSet::from([clash.object])));
                                        focus_if_lost("pending-toggle");
                                    }>
                                    "Discard"
                                </button>
                            </div>
                            <ul class="item-details"><li>{clash.reason.clone()}</li></ul>
                        </li>
                    </For>
                </ul>
            </section>
        </Show>
    }
}
