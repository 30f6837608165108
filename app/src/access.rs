//! What becomes of a page whose diagram the server does not give any more: the session has ended, the person may only
//! look now, or the diagram is gone. What was staged stays on the page whatever it is.

use crate::{
    backup, draft,
    live::{Ending, Link},
    page::SignInForm,
    platform::dom,
    review, rpc,
    ui::{Icon, Modal},
    workbench::{Workbench, use_workbench},
};
use editor::Announcement;
use leptos::html;
use leptos::{prelude::*, task::spawn_local};
use protocol::{CallError, Identity};

const ONLY_LOOK: &str = "You may only view this diagram now. What you staged stays here, and can be exported";

/// What becomes of what the person has just done when it was answered as if there were no such diagram. Answers what to
/// tell them; none when nothing has changed.
pub async fn after_not_found(bench: Workbench) -> Option<&'static str> {
    let why = look_into(bench).await;
    if bench.link.try_get_untracked() == Some(Link::Ended(Ending::SignedOut)) {
        bench.is_signed_out.try_set(true);
    }
    why
}

/// Finds out why a call was answered as if there were no such diagram, and does about it what can be done without asking.
pub async fn look_into(bench: Workbench) -> Option<&'static str> {
    let is_same_person = rpc::who_is(bench.person).await.ok()? != Identity::SomebodyElse;
    if !is_same_person && bench.has_account.try_get_value().unwrap_or_default() {
        end(bench, Ending::SignedOut);
        return Some("You are signed out. Sign in to go on; what you staged stays here");
    }
    match rpc::open_diagram(bench.diagram).await {
        Ok(snapshot) if snapshot.may_edit && is_same_person => None,
        Ok(snapshot) if is_same_person => {
            allow(bench, snapshot.may_edit, snapshot.may_share);
            Some(ONLY_LOOK)
        }
        Ok(_) | Err(CallError::NotFound) => {
            end(bench, Ending::Missing);
            Some(
                "This diagram was deleted, or you are no longer in its workspace. What you staged can still be exported",
            )
        }
        Err(_) => None,
    }
}

/// Somebody has signed in to the browser since the page was opened. Where it is the guest who opened it, the page goes on
/// as the account's, with all that is staged.
pub async fn after_sign_in(bench: Workbench) {
    if rpc::who_is(bench.person).await != Ok(Identity::YouAsGuest) {
        look_into(bench).await;
    } else if bench.keeps_drafts.try_get_untracked() == Some(Some(true)) {
        draft::write_now(bench).await;
        dom::reload();
    }
}

/// Takes in what the person may do now, and says so when it is more or less than before.
pub fn grant(bench: Workbench, may_edit: bool, may_share: bool) {
    if allow(bench, may_edit, may_share) {
        bench.announce(Announcement::note(if may_edit { "You may edit this diagram now" } else { ONLY_LOOK }));
    }
}

/// The diagram is not to be had any more. Who has to sign in again goes on editing what is here; otherwise one only looks.
pub fn end(bench: Workbench, ending: Ending) {
    if ending != Ending::SignedOut {
        allow(bench, false, false);
    }
    bench.link.try_set(Link::Ended(ending));
}

/// Lets the person do so much from now on. True when they may edit who could not, or the other way round.
fn allow(bench: Workbench, may_edit: bool, may_share: bool) -> bool {
    let set = |signal: RwSignal<bool>, to| signal.try_maybe_update(|it| (*it != to, std::mem::replace(it, to) != to));
    set(bench.may_share, may_share);
    if !may_edit {
        bench.forget_unsaved_places();
    }
    bench.update(|editor| editor.set_may_edit(may_edit));
    set(bench.may_edit, may_edit) == Some(true)
}

/// Asks for the password over the editor, and goes on where it was interrupted.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let bench = use_workbench();
    let dialog = NodeRef::<html::Dialog>::new();
    let is_other = RwSignal::new(false);
    let go_on = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        bench.announce(Announcement::note("Signed in again"));
        bench.link.set(Link::Up);
        review::retry(bench);
        bench.send_places_again();
        // What is staged is backed up again as well.
        backup::send_soon(bench);
    };
    let done = Callback::new(move |()| {
        spawn_local(async move {
            // Where that cannot be asked just now, the server looks again at whatever is sent.
            let is_same_person = rpc::who_is(bench.person).await != Ok(Identity::SomebodyElse);
            if bench.is_alive() {
                is_other.set(!is_same_person);
                if is_same_person {
                    go_on();
                }
            }
        });
    });
    let closed = Callback::new(move |()| {
        is_other.set(false);
        bench.is_signed_out.set(false);
    });
    view! {
        <Show when=move || bench.is_signed_out.get()>
            <Modal title="Sign in to go on" class="dialog-small" on_close=closed dialog>
                <div class="dialog-body">
                    <p>"Your session has ended. Everything you staged is still here."</p>
                    <Show when=move || is_other.get()>
                        <p class="notice notice-error" role="alert">
                            <Icon name="circle-alert"/>
                            <span>"You signed in with another account than the one that staged these changes. Sign in with that one to go on, or close this and export them."</span>
                        </p>
                    </Show>
                    <SignInForm on_done=done/>
                </div>
            </Modal>
        </Show>
    }
}
