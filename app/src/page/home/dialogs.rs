//! What the page asks before it does something.

use super::shelf::{Shelf, counted};
use crate::{
    page::site::go,
    rpc,
    ui::{FormInput, FormProblem, Modal, Submission, SubmitButton, focus_soon, text_of},
};
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::{CallError, DiagramSummary, FolderId, FolderSummary, FormField, Role, WorkspaceId, WorkspaceSummary};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialog {
    /// Into which workspace a diagram is to go.
    Carry(DiagramSummary),
    /// Into which folder.
    File(DiagramSummary),
    /// What a new folder of a workspace is to be called.
    NewFolder(WorkspaceId),
    /// What a folder is to be called from now on.
    RenameFolder(FolderSummary),
    /// Whether a folder is to go.
    DeleteFolder(FolderSummary),
    /// What a new workspace is to be called.
    NewWorkspace,
}

/// The dialog that is open.
#[component]
pub fn Dialogs(
    /// The page.
    shelf: Shelf,
) -> impl IntoView {
    move || {
        shelf.dialog.get().map(|dialog| match dialog {
            Dialog::Carry(diagram) => view! { <Carry shelf diagram/> }.into_any(),
            Dialog::File(diagram) => view! { <File shelf diagram/> }.into_any(),
            Dialog::NewFolder(workspace) => view! { <NameFolder shelf workspace/> }.into_any(),
            Dialog::RenameFolder(folder) => view! { <NameFolder shelf workspace=folder.workspace folder/> }.into_any(),
            Dialog::DeleteFolder(folder) => view! { <DeleteFolder shelf folder/> }.into_any(),
            Dialog::NewWorkspace => view! { <NewWorkspace shelf/> }.into_any(),
        })
    }
}

/// Forgets the dialog once it is closed, and gives the focus to the first of these that is there.
fn closed(shelf: Shelf, focus: Vec<String>) -> Callback<()> {
    Callback::new(move |()| {
        shelf.dialog.set(None);
        focus_soon(focus.clone());
    })
}

/// Gives the focus to a field once its dialog is open, where it would be on the button that closes.
fn begin_at(field: &'static str) {
    Effect::new(move |_| focus_soon(vec![field.to_owned()]));
}

/// Shows how things stand now, and closes the dialog then: what has the focus next may be new.
fn finish(shelf: Shelf, dialog: NodeRef<html::Dialog>) {
    leptos::task::spawn_local(async move {
        shelf.reload().await;
        if let Some(dialog) = dialog.try_get_untracked().flatten() {
            dialog.close();
        }
    });
}

fn focus_of(diagram: &DiagramSummary) -> Vec<String> {
    vec![format!("#menu-{}", diagram.id), format!("#open-{}", diagram.id), "#search".to_owned()]
}

#[component]
fn Carry(shelf: Shelf, diagram: DiagramSummary) -> impl IntoView {
    let form = Submission::new("move-diagram");
    let select = NodeRef::<html::Select>::new();
    let dialog = NodeRef::<html::Dialog>::new();
    begin_at("#move-into");
    let id = diagram.id;
    let options: Vec<_> = shelf.me.with_value(|me| {
        let can_take = |it: &&WorkspaceSummary| it.role >= Role::Editor && it.id != diagram.workspace;
        let option = |it: &WorkspaceSummary| view! { <option value=it.id.to_string()>{it.name.clone()}</option> };
        me.workspaces.iter().filter(can_take).map(option).collect()
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let into = select.get_untracked().and_then(|it| it.value().parse::<WorkspaceId>().ok());
        if let Some(into) = into {
            form.send(rpc::move_diagram(id, into), move |()| finish(shelf, dialog));
        }
    };
    let on_close = closed(shelf, focus_of(&diagram));
    let folder = diagram.folder.map(|_| " It leaves its folder.");
    view! {
        <Modal title="Move to another workspace" class="dialog-small" on_close dialog>
            <form id="move-diagram" class="form dialog-body" method="post" on:submit=submit>
                <FormProblem form/>
                <p>
                    "Whoever is in the other workspace sees " <strong>{diagram.name}</strong>
                    " with its history; who is only in this one no longer does."{folder}
                </p>
                <div class="field">
                    <label for="move-into">"Into"</label>
                    <select class="select" id="move-into" node_ref=select>{options}</select>
                </div>
                <SubmitButton form label="Move"/>
            </form>
        </Modal>
    }
}

/// What is chosen for a folder that is yet to be made. No folder has it for an identity.
const NEW: &str = "new";

#[component]
fn File(shelf: Shelf, diagram: DiagramSummary) -> impl IntoView {
    let form = Submission::new("file-diagram");
    let select = NodeRef::<html::Select>::new();
    let input = NodeRef::<html::Input>::new();
    let dialog = NodeRef::<html::Dialog>::new();
    let (id, workspace) = (diagram.id, diagram.workspace);
    let folders = shelf.folders.with_untracked(|all| {
        all.iter().filter(|it| it.workspace == workspace).cloned().collect::<Vec<FolderSummary>>()
    });
    let is_new = RwSignal::new(folders.is_empty());
    let option = |folder: FolderSummary| {
        let is_current = diagram.folder == Some(folder.id);
        view! { <option value=folder.id.to_string() selected=is_current>{folder.name}</option> }
    };
    let has_folders = !folders.is_empty();
    begin_at(if has_folders { "#file-into" } else { "#file-new-name" });
    let options: Vec<_> = folders.into_iter().map(option).collect();
    // A second try puts the diagram into the folder that the first one has made.
    let made: StoredValue<Option<(String, FolderId)>> = StoredValue::new(None);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let wanted = select.get_untracked().map(|it| it.value()).unwrap_or_default();
        let name = text_of(input);
        let call = async move {
            let folder = match wanted.as_str() {
                NEW => match made.get_value().filter(|(known, _)| *known == name) {
                    Some((_, folder)) => Some(folder),
                    None => {
                        let folder = rpc::make_folder(workspace, name.clone()).await?;
                        made.try_set_value(Some((name, folder)));
                        Some(folder)
                    }
                },
                wanted => wanted.parse::<FolderId>().ok(),
            };
            rpc::put_in_folder(id, folder).await
        };
        form.send(call, move |()| finish(shelf, dialog));
    };
    let on_close = closed(shelf, focus_of(&diagram));
    let intro = match has_folders {
        true => view! { <p>"Put " <strong>{diagram.name}</strong> " into a folder of its workspace."</p> },
        false => view! { <p>"There is no folder yet. Name one for " <strong>{diagram.name}</strong> "."</p> },
    };
    view! {
        <Modal title="Move to folder" class="dialog-small" on_close dialog>
            <form id="file-diagram" class="form dialog-body" method="post" on:submit=submit novalidate>
                <FormProblem form/>
                {intro}
                <div class="field" hidden=!has_folders>
                    <label for="file-into">"Folder"</label>
                    <select
                        class="select"
                        id="file-into"
                        node_ref=select
                        on:change=move |event| is_new.set(event_target_value(&event) == NEW)
                    >
                        {has_folders.then(|| view! { <option value="" selected=diagram.folder.is_none()>"No folder"</option> })}
                        {options}
                        <option value=NEW selected=!has_folders>"New folder…"</option>
                    </select>
                </div>
                <Show when=move || is_new.get()>
                    <FormInput form field=FormField::Name id="file-new-name" label="Name of the new folder" kind="text" autocomplete="off" input/>
                </Show>
                <SubmitButton form label="Move"/>
            </form>
        </Modal>
    }
}

#[component]
fn NameFolder(shelf: Shelf, workspace: WorkspaceId, #[prop(optional)] folder: Option<FolderSummary>) -> impl IntoView {
    let form = Submission::new("name-folder");
    let input = NodeRef::new();
    let dialog = NodeRef::<html::Dialog>::new();
    begin_at("#folder-name");
    let (title, label) = match &folder {
        Some(_) => ("Rename the folder", "Rename"),
        None => ("New folder", "Make the folder"),
    };
    let focus = match &folder {
        Some(folder) => vec![format!("#folder-menu-{}", folder.id)],
        None => vec![format!("#new-folder-{workspace}")],
    };
    let known = folder.as_ref().map(|folder| folder.id);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = text_of(input);
        let call = async move {
            match known {
                Some(folder) => rpc::rename_folder(workspace, folder, name).await,
                None => rpc::make_folder(workspace, name).await.map(|_| ()),
            }
        };
        form.send(call, move |()| finish(shelf, dialog));
    };
    let value = folder.map(|folder| folder.name).unwrap_or_default();
    view! {
        <Modal title class="dialog-small" on_close=closed(shelf, focus) dialog>
            <form id="name-folder" class="form dialog-body" method="post" on:submit=submit novalidate>
                <FormProblem form/>
                <FormInput form field=FormField::Name id="folder-name" label="Name" kind="text" autocomplete="off" input value/>
                <SubmitButton form label/>
            </form>
        </Modal>
    }
}

#[component]
fn DeleteFolder(shelf: Shelf, folder: FolderSummary) -> impl IntoView {
    let form = Submission::new("delete-folder");
    let dialog = NodeRef::<html::Dialog>::new();
    let navigate = use_navigate();
    let FolderSummary { id, workspace, name } = folder;
    let count = shelf.diagrams.with_untracked(|all| all.iter().filter(|it| it.folder == Some(id)).count());
    let what = match count {
        0 => "It is empty.".to_owned(),
        1 => "The diagram in it stays in the workspace, outside of any folder.".to_owned(),
        n => format!("The {} in it stay in the workspace, outside of any folder.", counted(n, "diagram")),
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let navigate = navigate.clone();
        let call = async move {
            match rpc::delete_folder(workspace, id).await {
                // Somebody else was faster.
                Ok(()) | Err(CallError::NotFound) => Ok(()),
                Err(error) => Err(error),
            }
        };
        form.send(call, move |()| {
            finish(shelf, dialog);
            if shelf.folder.get_untracked() == Some(id) {
                navigate(&format!("/?workspace={workspace}"), Default::default());
            }
        });
    };
    let focus = vec![format!("#folder-menu-{id}"), format!("#new-folder-{workspace}")];
    view! {
        <Modal title="Delete the folder" class="dialog-small" on_close=closed(shelf, focus) dialog>
            <form id="delete-folder" class="form dialog-body" method="post" on:submit=submit>
                <FormProblem form/>
                <p>"Delete the folder " <strong>{name}</strong> "? "{what}</p>
                <SubmitButton form label="Delete the folder" class="button button-danger"/>
            </form>
        </Modal>
    }
}

#[component]
fn NewWorkspace(shelf: Shelf) -> impl IntoView {
    let form = Submission::new("found-workspace");
    let input = NodeRef::new();
    begin_at("#new-workspace-name");
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(rpc::create_workspace(text_of(input)), |id| go(&format!("/workspace/{id}")));
    };
    view! {
        <Modal title="New workspace" class="dialog-small" on_close=closed(shelf, vec!["#new-workspace".to_owned()])>
            <form id="found-workspace" class="form dialog-body" method="post" on:submit=submit novalidate>
                <FormProblem form/>
                <FormInput form field=FormField::Name id="new-workspace-name" label="Name" kind="text" autocomplete="off" input hint="People are invited on the next page."/>
                <SubmitButton form label="Make the workspace"/>
            </form>
        </Modal>
    }
}
