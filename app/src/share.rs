//! Links by which anyone may look at the diagram.

use crate::{
    platform::dom,
    rpc,
    ui::{CopyButton, Icon, Modal, focus_soon, sentence, text_of},
    workbench::{Overlay, use_workbench},
};
use leptos::{html, prelude::*, task::spawn_local};
use protocol::{CallError, MadeShareLink, NewShareLink, ShareLink};

/// For how long a link can be made to work, in days.
const TIMES: [(&str, Option<u16>); 5] = [
    ("in 1 day", Some(1)),
    ("in 7 days", Some(7)),
    ("in 30 days", Some(30)),
    ("in 1 year", Some(365)),
    ("never", None),
];
/// The one that is offered.
const USUAL: usize = 2;

/// The share dialog; shown while the workbench's overlay is the share.
#[component]
pub fn ShareDialog() -> impl IntoView {
    let bench = use_workbench();
    let is_open = Memo::new(move |_| bench.overlay.with(|overlay| *overlay == Some(Overlay::Share)));
    let closed = Callback::new(move |()| bench.overlay.set(None));
    move || is_open.get().then(|| view! { <Modal title="Share" class="share" on_close=closed><Body/></Modal> })
}

/// What the dialog knows.
#[derive(Clone, Copy)]
struct Sharing {
    /// None until they have come.
    links: RwSignal<Option<Result<Vec<ShareLink>, CallError>>>,
    /// The link that was made last; only here can it be told.
    made: RwSignal<Option<MadeShareLink>>,
    /// What went wrong last.
    problem: RwSignal<Option<String>>,
}

#[component]
fn Body() -> impl IntoView {
    let bench = use_workbench();
    let sharing = Sharing { links: RwSignal::new(None), made: RwSignal::new(None), problem: RwSignal::new(None) };
    spawn_local(async move {
        let links = rpc::share_links(bench.diagram).await;
        sharing.links.try_set(Some(links));
    });
    let list = move || {
        sharing.links.get().map(|links| match links {
            Ok(links) if links.is_empty() => view! { <p class="muted small">"No link leads here yet."</p> }.into_any(),
            Ok(links) => {
                let rows: Vec<_> = links.into_iter().map(|link| view! { <Link sharing=sharing link=link/> }).collect();
                view! { <ul class="share-list">{rows}</ul> }.into_any()
            }
            // The command is there for everybody.
            Err(CallError::NotFound) => {
                let words = "Links are made and ended by the owner and the admins of the workspace.";
                view! { <p class="field-error"><Icon name="circle-alert"/>{words}</p> }.into_any()
            }
            Err(error) => {
                view! { <p class="field-error"><Icon name="circle-alert"/>{sentence(&error.to_string())}</p> }
                    .into_any()
            }
        })
    };
    view! {
        <div class="dialog-body">
            <p class="muted">
                "Whoever has a link can look at what is committed, without an account. They cannot change anything, and do not see what you have staged."
            </p>
            <New sharing=sharing/>
            <div role="alert">
                {move || sharing.problem.get().map(|text| view! { <p class="field-error"><Icon name="circle-alert"/>{text}</p> })}
            </div>
            {move || sharing.made.get().map(|made| view! { <Fresh made=made/> })}
            <section aria-labelledby="share-list">
                <h3 id="share-list">"Links"</h3>
                {list}
            </section>
        </div>
    }
}

/// What a new link allows, and the button that makes it.
#[component]
fn New(sharing: Sharing) -> impl IntoView {
    let bench = use_workbench();
    let time = NodeRef::<html::Select>::new();
    let may_export = NodeRef::<html::Input>::new();
    let origins = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    let is_making = RwSignal::new(false);
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_making.get_untracked() {
            return;
        }
        let days = time.get_untracked().and_then(|it| it.value().parse().ok()).and_then(|it: usize| TIMES.get(it));
        let sites = text_of(origins);
        let secret = text_of(password);
        let new = NewShareLink {
            days: days.and_then(|(_, days)| *days),
            may_export: may_export.get_untracked().is_some_and(|it| it.checked()),
            embed_origins: sites.split([' ', ',']).filter(|it| !it.is_empty()).map(str::to_owned).collect(),
            password: (!secret.is_empty()).then_some(secret),
        };
        is_making.set(true);
        sharing.problem.set(None);
        spawn_local(async move {
            match rpc::make_share_link(bench.diagram, new).await {
                Ok(made) => {
                    sharing.links.try_update(|links| {
                        if let Some(Ok(links)) = links {
                            links.insert(0, made.link.clone());
                        }
                    });
                    sharing.made.try_set(Some(made));
                    if let Some(field) = password.get_untracked() {
                        field.set_value("");
                    }
                    focus_soon(vec!["#share-address".to_owned()]);
                }
                Err(error) => {
                    sharing.problem.try_set(Some(format!("No link was made: {error}")));
                }
            }
            is_making.try_set(false);
        });
    };
    let times: Vec<_> = TIMES
        .iter()
        .enumerate()
        .map(|(at, (words, _))| view! { <option value=at.to_string() selected=at == USUAL>{*words}</option> })
        .collect();
    view! {
        <form class="share-new" on:submit=make>
            <div class="field">
                <label for="share-time">"Ends"</label>
                <select class="input" id="share-time" node_ref=time>{times}</select>
            </div>
            <label class="check">
                <input type="checkbox" node_ref=may_export checked/>
                "Visitors may download SQL, DBML and SVG"
            </label>
            <details class="share-more">
                <summary>"Ask for a password"</summary>
                <div class="field">
                    <label for="share-password">"Password"</label>
                    <input class="input" id="share-password" type="password" autocomplete="new-password" maxlength="128"
                        aria-describedby="share-password-hint" node_ref=password/>
                    <p class="field-hint" id="share-password-hint">
                        "At least 8 characters. Tell it apart from the link; it cannot be shown again."
                    </p>
                </div>
            </details>
            <details class="share-more">
                <summary>"Show it on another site"</summary>
                <div class="field">
                    <label for="share-origins">"Addresses of the sites that may"</label>
                    <input class="input" id="share-origins" type="text" autocomplete="off" spellcheck="false"
                        placeholder="https://wiki.example" node_ref=origins/>
                </div>
            </details>
            <button type="submit" class="button button-primary" aria-disabled=move || is_making.get().to_string()>
                <Icon name="link"/>
                {move || if is_making.get() { "Making it…" } else { "Make link" }}
            </button>
        </form>
    }
}

/// A link that was just made: the only time that it can be read.
#[component]
fn Fresh(made: MadeShareLink) -> impl IntoView {
    let site = dom::window().location().origin().unwrap_or_default();
    let address = format!("{site}{}", made.path);
    let frame = (!made.link.embed_origins.is_empty()).then(|| {
        let code = format!(
            "<iframe src=\"{site}{}\" width=\"960\" height=\"600\" title=\"Diagram\"></iframe>",
            made.embed_path
        );
        view! { <Taken id="share-frame" label="For a page of those sites" text=code/> }
    });
    view! {
        <div class="notice notice-done share-fresh">
            <Icon name="circle-check"/>
            <div>
                <p>"Take the link now. It is kept nowhere, so it cannot be shown again."</p>
                <Taken id="share-address" label="Link" text=address/>
                {frame}
            </div>
        </div>
    }
}

/// Text to copy, which can be selected too.
#[component]
fn Taken(id: &'static str, label: &'static str, text: String) -> impl IntoView {
    let shown = text.clone();
    let select = move |event: leptos::ev::FocusEvent| {
        let field: web_sys::HtmlInputElement = event_target(&event);
        field.select();
    };
    view! {
        <div class="share-taken">
            <label class="visually-hidden" for=id>{label}</label>
            <input class="input mono" id=id type="text" readonly value=shown on:focus=select/>
            <CopyButton text=Signal::stored(text) otherwise="select it and copy it by hand"/>
        </div>
    }
}

/// A link that leads here, and the way to end it.
#[component]
fn Link(sharing: Sharing, link: ShareLink) -> impl IntoView {
    let bench = use_workbench();
    let id = link.id;
    let is_asking = RwSignal::new(false);
    let made = day(&link.created_at);
    let end = move |_| {
        spawn_local(async move {
            match rpc::revoke_share_link(bench.diagram, id).await {
                Ok(()) | Err(CallError::NotFound) => {
                    sharing.links.try_update(|links| {
                        if let Some(Ok(links)) = links {
                            links.retain(|it| it.id != id);
                        }
                    });
                    sharing.made.try_update(|made| {
                        if made.as_ref().is_some_and(|made| made.link.id == id) {
                            *made = None;
                        }
                    });
                    focus_soon(vec!["#share-time".to_owned()]);
                }
                Err(error) => {
                    sharing.problem.try_set(Some(format!("The link still works: {error}")));
                }
            }
        });
    };
    let ask = move |is_open: bool| {
        is_asking.set(is_open);
        focus_soon(vec![format!("#{}-{id}", if is_open { "share-keep" } else { "share-end" })]);
    };
    let until = match (&link.expires_at, link.has_expired) {
        (None, _) => "does not end by itself".to_owned(),
        (Some(at), false) => format!("ends {}", day(at)),
        (Some(at), true) => format!("ended {}", day(at)),
    };
    let used =
        link.last_used_at.as_deref().map_or_else(|| "never used".to_owned(), |at| format!("last used {}", day(at)));
    let allows = if link.may_export { "look and download" } else { "look" };
    let lock = if link.has_password { " · with a password" } else { "" };
    let sites = (!link.embed_origins.is_empty()).then(|| format!("Shown on {}", link.embed_origins.join(", ")));
    let name = format!("link of {made}");
    let buttons = move || {
        if is_asking.get() {
            view! {
                <span class="small">"End it? It stops working at once."</span>
                <button type="button" class="button button-danger" on:click=end>"End it"</button>
                <button type="button" class="button" id=format!("share-keep-{id}") on:click=move |_| ask(false)>"Keep"</button>
            }
            .into_any()
        } else {
            let label = format!("End {name}");
            view! {
                <button type="button" class="button" id=format!("share-end-{id}") aria-label=label on:click=move |_| ask(true)>"End…"</button>
            }
            .into_any()
        }
    };
    view! {
        <li class="share-link">
            <Icon name="link"/>
            <div class="share-facts">
                <p>{format!("Made {made}, {until}")}</p>
                <p class="muted small">{format!("To {allows}{lock} · {used}")}</p>
                {sites.map(|sites| view! { <p class="muted small">{sites}</p> })}
            </div>
            <div class="share-buttons">{buttons}</div>
        </li>
    }
}

/// The day of a time.
fn day(at: &str) -> String {
    at.get(..10).unwrap_or(at).to_owned()
}
