//! Staged edits, backed up where another device of the same person finds them.

use leptos::{prelude::*, server_fn::codec::Json};
use protocol::{CallError, DiagramId, DraftStored, StoredDraft};

/// What the one who asks has staged in the diagram, if anything.
#[server(prefix = "/rpc", endpoint = "load_draft", input = Json)]
pub async fn load_draft(id: DiagramId) -> Result<Option<StoredDraft>, CallError> {
    crate::backend::ask(|backend| backend.load_draft(id)).await
}

/// Stores what is staged, unless another device has stored something since `expected`, which is 0 for nothing.
#[server(prefix = "/rpc", endpoint = "store_draft", input = Json)]
pub async fn store_draft(id: DiagramId, expected: i64, body: String) -> Result<DraftStored, CallError> {
    crate::backend::ask(|backend| backend.store_draft(id, expected, body)).await
}
