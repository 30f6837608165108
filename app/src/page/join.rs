//! An invitation into a workspace.

use super::{
    sign_in::percent,
    site::{Card, go},
};
use crate::{
    rpc,
    ui::{FormProblem, Submission, SubmitButton},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use protocol::{CallError, InvitationOffer};

/// The page that an invitation leads to.
#[component]
pub fn Join() -> impl IntoView {
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    let token = StoredValue::new(token);
    let offer = Resource::new_blocking(move || token.get_value(), rpc::invitation);
    view! {
        <Suspense fallback=|| view! { <p class="muted">"Reading the invitation…"</p> }>
            {move || Suspend::new(async move {
                match offer.await {
                    Ok(offer) => view! { <Offer offer token/> }.into_any(),
                    Err(error) => view! { <NoOffer error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Offer(offer: InvitationOffer, token: StoredValue<String>) -> impl IntoView {
    let form = Submission::new("join");
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(rpc::join(token.get_value()), move |workspace| go(&format!("/?workspace={workspace}")));
    };
    let next = percent(&format!("/join/{}", token.get_value()));
    let way_in = if offer.is_member {
        view! {
            <p>"You are in this workspace already."</p>
            <p><a class="button button-primary" href=format!("/?workspace={}", offer.workspace)>"Open it"</a></p>
        }
        .into_any()
    } else if offer.is_signed_in {
        view! {
            <form id="join" class="form" method="post" on:submit=submit>
                <FormProblem form/>
                <SubmitButton form label="Join"/>
            </form>
        }
        .into_any()
    } else {
        view! {
            <p class="muted">"To join, the others need to know who you are."</p>
            <p class="card-actions">
                <a class="button button-primary" href=format!("/sign-up?next={next}")>"Sign up"</a>
                <a class="button" href=format!("/sign-in?next={next}")>"Sign in"</a>
            </p>
        }
        .into_any()
    };
    view! {
        <Card title="Invitation">
            <p>
                <strong>{offer.invited_by}</strong> " invites you to the workspace " <strong>{offer.name}</strong>
                " as " {offer.role.as_str()} ": who " {offer.role.meaning()} "."
            </p>
            {way_in}
        </Card>
    }
}

#[component]
fn NoOffer(error: CallError) -> impl IntoView {
    let text = if error == CallError::NotFound {
        "This invitation was used, revoked, or is older than a week. Ask for another.".to_owned()
    } else {
        format!("{}.", crate::ui::sentence(&error.to_string()))
    };
    view! {
        <Card title="No invitation">
            <p>{text}</p>
            <p><a class="button" href="/">"All diagrams"</a></p>
        </Card>
    }
}
