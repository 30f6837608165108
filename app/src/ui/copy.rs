//! Text to take away by the clipboard.

use crate::{platform::share, ui::Icon};
use leptos::prelude::*;
use std::time::Duration;

/// How long a button says that it has copied.
const STAY: Duration = Duration::from_secs(2);

/// A button that copies text. What came of it is said beside the button: a message at the foot of the page would lie
/// behind a dialog, where nobody sees or hears it.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// The name of a button that shows only its icon; one in words says "Copy".
    #[prop(optional)]
    icon_label: Option<&'static str>,
    /// What else can be done where the browser refuses.
    otherwise: &'static str,
) -> impl IntoView {
    // Whether the text was copied, for a while; that it was refused stays.
    let outcome = RwSignal::new(None::<bool>);
    let copy = move |_| {
        leptos::task::spawn_local(async move {
            let Some(text) = text.try_get_untracked() else { return };
            let is_copied = share::copy(&text).await;
            outcome.try_set(Some(is_copied));
            if is_copied {
                set_timeout(
                    move || {
                        outcome.try_set(None);
                    },
                    STAY,
                );
            }
        });
    };
    let is_copied = move || outcome.get() == Some(true);
    let is_refused = move || outcome.get() == Some(false);
    let said = move || match outcome.get() {
        None => String::new(),
        Some(true) => "Copied".to_owned(),
        Some(false) => format!("The browser does not allow copying here; {otherwise}"),
    };
    let icon = move || view! { <Icon name=if is_copied() { "check" } else { "copy" }/> };
    let words = move || icon_label.is_none().then(|| if is_copied() { "Copied" } else { "Copy" });
    view! {
        <span class="field-error" class:visually-hidden=move || !is_refused() aria-live="polite">{said}</span>
        <button
            type="button"
            class=if icon_label.is_some() { "icon-button code-copy" } else { "button" }
            aria-label=icon_label
            title=icon_label
            on:click=copy
        >
            {icon}
            {words}
        </button>
    }
}
