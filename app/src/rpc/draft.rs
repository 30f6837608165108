//! Staged edits, backed up where another device of the same person finds them.

use leptos::{prelude::*, server_fn::codec::Json};
use protocol::{CallError, DiagramId, DraftStored, PersonId, StoredDraft};

/// What `person`, who asks, has staged in the diagram, if anything.
#[server(prefix = "/rpc", endpoint = "load_draft", input = Json)]
pub async fn load_draft(person: PersonId, id: DiagramId) -> Result<Option<StoredDraft>, CallError> {
    crate::backend::ask(|backend| backend.load_draft(person, id)).await
}

/// Stores what `person`, who asks, has staged, unless another device has stored something since `expected`, which is 0 for nothing.
#[server(prefix = "/rpc", endpoint = "store_draft", input = Json)]
pub async fn store_draft(
    person: PersonId,
    id: DiagramId,
    expected: i64,
    body: String,
) -> Result<DraftStored, CallError> {
    crate::backend::ask(|backend| backend.store_draft(person, id, expected, body)).await
}
