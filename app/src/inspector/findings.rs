//! What the validation says about one object.

use crate::ui::Icon;
use crate::workbench::use_workbench;
use editor::Facet;
use leptos::prelude::*;
use schema::{ObjectId, Severity};

/// Errors and warnings about exactly this object; nothing when there are none.
#[component]
pub(super) fn Findings(
    /// The object.
    object: ObjectId,
) -> impl IntoView {
    let bench = use_workbench();
    let found = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| {
            let own = editor.findings().iter().filter(|finding| finding.object == object);
            own.map(|finding| (finding.severity, finding.message.clone())).collect::<Vec<_>>()
        })
    });
    move || {
        let all = found.get().into_iter();
        all.map(|(severity, message)| {
            let (class, icon) = match severity {
                Severity::Error => ("notice notice-error", "circle-alert"),
                Severity::Warning => ("notice notice-warning", "triangle-alert"),
            };
            view! { <p class=format!("{class} small")><Icon name=icon/><span>{sentence(&message)}</span></p> }
        })
        .collect::<Vec<_>>()
    }
}

/// A message as a sentence. Names at its beginning are left as they are.
fn sentence(message: &str) -> String {
    match message.split_once(' ') {
        Some((first, rest))
            if first.chars().all(|c| c.is_ascii_lowercase()) && ["there", "the", "a"].contains(&first) =>
        {
            let mut chars = first.chars();
            let head: String = chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default();
            format!("{head} {rest}")
        }
        Some(_) | None => message.to_owned(),
    }
}
