//! Looking back at what was committed.

use leptos::{prelude::*, server_fn::codec::Json};
use protocol::{CallError, DiagramId, RevisionNumber, RevisionSummary};
use schema::Schema;

/// What was committed to a diagram before a revision, or at all; the latest first, fifty at a time. Those with a name only
/// when that is asked.
#[server(prefix = "/rpc", endpoint = "revisions", input = Json)]
pub async fn revisions(
    id: DiagramId,
    #[server(default)] before: Option<RevisionNumber>,
    #[server(default)] is_named: bool,
) -> Result<Vec<RevisionSummary>, CallError> {
    crate::backend::ask(|backend| backend.revisions(id, before, is_named)).await
}

/// The schema as a revision left it; revision 0 is what the diagram began with.
#[server(prefix = "/rpc", endpoint = "schema_at", input = Json)]
pub async fn schema_at(id: DiagramId, number: RevisionNumber) -> Result<Schema, CallError> {
    crate::backend::ask(|backend| backend.schema_at(id, number)).await
}

/// Gives a revision a name, or takes it away.
#[server(prefix = "/rpc", endpoint = "name_revision", input = Json)]
pub async fn name_revision(
    id: DiagramId,
    number: RevisionNumber,
    #[server(default)] name: Option<String>,
) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.name_revision(id, number, name)).await
}
