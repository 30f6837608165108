//! What the server answers to the user interface's calls.

use std::{collections::BTreeMap, future::ready};

use app::{
    backend::{Backend, Call},
    rpc::ServerHealth,
};
use edit::Placement;
use protocol::{
    CallError, CommitOutcome, CommitRequest, DiagramId, DiagramSnapshot, DiagramSummary, RevisionSummary, Template,
};
use schema::TableId;

/// The backend of a server that has no store: it says so.
#[derive(Debug, Default)]
pub struct ServerBackend {}

fn unavailable<T: Send + 'static>() -> Call<T> {
    Box::pin(ready(Err(CallError::Unavailable)))
}

impl Backend for ServerBackend {
    fn health(&self) -> Call<ServerHealth> {
        Box::pin(async { Ok(ServerHealth { version: env!("CARGO_PKG_VERSION").to_owned() }) })
    }

    fn list_diagrams(&self) -> Call<Vec<DiagramSummary>> {
        unavailable()
    }

    fn create_diagram(&self, _template: Template) -> Call<DiagramId> {
        unavailable()
    }

    fn rename_diagram(&self, _id: DiagramId, _name: String) -> Call<()> {
        unavailable()
    }

    fn delete_diagram(&self, _id: DiagramId) -> Call<()> {
        unavailable()
    }

    fn restore_diagram(&self, _id: DiagramId) -> Call<()> {
        unavailable()
    }

    fn open_diagram(&self, _id: DiagramId) -> Call<DiagramSnapshot> {
        unavailable()
    }

    fn move_tables(&self, _id: DiagramId, _placements: BTreeMap<TableId, Placement>) -> Call<()> {
        unavailable()
    }

    fn commit(&self, _request: CommitRequest) -> Call<CommitOutcome> {
        unavailable()
    }

    fn revisions(&self, _id: DiagramId) -> Call<Vec<RevisionSummary>> {
        unavailable()
    }

    fn note_failure(&self, _error: &CallError) {}
}
