//! Workspaces on the list: which is shown, what is in each, and how diagrams get from one into another.

use super::{Shelf, line::Line};
use crate::{
    page::site::go,
    rpc,
    ui::{FormInput, FormProblem, Icon, Modal, Submission, SubmitButton, focus_soon, text_of},
};
use leptos::html;
use leptos::prelude::*;
use protocol::{DiagramSummary, FormField, Me, Role, WorkspaceId, WorkspaceSummary};

/// Which workspace is shown: all of them, or one.
#[component]
pub fn Switcher(
    /// The page.
    shelf: Shelf,
    /// The person.
    me: StoredValue<Me>,
) -> impl IntoView {
    let link = move |id: Option<WorkspaceId>, name: String| {
        let href = id.map_or_else(|| "/".to_owned(), |id| format!("/?workspace={id}"));
        let is_current = move || (shelf.chosen.get() == id).then_some("page");
        view! { <li><a class="switch truncate" href=href aria-current=is_current>{name}</a></li> }
    };
    let links: Vec<_> = me.with_value(|me| me.workspaces.iter().map(|it| link(Some(it.id), it.name.clone())).collect());
    view! {
        <nav class="switcher" aria-label="Workspaces">
            <ul>
                {link(None, "All".to_owned())}
                {links}
            </ul>
            <button type="button" class="button button-ghost" id="new-workspace" on:click=move |_| shelf.founding.set(true)>
                <Icon name="plus"/>"New workspace"
            </button>
        </nav>
    }
}

/// The diagrams, by workspace. A guest has one, and needs no heading for it.
#[component]
pub fn Groups(
    /// The page.
    shelf: Shelf,
    /// The person.
    me: StoredValue<Me>,
    /// The diagrams, the one changed last first.
    all: StoredValue<Vec<DiagramSummary>>,
) -> impl IntoView {
    move || {
        let (has_account, workspaces) = me.with_value(|me| (me.account.is_some(), me.workspaces.clone()));
        let places = workspaces.iter().filter(|it| it.role >= Role::Editor).count();
        let chosen = shelf.chosen.get();
        let groups: Vec<_> = workspaces
            .into_iter()
            .filter(|it| chosen.is_none_or(|chosen| chosen == it.id))
            .map(|workspace| {
                let diagrams: Vec<DiagramSummary> =
                    all.with_value(|all| all.iter().filter(|it| it.workspace == workspace.id).cloned().collect());
                view! { <Group shelf workspace diagrams has_heading=has_account places/> }
            })
            .collect();
        if groups.is_empty() {
            view! {
                <div class="home-empty">
                    <p><strong>"No such workspace"</strong></p>
                    <p class="muted">"It does not exist, or you are not in it."</p>
                    <a class="button" href="/">"All diagrams"</a>
                </div>
            }
            .into_any()
        } else {
            groups.into_any()
        }
    }
}

#[component]
fn Group(
    shelf: Shelf,
    workspace: WorkspaceSummary,
    diagrams: Vec<DiagramSummary>,
    has_heading: bool,
    places: usize,
) -> impl IntoView {
    let WorkspaceSummary { id, name, role, members } = workspace;
    let can_move = places > usize::from(role >= Role::Editor);
    let label = if has_heading { format!("Diagrams of {name}") } else { "Diagrams".to_owned() };
    let people = if members == 1 { "Only you".to_owned() } else { format!("{members} people") };
    let manage = format!("{people}: people and settings of {name}");
    let list = if diagrams.is_empty() {
        view! { <p class="muted group-empty">"No diagrams here yet."</p> }.into_any()
    } else {
        let rows: Vec<_> = diagrams.into_iter().map(|diagram| view! { <Line shelf diagram role can_move/> }).collect();
        view! { <ul class="diagram-list" aria-label=label>{rows}</ul> }.into_any()
    };
    view! {
        <section class="group">
            {has_heading.then(|| view! {
                <header class="group-head">
                    <h2 class="truncate">{name}</h2>
                    {(role < Role::Owner).then(|| view! { <span class="badge">{role.title()}</span> })}
                    <a class="button button-ghost" href=format!("/workspace/{id}") aria-label=manage>{people}</a>
                </header>
            })}
            {list}
        </section>
    }
}

/// Asks into which workspace a diagram is to go.
#[component]
pub fn MoveDialog(
    /// The page.
    shelf: Shelf,
    /// The person.
    me: StoredValue<Me>,
) -> impl IntoView {
    move || {
        shelf.moving.get().map(|diagram| {
            let form = Submission::new("move-diagram");
            let select = NodeRef::<html::Select>::new();
            let dialog = NodeRef::<html::Dialog>::new();
            let id = diagram.id;
            let options: Vec<_> = me.with_value(|me| {
                let can_take = |it: &&WorkspaceSummary| it.role >= Role::Editor && it.id != diagram.workspace;
                let option = |it: &WorkspaceSummary| view! { <option value=it.id.to_string()>{it.name.clone()}</option> };
                me.workspaces.iter().filter(can_take).map(option).collect()
            });
            let submit = move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                let into = select.get_untracked().and_then(|it| it.value().parse::<WorkspaceId>().ok());
                if let Some(into) = into {
                    form.send(rpc::move_diagram(id, into), move |()| {
                        if let Some(dialog) = dialog.get_untracked() {
                            dialog.close();
                        }
                        shelf.diagrams.refetch();
                    });
                }
            };
            let closed = Callback::new(move |()| {
                shelf.moving.set(None);
                focus_soon(vec![format!("#move-button-{id}"), format!("#open-{id}")]);
            });
            view! {
                <Modal title="Move to another workspace" class="dialog-small" on_close=closed dialog>
                    <form id="move-diagram" class="form dialog-body" method="post" on:submit=submit>
                        <FormProblem form/>
                        <p>"Whoever is in the other workspace sees " <strong>{diagram.name}</strong> " with its history; who is only in this one no longer does."</p>
                        <div class="field">
                            <label for="move-into">"Into"</label>
                            <select class="select" id="move-into" node_ref=select>{options}</select>
                        </div>
                        <SubmitButton form label="Move"/>
                    </form>
                </Modal>
            }
        })
    }
}

/// Asks what a new workspace is to be called.
#[component]
pub fn NewWorkspaceDialog(
    /// The page.
    shelf: Shelf,
) -> impl IntoView {
    move || {
        shelf.founding.get().then(|| {
            let form = Submission::new("found-workspace");
            let input = NodeRef::new();
            let submit = move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                form.send(rpc::create_workspace(text_of(input)), |id| go(&format!("/workspace/{id}")));
            };
            let closed = Callback::new(move |()| {
                shelf.founding.set(false);
                focus_soon(vec!["#new-workspace".to_owned()]);
            });
            view! {
                <Modal title="New workspace" class="dialog-small" on_close=closed>
                    <form id="found-workspace" class="form dialog-body" method="post" on:submit=submit novalidate>
                        <FormProblem form/>
                        <FormInput form field=FormField::Name id="new-workspace-name" label="Name" kind="text" autocomplete="off" input hint="People are invited on the next page."/>
                        <SubmitButton form label="Make the workspace"/>
                    </form>
                </Modal>
            }
        })
    }
}
