//! What an open diagram asks after it has heard that something is new.

use leptos::{prelude::*, server_fn::codec::Json};
use protocol::{CallError, Changes, DiagramId, Known};

/// What was committed and moved since: the revisions and places that a browser lacks which knows so much.
#[server(prefix = "/rpc", endpoint = "changes_since", input = Json)]
pub async fn changes_since(id: DiagramId, known: Known) -> Result<Changes, CallError> {
    crate::backend::ask(|backend| backend.changes_since(id, known)).await
}
