//! Calls about the person: accounts, sessions and passwords.

use leptos::{prelude::*, server_fn::codec::Json};
use protocol::{ApiToken, CallError, Identity, MadeApiToken, Me, NewApiToken, PersonId, SessionSummary};
use uuid::Uuid;

/// Who sits before the browser, and where their diagrams are.
#[server(prefix = "/rpc", endpoint = "who_am_i", input = Json)]
pub async fn who_am_i() -> Result<Me, CallError> {
    crate::backend::ask(|backend| backend.who_am_i()).await
}

/// Who `person` is to the one who asks.
#[server(prefix = "/rpc", endpoint = "who_is", input = Json)]
pub async fn who_is(person: PersonId) -> Result<Identity, CallError> {
    crate::backend::ask(|backend| backend.who_is(person)).await
}

/// Makes an account. What the visitor made as a guest becomes its own.
#[server(prefix = "/rpc", endpoint = "sign_up", input = Json)]
pub async fn sign_up(email: String, password: String, name: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.sign_up(email, password, name)).await
}

/// Makes the administrator's account, by the link that is in the log of the first start.
#[server(prefix = "/rpc", endpoint = "set_up", input = Json)]
pub async fn set_up(token: String, email: String, password: String, name: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.set_up(token, email, password, name)).await
}

/// Signs in. What the visitor made as a guest becomes the account's own.
#[server(prefix = "/rpc", endpoint = "sign_in", input = Json)]
pub async fn sign_in(email: String, password: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.sign_in(email, password)).await
}

/// Ends this session.
#[server(prefix = "/rpc", endpoint = "sign_out", input = Json)]
pub async fn sign_out() -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.sign_out()).await
}

/// Ends all sessions of the account, this one too, and all tokens.
#[server(prefix = "/rpc", endpoint = "sign_out_everywhere", input = Json)]
pub async fn sign_out_everywhere() -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.sign_out_everywhere()).await
}

/// Where the account is signed in.
#[server(prefix = "/rpc", endpoint = "sessions", input = Json)]
pub async fn sessions() -> Result<Vec<SessionSummary>, CallError> {
    crate::backend::ask(|backend| backend.sessions()).await
}

/// Ends one of the account's sessions.
#[server(prefix = "/rpc", endpoint = "end_session", input = Json)]
pub async fn end_session(id: Uuid) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.end_session(id)).await
}

/// The account's tokens for programs, the latest first.
#[server(prefix = "/rpc", endpoint = "api_tokens", input = Json)]
pub async fn api_tokens() -> Result<Vec<ApiToken>, CallError> {
    crate::backend::ask(|backend| backend.api_tokens()).await
}

/// Makes a token for a program. Its text is told here and never again.
#[server(prefix = "/rpc", endpoint = "make_api_token", input = Json)]
pub async fn make_api_token(new: NewApiToken) -> Result<MadeApiToken, CallError> {
    crate::backend::ask(|backend| backend.make_api_token(new)).await
}

/// Ends one of the account's tokens.
#[server(prefix = "/rpc", endpoint = "revoke_api_token", input = Json)]
pub async fn revoke_api_token(id: Uuid) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.revoke_api_token(id)).await
}

/// Changes the password and ends all other sessions, and all tokens.
#[server(prefix = "/rpc", endpoint = "change_password", input = Json)]
pub async fn change_password(current: String, new: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.change_password(current, new)).await
}

/// Changes what others see of the person.
#[server(prefix = "/rpc", endpoint = "rename_account", input = Json)]
pub async fn rename_account(name: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.rename_account(name)).await
}

/// Deletes the account, and the workspaces in which nobody else is.
#[server(prefix = "/rpc", endpoint = "delete_account", input = Json)]
pub async fn delete_account(password: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.delete_account(password)).await
}

/// Asks for a mail with a link to a new password. The answer does not tell whether there is such an account.
#[server(prefix = "/rpc", endpoint = "request_reset", input = Json)]
pub async fn request_reset(email: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.request_reset(email)).await
}

/// Sets a new password by such a link, and ends all sessions.
#[server(prefix = "/rpc", endpoint = "reset_password", input = Json)]
pub async fn reset_password(token: String, password: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.reset_password(token, password)).await
}
