//! What becomes of a page whose diagram the server does not give any more: the session has ended, the person may only
//! look now, or the diagram is gone. What was staged stays on the page whatever it is.

use crate::{
    backup,
    page::SignInForm,
    review, rpc,
    ui::Modal,
    workbench::{Workbench, use_workbench},
};
use editor::Announcement;
use leptos::html;
use leptos::prelude::*;
use protocol::{CallError, Me};

/// Finds out why a call was answered as if there were no such diagram, and does about it what can be done. Answers what
/// to tell the person; none when nothing has changed.
pub async fn after_not_found(bench: Workbench) -> Option<&'static str> {
    match rpc::open_diagram(bench.diagram).await {
        Ok(snapshot) if snapshot.may_edit => None,
        Ok(_) => {
            only_look(bench);
            Some("You may only view this diagram now. What you staged stays here, and can be exported")
        }
        Err(CallError::NotFound) if has_signed_out(bench).await => {
            bench.is_signed_out.try_set(true);
            Some("You are signed out. Sign in to go on; what you staged stays here")
        }
        Err(CallError::NotFound) => {
            only_look(bench);
            Some(
                "This diagram was deleted, or you are no longer in its workspace. What you staged can still be exported",
            )
        }
        Err(_) => None,
    }
}

async fn has_signed_out(bench: Workbench) -> bool {
    let had_account = bench.has_account.try_get_value().unwrap_or_default();
    had_account && matches!(rpc::who_am_i().await, Ok(Me { account: None, .. }))
}

fn only_look(bench: Workbench) {
    bench.update(|editor| editor.set_may_edit(false));
    bench.may_edit.try_set(false);
}

/// Asks for the password over the editor, and goes on where it was interrupted.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let bench = use_workbench();
    let dialog = NodeRef::<html::Dialog>::new();
    let done = Callback::new(move |()| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        bench.announce(Announcement::note("Signed in again"));
        review::retry(bench);
        bench.send_places_again();
        // What is staged is backed up again as well.
        backup::send_soon(bench);
    });
    let closed = Callback::new(move |()| bench.is_signed_out.set(false));
    view! {
        <Show when=move || bench.is_signed_out.get()>
            <Modal title="Sign in to go on" class="dialog-small" on_close=closed dialog>
                <div class="dialog-body">
                    <p>"Your session has ended. Everything you staged is still here."</p>
                    <SignInForm on_done=done/>
                </div>
            </Modal>
        </Show>
    }
}
