//! Tabs, as the ARIA practices have them: one stop, arrows move between them.

use crate::ui::{Icon, focus_soon};
use leptos::prelude::*;

/// A tab.
#[derive(Clone, Copy)]
pub struct Tab {
    /// Its name.
    label: &'static str,
    /// Stands for the name, where there is little room.
    icon: Option<&'static str>,
    /// How many things are behind it, where that is worth knowing.
    count: Option<Signal<usize>>,
}

impl Tab {
    /// A tab with nothing but its name.
    pub fn plain(label: &'static str) -> Self {
        Self { label, icon: None, count: None }
    }

    /// A tab that says how many things are behind it.
    pub fn counted(label: &'static str, count: impl Into<Signal<usize>>) -> Self {
        Self { label, icon: None, count: Some(count.into()) }
    }

    /// The same with a glyph; the name is a tooltip, and is heard.
    pub fn with_icon(label: &'static str, icon: &'static str, count: impl Into<Signal<usize>>) -> Self {
        Self { label, icon: Some(icon), count: Some(count.into()) }
    }
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
                    title=tab.icon.map(|_| tab.label)
                    tabindex=move || if chosen.get() == at { "0" } else { "-1" }
                    on:click=move |_| chosen.set(at)
                >
                    {match tab.icon {
                        Some(name) => view! {
                            <Icon name/>
                            <span class="visually-hidden">{tab.label}</span>
                        }
                        .into_any(),
                        None => tab.label.into_any(),
                    }}
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
