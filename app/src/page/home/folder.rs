//! Folders: the ones of a workspace, and the one that is open.

use super::{
    card::Card,
    dialogs::Dialog,
    shelf::{Shelf, counted},
};
use crate::ui::{Icon, MenuButton, MenuItem};
use leptos::prelude::*;
use protocol::{DiagramSummary, FolderId, FolderSummary, WorkspaceId};

/// The folders of a workspace.
#[component]
pub fn Folders(
    /// The page.
    shelf: Shelf,
    /// Which.
    workspace: WorkspaceId,
    /// What the list is called.
    name: String,
) -> impl IntoView {
    let folders = Memo::new(move |_| {
        shelf.folders.with(|all| all.iter().filter(|it| it.workspace == workspace).cloned().collect::<Vec<_>>())
    });
    view! {
        <Show when=move || folders.with(|folders| !folders.is_empty())>
            <ul class="folder-list" aria-label=name.clone()>
                <For each=move || folders.get() key=FolderSummary::clone let(folder)>
                    <FolderTile shelf folder/>
                </For>
            </ul>
        </Show>
    }
}

#[component]
fn FolderTile(shelf: Shelf, folder: FolderSummary) -> impl IntoView {
    let id = folder.id;
    let count = Memo::new(move |_| shelf.diagrams.with(|all| all.iter().filter(|it| it.folder == Some(id)).count()));
    let name = folder.name.clone();
    view! {
        <li class="folder-tile">
            <Icon name="folder"/>
            <a class="folder-name truncate" id=format!("folder-{id}") href=format!("/?folder={id}") title=name.clone()>{name.clone()}</a>
            <span class="folder-count" aria-hidden="true">{count}</span>
            <span class="visually-hidden">{move || counted(count.get(), "diagram")}</span>
            <FolderMenu shelf folder/>
        </li>
    }
}

/// What the person may do with a folder.
#[component]
fn FolderMenu(shelf: Shelf, folder: FolderSummary) -> impl IntoView {
    shelf.may_edit_in(folder.workspace).then(|| {
        let (renamed, gone) = (folder.clone(), folder.clone());
        let rename = move || shelf.dialog.set(Some(Dialog::RenameFolder(renamed.clone())));
        let delete = move || shelf.dialog.set(Some(Dialog::DeleteFolder(gone.clone())));
        let items =
            vec![MenuItem::new("Rename…", "pencil", rename), MenuItem::danger("Delete folder…", "trash-2", delete)];
        view! { <MenuButton id=format!("folder-menu-{}", folder.id) label=format!("Actions for the folder {}", folder.name) items/> }
    })
}

/// The folder that is open, with what is in it.
#[component]
pub fn OneFolder(
    /// The page.
    shelf: Shelf,
) -> impl IntoView {
    let folder = Memo::new(move |_| shelf.open_folder());
    move || {
        match folder.get() {
        Some(folder) => view! { <Open shelf folder/> }.into_any(),
        None => view! {
            <div class="home-empty">
                <Icon name="folder"/>
                <p><strong>"No such folder"</strong></p>
                <p class="muted">"It was deleted, or you are not in its workspace. Its diagrams are still where they were."</p>
                <a class="button" href="/">"All diagrams"</a>
            </div>
        }
        .into_any(),
    }
    }
}

#[component]
fn Open(shelf: Shelf, folder: FolderSummary) -> impl IntoView {
    let FolderSummary { id, workspace, name } = folder.clone();
    let has_account = shelf.me.with_value(|me| me.account.is_some());
    let (href, up) = match has_account {
        true => (format!("/?workspace={workspace}"), shelf.name_of(workspace)),
        false => ("/".to_owned(), "Your diagrams".to_owned()),
    };
    let inside = inside(shelf, id);
    view! {
        <section class="group">
            <header class="group-head">
                <nav class="crumbs" aria-label="Where the folder is">
                    <a class="truncate" href=href>{up}</a>
                    <Icon name="chevron-right"/>
                </nav>
                <h2 class="truncate">{name.clone()}</h2>
                <FolderMenu shelf folder/>
            </header>
            <Show
                when=move || inside.with(|inside| !inside.is_empty())
                fallback=|| view! {
                    <p class="muted group-empty">"This folder is empty. Make a diagram above, or move one here by the menu on its card."</p>
                }
            >
                <ul class="diagram-grid" aria-label=format!("Diagrams in {name}")>
                    <For each=move || inside.get() key=DiagramSummary::clone let(diagram)>
                        <Card shelf diagram/>
                    </For>
                </ul>
            </Show>
        </section>
    }
}

fn inside(shelf: Shelf, id: FolderId) -> Memo<Vec<DiagramSummary>> {
    Memo::new(move |_| {
        shelf.diagrams.with(|all| all.iter().filter(|it| it.folder == Some(id)).cloned().collect::<Vec<_>>())
    })
}
