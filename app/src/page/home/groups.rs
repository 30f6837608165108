//! Workspaces on the page: which is shown, and what is in each.

use super::{
    card::{Card, RecentCard},
    dialogs::Dialog,
    folder::Folders,
    shelf::Shelf,
};
use crate::ui::Icon;
use leptos::prelude::*;
use protocol::{DiagramSummary, Role, WorkspaceId, WorkspaceSummary};

/// How many diagrams there are before those opened last get a row of their own, and how many stand in it.
const A_HANDFUL: usize = 6;
const MOST_RECENT: usize = 5;

/// Which workspace is shown: all of them, or one.
#[component]
pub fn Switcher(
    /// The page.
    shelf: Shelf,
) -> impl IntoView {
    let link = move |id: Option<WorkspaceId>, name: String| {
        let href = id.map_or_else(|| "/".to_owned(), |id| format!("/?workspace={id}"));
        let is_current = move || (shelf.place() == id).then_some("page");
        view! { <li><a class="switch truncate" href=href aria-current=is_current>{name}</a></li> }
    };
    let workspaces = shelf.me.with_value(|me| me.workspaces.clone());
    let links: Vec<_> = workspaces.into_iter().map(|it| link(Some(it.id), it.name)).collect();
    view! {
        <nav class="switcher" aria-label="Workspaces">
            <ul>
                {link(None, "All".to_owned())}
                {links}
            </ul>
            <button type="button" class="button button-ghost" id="new-workspace" on:click=move |_| shelf.dialog.set(Some(Dialog::NewWorkspace))>
                <Icon name="plus"/>"New workspace"
            </button>
        </nav>
    }
}

/// The diagrams that the person opened last, once there are more than one sees at a glance.
#[component]
pub fn Recent(
    /// The page.
    shelf: Shelf,
) -> impl IntoView {
    let recent = Memo::new(move |_| {
        let chosen = shelf.chosen.get();
        shelf.diagrams.with(|all| recent(all.iter().filter(|it| chosen.is_none_or(|chosen| chosen == it.workspace))))
    });
    view! {
        <Show when=move || recent.with(|recent| !recent.is_empty())>
            <section class="group">
                <h2 id="recent-head">"Recently opened"</h2>
                <ul class="recent-list" aria-labelledby="recent-head">
                    <For each=move || recent.get() key=DiagramSummary::clone let(diagram)>
                        <RecentCard shelf diagram/>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

fn recent<'a>(all: impl Iterator<Item = &'a DiagramSummary>) -> Vec<DiagramSummary> {
    let all: Vec<&DiagramSummary> = all.collect();
    if all.len() <= A_HANDFUL {
        return Vec::new();
    }
    let mut opened: Vec<&DiagramSummary> = all.into_iter().filter(|it| it.opened_at.is_some()).collect();
    opened.sort_by(|a, b| b.opened_at.cmp(&a.opened_at));
    opened.into_iter().take(MOST_RECENT).cloned().collect()
}

/// The folders and diagrams, by workspace.
#[component]
pub fn Groups(
    /// The page.
    shelf: Shelf,
) -> impl IntoView {
    let is_bare = Memo::new(move |_| shelf.diagrams.with(Vec::is_empty) && shelf.folders.with(Vec::is_empty));
    move || {
        let (has_account, workspaces) = shelf.me.with_value(|me| (me.account.is_some(), me.workspaces.clone()));
        let chosen = shelf.chosen.get();
        if !has_account && is_bare.get() {
            return view! { <Nothing/> }.into_any();
        }
        let groups: Vec<_> = workspaces
            .into_iter()
            .filter(|it| chosen.is_none_or(|chosen| chosen == it.id))
            .map(|workspace| view! { <Group shelf workspace has_account/> })
            .collect();
        if groups.is_empty() { view! { <NoSuchWorkspace/> }.into_any() } else { groups.into_any() }
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="home-empty">
            <p><strong>"No diagrams yet"</strong></p>
            <p class="muted">"Start with an empty canvas, or open the sample to see how staging and committing work."</p>
        </div>
    }
}

#[component]
fn NoSuchWorkspace() -> impl IntoView {
    view! {
        <div class="home-empty">
            <p><strong>"No such workspace"</strong></p>
            <p class="muted">"It does not exist, or you are not in it."</p>
            <a class="button" href="/">"All diagrams"</a>
        </div>
    }
}

/// A workspace. A guest has one, which needs no name.
#[component]
fn Group(shelf: Shelf, workspace: WorkspaceSummary, has_account: bool) -> impl IntoView {
    let WorkspaceSummary { id, name, role, members } = workspace;
    let label = if has_account { format!("Diagrams of {name}") } else { "Diagrams".to_owned() };
    let people = if members == 1 { "Only you".to_owned() } else { format!("{members} people") };
    let manage = format!("{people}: people and settings of {name}");
    let heading = if has_account { name.clone() } else { "Your diagrams".to_owned() };
    let loose = Memo::new(move |_| {
        shelf.diagrams.with(|all| {
            let is_loose = |it: &&DiagramSummary| it.workspace == id && it.folder.is_none();
            all.iter().filter(is_loose).cloned().collect::<Vec<_>>()
        })
    });
    let is_empty = Memo::new(move |_| shelf.diagrams.with(|all| !all.iter().any(|it| it.workspace == id)));
    view! {
        <section class="group">
            <header class="group-head">
                <h2 class="truncate">{heading}</h2>
                {(role < Role::Owner).then(|| view! { <span class="badge">{role.title()}</span> })}
                <span class="group-actions">
                    {(role >= Role::Editor).then(|| view! {
                        <button type="button" class="button button-ghost" id=format!("new-folder-{id}") aria-label=format!("New folder in {name}")
                            on:click=move |_| shelf.dialog.set(Some(Dialog::NewFolder(id)))>
                            <Icon name="folder"/>"New folder"
                        </button>
                    })}
                    {has_account.then(|| view! { <a class="button button-ghost" href=format!("/workspace/{id}") aria-label=manage>{people}</a> })}
                </span>
            </header>
            <Folders shelf workspace=id name=heading_of_folders(has_account, &name)/>
            <Show when=move || loose.with(|loose| !loose.is_empty())>
                <ul class="diagram-grid" aria-label=label.clone()>
                    <For each=move || loose.get() key=DiagramSummary::clone let(diagram)>
                        <Card shelf diagram/>
                    </For>
                </ul>
            </Show>
            <Show when=move || is_empty.get()>
                <p class="muted group-empty">"No diagrams here yet."</p>
            </Show>
        </section>
    }
}

fn heading_of_folders(has_account: bool, workspace: &str) -> String {
    if has_account { format!("Folders of {workspace}") } else { "Folders".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::DiagramId;
    use uuid::Uuid;

    fn summary(number: u128, opened_at: Option<&str>) -> DiagramSummary {
        DiagramSummary {
            id: DiagramId(Uuid::from_u128(number)),
            workspace: WorkspaceId(Uuid::nil()),
            folder: None,
            name: number.to_string(),
            revision: 0,
            layout: 0,
            tables: 0,
            updated_at: String::new(),
            opened_at: opened_at.map(ToOwned::to_owned),
            linked: false,
        }
    }

    #[test]
    fn the_ones_opened_last_stand_apart_when_there_are_many() {
        let opened = ["2026-01-03", "2026-01-09", "2026-01-01"].map(Some);
        let mut all: Vec<DiagramSummary> = (0..).zip(opened).map(|(number, at)| summary(number, at)).collect();
        all.extend((3..6).map(|number| summary(number, None)));
        assert_eq!(recent(all.iter()), []);
        all.push(summary(6, Some("2026-01-02")));
        let names = |all: &[DiagramSummary]| recent(all.iter()).into_iter().map(|it| it.name).collect::<Vec<_>>();
        assert_eq!(names(&all), ["1", "0", "6", "2"]);
        all.extend((7..20).map(|number| summary(number, Some("2025-12-31"))));
        assert_eq!(names(&all).len(), MOST_RECENT);
    }
}
