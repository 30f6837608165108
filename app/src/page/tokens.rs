//! Tokens for programs, on the person's own page.

use crate::{
    rpc,
    ui::{CopyButton, FormInput, FormProblem, Icon, Submission, SubmitButton, focus_soon, text_of, time::plain_time},
};
use leptos::{html, prelude::*};
use protocol::{ApiToken, CallError, FormField, MadeApiToken, NewApiToken, TokenScope};

/// For how long a token can be made to work, in days.
const TIMES: [(&str, u16); 4] = [("in 7 days", 7), ("in 30 days", 30), ("in 90 days", 90), ("in 1 year", 365)];
/// The one that is offered.
const USUAL: u16 = 30;

/// What the section knows.
#[derive(Clone, Copy)]
struct Keys {
    tokens: Resource<Result<Vec<ApiToken>, CallError>>,
    /// The token that was made last; only here can its text be told.
    made: RwSignal<Option<MadeApiToken>>,
    /// What the list is told to do.
    change: Submission,
}

/// The tokens of the account, and the way to another one.
#[component]
pub fn Tokens() -> impl IntoView {
    let tokens = Resource::new_blocking(|| (), |()| rpc::api_tokens());
    let keys = Keys { tokens, made: RwSignal::new(None), change: Submission::new("token-list") };
    view! {
        <section class="panel" aria-labelledby="tokens">
            <h2 id="tokens" tabindex="-1">"API tokens"</h2>
            <p class="muted">
                "With a token, a program works on diagrams in your name, as far as you let it. It never reaches your account. "
                <a href="/api/v1/openapi.json" rel="external">"What programs can do, as OpenAPI"</a>
            </p>
            <NewToken keys/>
            <div role="status">{move || keys.made.get().map(|made| view! { <Fresh text=made.text/> })}</div>
            <div id="token-list">
                <FormProblem form=keys.change/>
                <Suspense fallback=|| ()>
                    {move || Suspend::new(async move {
                        match tokens.await {
                            Ok(all) => view! { <List keys all/> }.into_any(),
                            Err(error) => view! { <p class="muted">{error.to_string()}</p> }.into_any(),
                        }
                    })}
                </Suspense>
            </div>
        </section>
    }
}

#[component]
fn NewToken(keys: Keys) -> impl IntoView {
    let form = Submission::new("token-form");
    let (name, time) = (NodeRef::<html::Input>::new(), NodeRef::<html::Select>::new());
    let scopes = TokenScope::ALL.map(|scope| (scope, RwSignal::new(scope == TokenScope::Read)));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let days = time.get_untracked().and_then(|it| it.value().parse().ok()).unwrap_or(USUAL);
        let chosen = scopes.iter().filter(|(_, is_chosen)| is_chosen.get_untracked()).map(|(scope, _)| *scope);
        let new = NewApiToken { name: text_of(name), scopes: chosen.collect(), days };
        keys.made.set(None);
        form.send(rpc::make_api_token(new), move |made| {
            keys.made.set(Some(made));
            if let Some(name) = name.get_untracked() {
                name.set_value("");
            }
            keys.tokens.refetch();
            focus_soon(vec!["#token-text".to_owned()]);
        });
    };
    let choices = scopes.map(|(scope, is_chosen)| {
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    name=scope.as_str()
                    prop:checked=is_chosen
                    checked=is_chosen.get_untracked()
                    on:change=move |event| is_chosen.set(event_target_checked(&event))
                />
                <span><strong>{scope.title()}</strong> " " <span class="muted">{scope.meaning()}</span></span>
            </label>
        }
    });
    let times = TIMES.map(|(words, days)| view! { <option value=days selected=days == USUAL>{words}</option> });
    view! {
        <form id="token-form" class="form" method="post" on:submit=submit novalidate>
            <FormProblem form/>
            <FormInput form field=FormField::Name id="token-name" label="Name of the token" kind="text" autocomplete="off" input=name hint="Such as the program that gets it."/>
            <fieldset class="choices">
                <legend>"The program"</legend>
                {choices.into_iter().collect_view()}
            </fieldset>
            <div class="field">
                <label for="token-time">"Ends"</label>
                <select class="select" id="token-time" node_ref=time>{times.into_iter().collect_view()}</select>
            </div>
            <SubmitButton form label="Make a token" class="button"/>
        </form>
    }
}

/// The text of a token that was just made: the only time that it can be read.
#[component]
fn Fresh(text: String) -> impl IntoView {
    view! {
        <div class="notice notice-done made-link">
            <label for="token-text">"Take the token now: it is shown only this once. Keep it as safe as a password."</label>
            <input class="input mono" id="token-text" readonly value=text.clone()/>
            <CopyButton text=Signal::stored(text) otherwise="select the token and copy it."/>
        </div>
    }
}

#[component]
fn List(keys: Keys, all: Vec<ApiToken>) -> impl IntoView {
    if all.is_empty() {
        return view! { <p class="muted">"No program has a token of yours."</p> }.into_any();
    }
    let rows: Vec<_> = all.into_iter().map(|token| view! { <Row keys token/> }).collect();
    view! { <ul class="person-list" aria-label="API tokens">{rows}</ul> }.into_any()
}

#[component]
fn Row(keys: Keys, token: ApiToken) -> impl IntoView {
    let ApiToken { id, name, scopes, created_at, expires_at, has_expired, last_used_at } = token;
    let is_asking = RwSignal::new(false);
    let ask = move |is_open: bool| {
        is_asking.set(is_open);
        focus_soon(vec![format!("#token-{}-{id}", if is_open { "keep" } else { "revoke" })]);
    };
    let revoke = move |_| {
        keys.change.send(rpc::revoke_api_token(id), move |()| {
            // Its text is worth nothing any more.
            keys.made.update(|made| {
                made.take_if(|made| made.token.id == id);
            });
            keys.tokens.refetch();
            focus_soon(vec!["#tokens".to_owned()]);
        });
    };
    let label = format!("Revoke {name}");
    let buttons = move || {
        if is_asking.get() {
            view! {
                <span class="small">"Revoke it? Programs that use it stop working."</span>
                <button type="button" class="button button-danger" on:click=revoke>"Revoke it"</button>
                <button type="button" class="button" id=format!("token-keep-{id}") on:click=move |_| ask(false)>"Keep"</button>
            }
            .into_any()
        } else {
            view! {
                <button type="button" class="button" id=format!("token-revoke-{id}") aria-label=label.clone() on:click=move |_| ask(true)>"Revoke…"</button>
            }
            .into_any()
        }
    };
    let used = last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {}", plain_time(&at)));
    let end = if has_expired { "ended" } else { "ends" };
    let badges =
        scopes.into_iter().map(|scope| view! { <span class="badge" title=scope.meaning()>{scope.title()}</span> });
    view! {
        <li class="person-row">
            <Icon name="key-round"/>
            <span class="person-name">
                <strong>{name}</strong>
                <span class="muted small">
                    {format!("Made {}, {end} {}, {used}", day(&created_at), day(&expires_at))}
                </span>
            </span>
            {badges.collect_view()}
            {buttons}
        </li>
    }
}

/// The day of a time.
fn day(at: &str) -> &str {
    at.get(..10).unwrap_or(at)
}
