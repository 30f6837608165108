//! A new password for who has forgotten the one before.

use super::{sign_in::PASSWORD_HINT, site::Card};
use crate::{
    rpc,
    ui::{FormInput, FormProblem, Icon, Submission, SubmitButton, text_of},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use protocol::FormField;

/// The page to ask for a link.
#[component]
pub fn RequestReset() -> impl IntoView {
    let form = Submission::new("request-reset");
    let email = NodeRef::new();
    let is_sent = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_sent.set(false);
        form.send(rpc::request_reset(text_of(email)), move |()| is_sent.set(true));
    };
    view! {
        <Card title="New password">
            <p class="muted">"A mail with a link comes to the address of your account. The link works once, within half an hour."</p>
            <form id="request-reset" class="form" method="post" on:submit=submit novalidate>
                <FormProblem form/>
                <FormInput form field=FormField::Email id="reset-email" label="E-mail" kind="email" autocomplete="username" input=email/>
                <SubmitButton form label="Send the link"/>
            </form>
            <div role="status">
                {move || is_sent.get().then(|| view! {
                    <p class="notice notice-done">
                        <Icon name="circle-check"/>
                        <span>"If there is an account with this e-mail, the mail is on its way."</span>
                    </p>
                })}
            </div>
            <p class="muted"><a href="/sign-in">"Back to signing in"</a></p>
        </Card>
    }
}

/// The page that the link leads to.
#[component]
pub fn Reset() -> impl IntoView {
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    let token = StoredValue::new(token);
    let form = Submission::new("reset");
    let password = NodeRef::new();
    let is_done = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(rpc::reset_password(token.get_value(), text_of(password)), move |()| is_done.set(true));
    };
    let is_gone = move || form.failure.with(|failure| matches!(failure, Some(protocol::CallError::NotFound)));
    view! {
        <Card title="Choose a new password">
            <Show
                when=move || !is_done.get()
                fallback=|| view! {
                    <p class="notice notice-done" role="status">
                        <Icon name="circle-check"/>
                        <span>"The password is changed, and you are signed out everywhere. " <a href="/sign-in">"Sign in"</a>"."</span>
                    </p>
                }
            >
                <form id="reset" class="form" method="post" on:submit=submit novalidate>
                    <Show
                        when=is_gone
                        fallback=move || view! { <FormProblem form/> }
                    >
                        <p class="notice notice-error" role="alert">
                            <Icon name="circle-alert"/>
                            <span>"The link was used or is older than half an hour. " <a href="/reset">"Ask for another"</a>"."</span>
                        </p>
                    </Show>
                    <FormInput form field=FormField::Password id="reset-password" label="New password" kind="password" autocomplete="new-password" input=password hint=PASSWORD_HINT/>
                    <SubmitButton form label="Change the password"/>
                </form>
            </Show>
        </Card>
    }
}
