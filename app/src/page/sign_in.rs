//! Signing in, signing up, and making the administrator's account.

use super::site::{Card, go, safe_next};
use crate::{
    rpc,
    ui::{FormInput, FormProblem, Submission, SubmitButton, text_of},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use protocol::FormField;

/// What a password is like, said before it is refused.
pub const PASSWORD_HINT: &str = "At least 8 characters; a few words make a good one.";

/// The query that the links between signing in and signing up hand on.
fn next_query() -> String {
    let next = use_query_map().with_untracked(|query| safe_next(query.get("next").as_deref()));
    if next == "/" { String::new() } else { format!("?next={}", percent(&next)) }
}

/// Where the page was asked to lead to.
fn next_path() -> String {
    use_query_map().with_untracked(|query| safe_next(query.get("next").as_deref()))
}

/// A path as the value of a query.
pub fn percent(path: &str) -> String {
    path.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'/' => text.push(char::from(byte)),
            other => text.push_str(&format!("%{other:02X}")),
        }
        text
    })
}

/// The page to sign in.
#[component]
pub fn SignIn() -> impl IntoView {
    let query = next_query();
    let next = StoredValue::new(next_path());
    view! {
        <Card title="Sign in">
            <SignInForm on_done=Callback::new(move |()| go(&next.get_value()))/>
            <p class="muted">
                "No account yet? " <a href=format!("/sign-up{query}")>"Sign up"</a> ". "
                <a href="/reset">"Forgot the password?"</a>
            </p>
        </Card>
    }
}

/// E-mail and password, on a page or in a dialog.
#[component]
pub fn SignInForm(
    /// Told once the person is signed in.
    on_done: Callback<()>,
) -> impl IntoView {
    let form = Submission::new("sign-in");
    let (email, password) = (NodeRef::new(), NodeRef::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(rpc::sign_in(text_of(email), text_of(password)), move |()| on_done.run(()));
    };
    view! {
        <form id="sign-in" class="form" method="post" on:submit=submit novalidate>
            <FormProblem form/>
            <FormInput form field=FormField::Email id="sign-in-email" label="E-mail" kind="email" autocomplete="username" input=email/>
            <FormInput form field=FormField::Password id="sign-in-password" label="Password" kind="password" autocomplete="current-password" input=password/>
            <SubmitButton form label="Sign in"/>
        </form>
    }
}

/// The page to sign up.
#[component]
pub fn SignUp() -> impl IntoView {
    let query = next_query();
    let next = StoredValue::new(next_path());
    let form = Submission::new("sign-up");
    let (name, email, password) = (NodeRef::new(), NodeRef::new(), NodeRef::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let call = rpc::sign_up(text_of(email), text_of(password), text_of(name));
        form.send(call, move |()| go(&next.get_value()));
    };
    view! {
        <Card title="Sign up">
            <p class="muted">"The diagrams that you made as a guest in this browser become your account's."</p>
            <form id="sign-up" class="form" method="post" on:submit=submit novalidate>
                <FormProblem form/>
                <FormInput form field=FormField::Name id="sign-up-name" label="Name" kind="text" autocomplete="name" input=name hint="What others see."/>
                <FormInput form field=FormField::Email id="sign-up-email" label="E-mail" kind="email" autocomplete="username" input=email/>
                <FormInput form field=FormField::Password id="sign-up-password" label="Password" kind="password" autocomplete="new-password" input=password hint=PASSWORD_HINT/>
                <SubmitButton form label="Sign up"/>
            </form>
            <p class="muted">"You have an account? " <a href=format!("/sign-in{query}")>"Sign in"</a>"."</p>
        </Card>
    }
}

/// The page that the log of the first start leads to.
#[component]
pub fn SetUp() -> impl IntoView {
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    let token = StoredValue::new(token);
    let form = Submission::new("set-up");
    let (name, email, password) = (NodeRef::new(), NodeRef::new(), NodeRef::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let call = rpc::set_up(token.get_value(), text_of(email), text_of(password), text_of(name));
        form.send(call, move |()| go("/"));
    };
    view! {
        <Card title="Set up Crowfoot">
            <p class="muted">"Make the account of whoever looks after this server. The link works once, and the next start prints another until it was used."</p>
            <form id="set-up" class="form" method="post" on:submit=submit novalidate>
                <FormProblem form/>
                <FormInput form field=FormField::Name id="set-up-name" label="Name" kind="text" autocomplete="name" input=name/>
                <FormInput form field=FormField::Email id="set-up-email" label="E-mail" kind="email" autocomplete="username" input=email/>
                <FormInput form field=FormField::Password id="set-up-password" label="Password" kind="password" autocomplete="new-password" input=password hint=PASSWORD_HINT/>
                <SubmitButton form label="Make the account"/>
            </form>
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_travels_in_a_query() {
        for (path, expect) in [("/join/a1", "/join/a1"), ("/?workspace=x&a", "/%3Fworkspace%3Dx%26a")] {
            assert_eq!(percent(path), expect);
        }
    }
}
