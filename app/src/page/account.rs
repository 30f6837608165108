//! The person's own page: name, password, sessions, tokens, and the way out.

use super::{
    sign_in::PASSWORD_HINT,
    site::{Person, Site, Unavailable, go},
    tokens::Tokens,
};
use crate::{
    rpc, text,
    ui::{FormInput, FormProblem, Icon, Submission, SubmitButton, text_of, time::plain_time},
};
use leptos::prelude::*;
use leptos_meta::Title;
use protocol::{AccountFacts, CallError, FormField, Me, SessionSummary};

/// The person's own page.
#[component]
pub fn Account() -> impl IntoView {
    let person = Person::ask();
    // Kept here, because what is below is made anew once the name has changed.
    let is_renamed = RwSignal::new(false);
    view! {
        <Title text="Account"/>
        <Site person>
            <h1>"Account"</h1>
            <Suspense fallback=|| view! { <p class="muted">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match person.0.await {
                        Ok(Me { account: Some(account), .. }) => view! { <Settings person account is_renamed/> }.into_any(),
                        Ok(_) => view! {
                            <p>"You are a guest here: your diagrams belong to this browser alone. "
                            <a href="/sign-up">"Sign up"</a>" to keep them, or "<a href="/sign-in?next=/account">"sign in"</a>"."</p>
                        }
                        .into_any(),
                        Err(error) => view! { <Unavailable title="Your account cannot be shown" text=error.to_string()/> }.into_any(),
                    }
                })}
            </Suspense>
        </Site>
    }
}

#[component]
fn Settings(person: Person, account: AccountFacts, is_renamed: RwSignal<bool>) -> impl IntoView {
    let sessions = Resource::new_blocking(|| (), |()| rpc::sessions());
    view! {
        <section class="panel" aria-labelledby="profile">
            <h2 id="profile">"Profile"</h2>
            <p class="muted">"You sign in with " <strong>{account.email}</strong> "."</p>
            <NameForm person name=account.name is_done=is_renamed/>
        </section>
        <section class="panel" aria-labelledby="password">
            <h2 id="password">"Password"</h2>
            <PasswordForm sessions/>
        </section>
        <section class="panel" aria-labelledby="sessions">
            <h2 id="sessions">"Where you are signed in"</h2>
            <Suspense fallback=|| ()>
                {move || Suspend::new(async move {
                    match sessions.await {
                        Ok(all) => view! { <Sessions all sessions/> }.into_any(),
                        Err(error) => view! { <p class="muted">{error.to_string()}</p> }.into_any(),
                    }
                })}
            </Suspense>
        </section>
        <Tokens/>
        <section class="panel" aria-labelledby="data">
            <h2 id="data">"Your data"</h2>
            <p class="muted">"What is kept of you, as JSON. Each diagram exports itself as SQL, DBML or SVG."</p>
            <p><a class="button" href="/api/v1/account/export" rel="external" download><Icon name="download"/>"Export my data"</a></p>
        </section>
        <section class="panel" aria-labelledby="delete">
            <h2 id="delete">"Delete the account"</h2>
            <p class="muted">
                "Your workspaces in which nobody else is go with it, their diagrams for good. What you committed in others' workspaces stays, as the work of a deleted user."
            </p>
            <DeleteForm/>
        </section>
    }
}

#[component]
fn NameForm(person: Person, name: String, is_done: RwSignal<bool>) -> impl IntoView {
    let form = Submission::new("name-form");
    let input = NodeRef::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_done.set(false);
        form.send(rpc::rename_account(text_of(input)), move |()| {
            is_done.set(true);
            person.0.refetch();
        });
    };
    view! {
        <form id="name-form" class="form" method="post" on:submit=submit novalidate>
            <FormProblem form/>
            <FormInput form field=FormField::Name id="account-name" label="Name" kind="text" autocomplete="name" input value=name hint="What others see."/>
            <SubmitButton form label="Change the name" class="button"/>
            <Done is_done text="The name is changed."/>
        </form>
    }
}

#[component]
fn PasswordForm(sessions: Resource<Result<Vec<SessionSummary>, CallError>>) -> impl IntoView {
    let form = Submission::new("password-form");
    let (current, new) = (NodeRef::<leptos::html::Input>::new(), NodeRef::<leptos::html::Input>::new());
    let is_done = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_done.set(false);
        form.send(rpc::change_password(text_of(current), text_of(new)), move |()| {
            is_done.set(true);
            for input in [current, new].into_iter().filter_map(|it| it.get_untracked()) {
                input.set_value("");
            }
            sessions.refetch();
        });
    };
    view! {
        <form id="password-form" class="form" method="post" on:submit=submit novalidate>
            <FormProblem form/>
            <FormInput form field=FormField::CurrentPassword id="current-password" label="Current password" kind="password" autocomplete="current-password" input=current/>
            <FormInput form field=FormField::Password id="new-password" label="New password" kind="password" autocomplete="new-password" input=new hint=PASSWORD_HINT/>
            <SubmitButton form label="Change the password" class="button"/>
            <Done is_done text="The password is changed; all other browsers are signed out, and all API tokens have ended."/>
        </form>
    }
}

/// That something was done, said once it was.
#[component]
fn Done(is_done: RwSignal<bool>, text: &'static str) -> impl IntoView {
    view! {
        <div role="status">
            {move || is_done.get().then(|| view! {
                <p class="notice notice-done"><Icon name="circle-check"/><span>{text}</span></p>
            })}
        </div>
    }
}

#[component]
fn Sessions(all: Vec<SessionSummary>, sessions: Resource<Result<Vec<SessionSummary>, CallError>>) -> impl IntoView {
    let form = Submission::new("sessions-form");
    let end = move |id| form.send(rpc::end_session(id), move |()| sessions.refetch());
    let everywhere = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(rpc::sign_out_everywhere(), |()| leave());
    };
    let rows: Vec<_> = all
        .into_iter()
        .map(|session| {
            let (id, name) = (session.id, browser(&session.agent));
            let label = format!("Sign out {name}");
            view! {
                <li class="person-row">
                    <span class="person-name">
                        <strong>{name}</strong>
                        <span class="muted small">"Signed in " {plain_time(&session.created_at)} ", last seen " {plain_time(&session.used_at)}</span>
                    </span>
                    {if session.is_current {
                        view! { <span class="badge">"This browser"</span> }.into_any()
                    } else {
                        view! { <button type="button" class="button" aria-label=label on:click=move |_| end(id)>"Sign out"</button> }.into_any()
                    }}
                </li>
            }
        })
        .collect();
    view! {
        <ul class="person-list" aria-label="Sessions">{rows}</ul>
        <form id="sessions-form" class="form" method="post" on:submit=everywhere>
            <FormProblem form/>
            <p class="muted small">"Signing out everywhere ends your API tokens too."</p>
            <SubmitButton form label="Sign out everywhere" class="button"/>
        </form>
    }
}

#[component]
fn DeleteForm() -> impl IntoView {
    let form = Submission::new("delete-form");
    let password = NodeRef::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(rpc::delete_account(text_of(password)), |()| leave());
    };
    view! {
        <form id="delete-form" class="form" method="post" on:submit=submit novalidate>
            <FormProblem form/>
            <FormInput form field=FormField::CurrentPassword id="delete-password" label="Your password, to be sure" kind="password" autocomplete="current-password" input=password/>
            <SubmitButton form label="Delete the account for good" class="button button-danger"/>
        </form>
    }
}

/// Leaves the account, and nothing of it in this browser.
fn leave() {
    text::forget_all();
    go("/");
}

/// A browser and its system in words, out of what it calls itself.
fn browser(agent: &str) -> String {
    let first = |words: &[(&'static str, &'static str)]| {
        words.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name)
    };
    // Most call themselves by the names of the others too, so the order matters.
    let program = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(program), None) => program.to_owned(),
        (None, _) => "Some program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_in_words() {
        for (agent, expect) in [
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
                "Edge on Windows",
            ),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPhone"),
            ("curl/8.0", "Some program"),
            ("", "Some program"),
        ] {
            assert_eq!(browser(agent), expect, "{agent}");
        }
    }
}
