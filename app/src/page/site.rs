//! What all pages but the editor share: the head with the person in it, and a narrow column.

use crate::{
    platform::dom,
    rpc, text,
    ui::{Brand, Icon},
};
use leptos::prelude::*;
use protocol::{CallError, Me};

/// Who sits before the browser, as the page knows it.
#[derive(Clone, Copy)]
pub struct Person(pub Resource<Result<Me, CallError>>);

impl Person {
    /// Asks the server, which has the answer in the page already.
    pub fn ask() -> Self {
        Self(Resource::new_blocking(|| (), |()| rpc::who_am_i()))
    }
}

/// Goes to another page of ours by loading it, so that nothing of who was here before stays in memory.
pub fn go(path: &str) {
    // Fails only for an address that cannot be read, and ours can.
    let _ = dom::window().location().set_href(path);
}

/// A page with the brand and the person at its head.
#[component]
pub fn Site(
    /// Who is here.
    person: Person,
    /// A class of its own.
    #[prop(default = "")]
    class: &'static str,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=format!("home {class}")>
            <header class="site-head">
                <a class="home-brand" href="/"><Brand/>"Crowfoot"</a>
                <AccountMenu person/>
            </header>
            <main>{children()}</main>
        </div>
    }
}

/// Who is here, and the way in or out.
#[component]
pub fn AccountMenu(
    /// Who is here.
    person: Person,
) -> impl IntoView {
    view! {
        <nav class="account-menu" aria-label="Account">
            <Suspense fallback=|| ()>
                {move || Suspend::new(async move {
                    match person.0.await {
                        Ok(Me { account: Some(account), .. }) => view! { <SignedIn name=account.name/> }.into_any(),
                        Ok(me) => view! { <Guest has_work=!me.workspaces.is_empty()/> }.into_any(),
                        // Who the server cannot name is told by the page itself that it does not answer.
                        Err(_) => ().into_any(),
                    }
                })}
            </Suspense>
        </nav>
    }
}

#[component]
fn SignedIn(name: String) -> impl IntoView {
    let sign_out = move |_| {
        leptos::task::spawn_local(async move {
            // Without an answer one is as signed in as before, which the page then shows.
            if rpc::sign_out().await.is_ok() {
                text::forget_all();
            }
            go("/");
        });
    };
    let initial = initial(&name);
    view! {
        <a class="account-link" href="/account">
            <span class="initial" aria-hidden="true">{initial}</span>
            <span class="truncate">{name}</span>
        </a>
        <button type="button" class="button button-ghost" on:click=sign_out>"Sign out"</button>
    }
}

#[component]
fn Guest(has_work: bool) -> impl IntoView {
    view! {
        {has_work.then(|| view! { <span class="muted account-guest">"Guest · sign up to keep your diagrams"</span> })}
        <a class="button button-ghost" href="/sign-in">"Sign in"</a>
        <a class="button" href="/sign-up">"Sign up"</a>
    }
}

/// The letter that stands for a person.
pub fn initial(name: &str) -> String {
    name.chars().next().map(|c| c.to_uppercase().to_string()).unwrap_or_default()
}

/// A card in the middle, for one form.
#[component]
pub fn Card(
    /// Its title, the page's.
    title: &'static str,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! {
        <leptos_meta::Title text=title/>
        <div class="card-page">
            <header><a class="home-brand" href="/"><Brand/>"Crowfoot"</a></header>
            <main class="card">
                <h1>{title}</h1>
                {children()}
            </main>
        </div>
    }
}

/// What is shown instead of what cannot be had.
#[component]
pub fn Unavailable(
    /// In a few words.
    title: &'static str,
    /// What to do.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <div class="home-empty">
            <Icon name="circle-alert"/>
            <p><strong>{title}</strong></p>
            <p class="muted">{text}</p>
            <a class="button" href="/">"All diagrams"</a>
        </div>
    }
}

/// Where to go after signing in: a path of ours, and never another site.
pub fn safe_next(next: Option<&str>) -> String {
    let is_ours = |path: &str| {
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r', '\t']) && path.len() < 500
    };
    next.filter(|path| is_ours(path)).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_no_other_site() {
        for (next, expect) in [
            (None, "/"),
            (Some("/join/abc"), "/join/abc"),
            (Some("https://evil.example"), "/"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("/\t/evil.example"), "/"),
            (Some("javascript:alert(1)"), "/"),
            (Some(""), "/"),
        ] {
            assert_eq!(safe_next(next), expect, "{next:?}");
        }
    }
}
