//! What just happened: said to those who listen, and shown for a moment to those who look. A failure stays until it is
//! dismissed.

use crate::{
    ui::{Icon, focus_if_lost},
    workbench::use_workbench,
};
use editor::{Announcement, Command};
use leptos::prelude::*;
use std::time::Duration;

/// How long a message stays, unless pointer or focus is on it.
const STAY: Duration = Duration::from_secs(6);
/// How many failures are shown at once; the oldest gives way.
const MOST_FAILURES: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Toast {
    number: u64,
    said: Announcement,
}

/// The live regions and the messages at the foot of the page.
#[component]
pub fn Toasts() -> impl IntoView {
    let bench = use_workbench();
    let toasts = RwSignal::new(Vec::<Toast>::new());
    let is_held = RwSignal::new(false);
    let failure = RwSignal::new((0, String::new()));
    Effect::new(move || {
        let Some((number, said)) = bench.announcement.get() else { return };
        if said.is_failure {
            failure.set((number, said.text.clone()));
        }
        toasts.update(|toasts| push(toasts, Toast { number, said }));
        leave_later(toasts, is_held, number);
    });
    let dismiss = move |number: u64| {
        toasts.update(|toasts| toasts.retain(|toast| toast.number != number));
        focus_if_lost("canvas");
    };
    view! {
        <p class="visually-hidden" role="status"><Said said=bench.spoken/></p>
        <p class="visually-hidden" role="alert"><Said said=failure/></p>
        <section aria-label="Messages">
            <ol
                class="toasts"
                on:pointerenter=move |_| is_held.set(true)
                on:pointerleave=move |_| is_held.set(false)
                on:focusin=move |_| is_held.set(true)
                on:focusout=move |_| is_held.set(false)
            >
                <For each=move || toasts.get() key=|toast| toast.number let(toast)>
                    <li class="toast" class:toast-failure=toast.said.is_failure>
                        {toast.said.is_failure.then(|| view! { <Icon name="circle-alert"/> })}
                        <span class="toast-text">{toast.said.text.clone()}</span>
                        {toast.said.offers_undo.then(|| view! {
                            <button class="button-link" on:click=move |_| {
                                dismiss(toast.number);
                                bench.command(Command::Undo);
                            }>"Undo"</button>
                        })}
                        <button class="icon-button" aria-label="Dismiss" on:click=move |_| dismiss(toast.number)>
                            <Icon name="x"/>
                        </button>
                    </li>
                </For>
            </ol>
        </section>
    }
}

/// The words of a live region. Each message is an element of its own: the same words in the same element would not be
/// heard a second time.
#[component]
fn Said(said: RwSignal<(u64, String)>) -> impl IntoView {
    view! { <For each=move || [said.get()] key=|(number, _)| *number let((_, text))><span>{text}</span></For> }
}

/// One message at a time, besides failures.
fn push(toasts: &mut Vec<Toast>, toast: Toast) {
    toasts.retain(|other| other.said.is_failure && other.said.text != toast.said.text);
    while toasts.len() >= MOST_FAILURES {
        toasts.remove(0);
    }
    toasts.push(toast);
}

fn leave_later(toasts: RwSignal<Vec<Toast>>, is_held: RwSignal<bool>, number: u64) {
    set_timeout(
        move || {
            if is_held.try_get_untracked() == Some(true) {
                return leave_later(toasts, is_held, number);
            }
            toasts.try_update(|toasts| toasts.retain(|toast| toast.number != number || toast.said.is_failure));
        },
        STAY,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(said: &[Announcement]) -> Vec<String> {
        let mut toasts = Vec::new();
        for (number, said) in (0..).zip(said) {
            push(&mut toasts, Toast { number, said: said.clone() });
        }
        toasts.into_iter().map(|toast| toast.said.text).collect()
    }

    #[test]
    fn only_failures_stay_beside_the_last_message() {
        let check = |said: &[Announcement], expect: &[&str]| assert_eq!(after(said), expect);
        check(&[Announcement::note("a"), Announcement::done("b")], &["b"]);
        check(&[Announcement::failure("a"), Announcement::note("b"), Announcement::note("c")], &["a", "c"]);
        check(&[Announcement::failure("a"), Announcement::failure("a")], &["a"]);
        check(&["a", "b", "c", "d"].map(Announcement::failure), &["b", "c", "d"]);
    }
}
