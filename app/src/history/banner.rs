//! What lies over the canvas while an earlier state is looked at: that it is one, and the way back.

use super::{Other, back_to_now};
use crate::{
    ui::{Icon, When},
    workbench::use_workbench,
};
use editor::{Editor, Facet};
use leptos::prelude::*;

/// Says which state is seen, and leads back to now.
#[component]
pub fn HistoryBanner() -> impl IntoView {
    let bench = use_workbench();
    let history = bench.history;
    let title = move || match history.opened.get() {
        None | Some(0) => "The beginning".to_owned(),
        Some(number) => format!("Revision {number}"),
    };
    let saved = move || {
        let summary = history.summary(history.opened.get()?)?;
        let author = summary.author.label().to_lowercase();
        Some(view! { ", saved " <When at=summary.at now=history.now/> " by " {author} })
    };
    let head = move || bench.read(Facet::Schema, Editor::base_revision);
    let compared = move || match history.other.get() {
        Other::Nothing => "Read only".to_owned(),
        Other::Staged => "Compared with what is staged".to_owned(),
        Other::Revision(other) if other == head() => format!("Compared with now (revision {other})"),
        Other::Revision(0) => "Compared with the beginning".to_owned(),
        Other::Revision(other) => format!("Compared with revision {other}"),
    };
    view! {
        <div class="history-banner" role="region" aria-label="Looking back" data-testid="history-banner">
            <Icon name="history"/>
            <p>
                <strong>{title}</strong>
                <span>{saved}</span>
                <span class="muted history-compared">{compared}</span>
            </p>
            <button type="button" class="button button-primary" on:click=move |_| back_to_now(bench)>"Back to now"</button>
        </div>
    }
}
