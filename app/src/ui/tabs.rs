//! Tabs, as the ARIA practices have them: one stop, arrows move between them.

use crate::ui::focus_soon;
use leptos::prelude::*;

/// A tab.
#[derive(Clone, Copy)]
pub struct Tab {
    /// Its name.
    pub label: &'static str,
    /// How many things are behind it, where that is worth knowing.
    pub count: Option<Signal<usize>>,
}

/// A row of tabs. What the chosen one shows stands in an element with role `tabpanel`, the id `{id}-panel` and
/// `aria-labelledby` from [`tab_id`].
#[component]
pub fn TabList(
    /// Unique on the page.
    id: &'static str,
    /// What the tabs are about.
    label: &'static str,
    /// The tabs.
    tabs: Vec<Tab>,
    /// Which is chosen.
    chosen: RwSignal<usize>,
) -> impl IntoView {
    let count = tabs.len();
    let choose = move |tab: usize| {
        chosen.set(tab);
        focus_soon(vec![format!("#{}", tab_id(id, tab))]);
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        let now = chosen.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1) % count,
            "ArrowLeft" => (now + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        choose(next);
    };
    let buttons: Vec<_> = tabs
        .into_iter()
        .enumerate()
        .map(|(at, tab)| {
            view! {
                <button
                    type="button"
                    role="tab"
                    class="tab"
                    id=tab_id(id, at)
                    aria-controls=format!("{id}-panel")
                    aria-selected=move || (chosen.get() == at).to_string()
                    tabindex=move || if chosen.get() == at { "0" } else { "-1" }
                    on:click=move |_| chosen.set(at)
                >
                    {tab.label}
                    {tab.count.map(|count| view! { <span class="tab-count">{move || count.get()}</span> })}
                </button>
            }
        })
        .collect();
    view! { <div class="tabs" role="tablist" aria-label=label on:keydown=pressed>{buttons}</div> }
}

/// The id of a tab.
pub fn tab_id(id: &str, tab: usize) -> String {
    format!("{id}-tab-{tab}")
}
