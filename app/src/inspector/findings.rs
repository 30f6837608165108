//! What the validation says about one object.

use crate::ui::{Icon, sentence};
use crate::workbench::use_workbench;
use editor::Facet;
use leptos::prelude::*;
use schema::ObjectId;

/// What is wrong with exactly this object; nothing when there are none.
#[component]
pub(super) fn Findings(
    /// The object.
    object: ObjectId,
) -> impl IntoView {
    let bench = use_workbench();
    let found = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| {
            let own = editor.findings().iter().filter(|finding| finding.object == object);
            own.map(|finding| finding.message.clone()).collect::<Vec<_>>()
        })
    });
    move || {
        let all = found.get().into_iter();
        all.map(|message| {
            view! { <p class="notice notice-error small"><Icon name="circle-alert"/><span>{said(&message)}</span></p> }
        })
        .collect::<Vec<_>>()
    }
}

/// A message as a sentence. Names at its beginning are left as they are.
fn said(message: &str) -> String {
    let begins_with_word = ["there ", "the ", "a "].iter().any(|word| message.starts_with(word));
    if begins_with_word { sentence(message) } else { message.to_owned() }
}
