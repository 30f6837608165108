//! What the home page knows, and how it learns it.

use super::dialogs::Dialog;
use crate::rpc;
use leptos::prelude::*;
use leptos_router::{location::Url, params::ParamsMap};
use protocol::{
    CallError, DiagramHit, DiagramId, DiagramSummary, FolderId, FolderSummary, Me, Role, Template, WorkspaceId,
};
use std::collections::BTreeMap;

/// What the page knows.
#[derive(Clone, Copy)]
pub struct Shelf {
    /// The workspace that alone is shown, if one was chosen.
    pub chosen: Memo<Option<WorkspaceId>>,
    /// The folder that is open.
    pub folder: Memo<Option<FolderId>>,
    /// What is searched for; empty when nothing is.
    pub query: Memo<String>,
    /// The person.
    pub me: StoredValue<Me>,
    /// All their diagrams, the one changed last first.
    pub diagrams: RwSignal<Vec<DiagramSummary>>,
    /// The folders of all their workspaces, by name.
    pub folders: RwSignal<Vec<FolderSummary>>,
    /// What the last search found.
    pub found: RwSignal<Found>,
    /// What is asked just now.
    pub dialog: RwSignal<Option<Dialog>>,
    /// The diagrams that were deleted here and can be brought back, the last one first.
    pub deleted: RwSignal<Vec<DiagramSummary>>,
    /// What this browser kept of their texts.
    pub texts: StoredValue<BTreeMap<DiagramId, Vec<(String, String)>>>,
    /// What was done last and shows nowhere else.
    pub done: RwSignal<Option<String>>,
    /// What went wrong last.
    pub problem: RwSignal<Option<String>>,
    /// The template of which a diagram is being made.
    pub making: RwSignal<Option<Template>>,
    /// Milliseconds since 1970, once the browser has said.
    pub now: RwSignal<Option<f64>>,
    /// How often it was looked again: only the last answer counts.
    looked: StoredValue<u64>,
}

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Found {
    /// What was asked.
    pub query: String,
    /// What was found, the best first.
    pub hits: Result<Vec<DiagramHit>, CallError>,
}

/// Asks the server; nothing is found for nothing.
pub async fn search(query: String) -> Found {
    let hits = if query.is_empty() { Ok(Vec::new()) } else { rpc::search_diagrams(query.clone()).await };
    Found { query, hits }
}

impl Shelf {
    /// Nothing is known yet but what the address says.
    pub fn new(address: Memo<ParamsMap>) -> Self {
        let nobody = Me { account: None, workspaces: Vec::new() };
        let shelf = Self {
            chosen: Memo::new(move |_| address.read().get("workspace").and_then(|id| id.parse().ok())),
            folder: Memo::new(move |_| address.read().get("folder").and_then(|id| id.parse().ok())),
            query: Memo::new(move |_| address.read().get("q").unwrap_or_default().trim().to_owned()),
            me: StoredValue::new(nobody),
            diagrams: RwSignal::new(Vec::new()),
            folders: RwSignal::new(Vec::new()),
            found: RwSignal::new(Found { query: String::new(), hits: Ok(Vec::new()) }),
            dialog: RwSignal::new(None),
            deleted: RwSignal::new(Vec::new()),
            texts: StoredValue::new(BTreeMap::new()),
            done: RwSignal::new(None),
            problem: RwSignal::new(None),
            making: RwSignal::new(None),
            now: RwSignal::new(None),
            looked: StoredValue::new(0),
        };
        shelf.search_as_asked();
        shelf
    }

    /// Asks whenever the address asks for something else than what was found last.
    fn search_as_asked(self) {
        Effect::new(move |before: Option<String>| {
            let query = self.query.get();
            if before.as_ref().is_some_and(|before| *before != query) && !query.is_empty() {
                leptos::task::spawn_local(self.search());
            }
            query
        });
    }

    /// Searches for what the address asks for. An answer that comes after the next question is dropped.
    pub async fn search(self) {
        let found = search(self.query.get_untracked()).await;
        if self.query.try_get_untracked().as_ref() == Some(&found.query) {
            self.found.set(found);
        }
    }

    /// Looks how things stand now.
    pub async fn reload(self) {
        let Some(turn) = self.looked.try_update_value(|looked| {
            *looked += 1;
            *looked
        }) else {
            return;
        };
        let (diagrams, folders) = (rpc::list_diagrams().await, rpc::list_folders().await);
        if self.looked.try_get_value() != Some(turn) {
            return;
        }
        match (diagrams, folders) {
            (Ok(diagrams), Ok(folders)) => {
                self.diagrams.set(diagrams);
                self.folders.set(folders);
                if !self.query.with_untracked(String::is_empty) {
                    self.search().await;
                }
            }
            (Err(error), _) | (_, Err(error)) => {
                self.problem.set(Some(format!("What is shown may be out of date: {error}")));
            }
        }
    }

    /// What the person is in a workspace.
    pub fn role_in(self, workspace: WorkspaceId) -> Option<Role> {
        self.me.with_value(|me| me.workspaces.iter().find(|it| it.id == workspace).map(|it| it.role))
    }

    /// Whether they may make and change diagrams there.
    pub fn may_edit_in(self, workspace: WorkspaceId) -> bool {
        self.role_in(workspace) >= Some(Role::Editor)
    }

    /// What a workspace is called.
    pub fn name_of(self, workspace: WorkspaceId) -> String {
        let name = |me: &Me| me.workspaces.iter().find(|it| it.id == workspace).map(|it| it.name.clone());
        self.me.with_value(name).unwrap_or_default()
    }

    /// The workspace that is shown alone: the one of the open folder, or the one that was chosen.
    pub fn place(self) -> Option<WorkspaceId> {
        let folder = self.open_folder().map(|folder| folder.workspace);
        folder.or_else(|| self.chosen.get())
    }

    /// The folder that is open, when there is such a one.
    pub fn open_folder(self) -> Option<FolderSummary> {
        let id = self.folder.get()?;
        self.folders.with(|folders| folders.iter().find(|folder| folder.id == id).cloned())
    }

    /// The diagram as it is known now.
    pub fn diagram(self, id: DiagramId) -> Option<DiagramSummary> {
        self.diagrams.with(|all| all.iter().find(|it| it.id == id).cloned())
    }

    /// The address of the same page with another question.
    pub fn address_for(self, query: &str) -> String {
        let workspace = self.chosen.get_untracked().map(|id| format!("workspace={id}"));
        let folder = self.folder.get_untracked().map(|id| format!("folder={id}"));
        let query = (!query.is_empty()).then(|| format!("q={}", Url::escape(query)));
        let parts: Vec<String> = [workspace, folder, query].into_iter().flatten().collect();
        if parts.is_empty() { "/".to_owned() } else { format!("/?{}", parts.join("&")) }
    }
}

/// The name of a number of things: `1 table`, `2 tables`.
pub fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
