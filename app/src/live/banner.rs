//! What a page says whose diagram is not to be had any more. What is staged here can still be taken along.

use super::{Ending, Link};
use crate::{ui::Icon, workbench::use_workbench};
use editor::{Command, Facet};
use leptos::prelude::*;

/// The notice over the canvas of a diagram that has ended.
#[component]
pub fn Ended() -> impl IntoView {
    let bench = use_workbench();
    let ending = move || match bench.link.get() {
        Link::Ended(ending) => Some(ending),
        Link::Up | Link::Away => None,
    };
    let count = move || bench.read(Facet::Schema, |editor| editor.pending().len() + editor.conflicts().len());
    let staged = move || match count() {
        0 => "You can look at it and export it.".to_owned(),
        1 => "Your staged change stays here; you can export it with the rest.".to_owned(),
        count => format!("Your {count} staged changes stay here; you can export them with the rest."),
    };
    let ways = move |ending| match ending {
        Ending::SignedOut => view! {
            <button class="button button-primary" on:click=move |_| bench.is_signed_out.set(true)>"Sign in…"</button>
        }
        .into_any(),
        Ending::Deleted | Ending::Revoked | Ending::Missing => view! {
            <button class="button" on:click=move |_| bench.command(Command::Export)>"Export…"</button>
            <a class="button" href="" rel="external">"Try again"</a>
        }
        .into_any(),
    };
    view! {
        // There from the beginning: a live region that comes with its words is not always heard.
        <div role="alert">
            {move || ending().map(|ending| {
                let (title, rest) = words(ending);
                view! {
                    <div class="ended" data-testid="ended">
                        <Icon name="circle-alert"/>
                        <div class="ended-words">
                            <p><strong>{title}</strong></p>
                            <p>{rest}" "{staged}</p>
                        </div>
                        <div class="ended-actions">
                            {ways(ending)}
                            <a class="button" href="/" rel="external">"All diagrams"</a>
                        </div>
                    </div>
                }
            })}
        </div>
    }
}

fn words(ending: Ending) -> (&'static str, &'static str) {
    match ending {
        Ending::Deleted => ("This diagram was deleted", "It can be brought back for a quarter of an hour."),
        Ending::Revoked => ("You no longer have access to this diagram", "Nothing can be changed here any more."),
        Ending::SignedOut => ("Your session has ended", "Sign in to go on."),
        Ending::Missing => {
            ("This diagram is no longer there, or no longer yours", "Nothing can be changed here any more.")
        }
    }
}
