//! The list of diagrams, by workspace.

mod groups;
mod line;

use super::site::{AccountMenu, Person};
use crate::rpc;
use crate::ui::{Brand, Icon, focus_soon};
use groups::{Groups, MoveDialog, NewWorkspaceDialog, Switcher};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_query_map};
use protocol::{CallError, DiagramId, DiagramSummary, Me, Template, WorkspaceId};

/// What the home page knows.
#[derive(Clone, Copy)]
struct Shelf {
    person: Person,
    /// The workspace that alone is shown, if one was chosen.
    chosen: Memo<Option<WorkspaceId>>,
    /// The diagram that is to be put into another workspace.
    moving: RwSignal<Option<DiagramSummary>>,
    /// Whether a workspace is being made.
    founding: RwSignal<bool>,
    diagrams: Resource<Result<Vec<DiagramSummary>, CallError>>,
    /// The diagrams that were deleted here and can be brought back, the last one first.
    deleted: RwSignal<Vec<DiagramSummary>>,
    /// What went wrong last.
    problem: RwSignal<Option<String>>,
    /// The template of which a diagram is being made.
    making: RwSignal<Option<Template>>,
    /// Milliseconds since 1970, once the browser has said.
    now: RwSignal<Option<f64>>,
}

/// The list of diagrams, and what a new one starts with.
#[component]
pub fn Home() -> impl IntoView {
    let query = use_query_map();
    let shelf = Shelf {
        person: Person::ask(),
        chosen: Memo::new(move |_| query.read().get("workspace").and_then(|id| id.parse().ok())),
        moving: RwSignal::new(None),
        founding: RwSignal::new(false),
        diagrams: Resource::new_blocking(|| (), |()| rpc::list_diagrams()),
        deleted: RwSignal::new(Vec::new()),
        problem: RwSignal::new(None),
        making: RwSignal::new(None),
        now: RwSignal::new(None),
    };
    // Only a browser knows what "an hour ago" is; until then the time itself stands there.
    Effect::new(move |_| shelf.now.set(Some(js_sys::Date::now())));
    view! {
        <Title text="Diagrams"/>
        <div class="home">
            <header class="home-head">
                <div class="site-head">
                    <span class="home-brand"><Brand/>"Crowfoot"</span>
                    <AccountMenu person=shelf.person/>
                </div>
                <p class="muted">"Draw tables and references, stage every edit, commit all of them to PostgreSQL or none."</p>
            </header>
            <main>
                <h1>"Diagrams"</h1>
                <Notices shelf=shelf/>
                <Transition fallback=|| view! { <p class="muted">"Loading diagrams…"</p> }>
                    {move || Suspend::new(async move {
                        match (shelf.person.0.await, shelf.diagrams.await) {
                            (Ok(me), Ok(all)) => view! { <Diagrams shelf me all/> }.into_any(),
                            (Err(error), _) | (_, Err(error)) => view! { <Unreachable shelf error/> }.into_any(),
                        }
                    })}
                </Transition>
            </main>
        </div>
    }
}

/// What was deleted, with a way back, and what went wrong.
#[component]
fn Notices(shelf: Shelf) -> impl IntoView {
    let restore = move |id: DiagramId| {
        leptos::task::spawn_local(async move {
            match rpc::restore_diagram(id).await {
                Ok(()) => {
                    shelf.deleted.update(|deleted| deleted.retain(|diagram| diagram.id != id));
                    shelf.diagrams.refetch();
                    focus_soon(vec![format!("#open-{id}"), "#new-blank".to_owned()]);
                }
                Err(error) => shelf.problem.set(Some(format!("The diagram was not brought back: {error}"))),
            }
        });
    };
    view! {
        <div role="status" class="home-notices">
            <For each=move || shelf.deleted.get() key=|diagram| diagram.id let(diagram)>
                <p class="notice">
                    <Icon name="trash-2"/>
                    <span>"Deleted " <strong>{diagram.name.clone()}</strong> ". It can be brought back for 15 minutes."</span>
                    <button
                        type="button"
                        class="button-link"
                        id=format!("undo-delete-{}", diagram.id)
                        aria-label=format!("Undo the deletion of {}", diagram.name)
                        on:click=move |_| restore(diagram.id)
                    >
                        "Undo"
                    </button>
                </p>
            </For>
        </div>
        <div role="alert" class="home-notices">
            {move || shelf.problem.get().map(|text| view! {
                <p class="notice notice-error">
                    <Icon name="circle-alert"/>
                    <span>{text}</span>
                    <button type="button" class="button-link" on:click=move |_| shelf.problem.set(None)>"Dismiss"</button>
                </p>
            })}
        </div>
    }
}

#[component]
fn Unreachable(shelf: Shelf, error: CallError) -> impl IntoView {
    view! {
        <div class="home-empty">
            <Icon name="cloud-off"/>
            <p><strong>"Your diagrams cannot be shown"</strong></p>
            <p class="muted">{error.to_string()}</p>
            <button type="button" class="button" on:click=move |_| { shelf.person.0.refetch(); shelf.diagrams.refetch(); }><Icon name="rotate-ccw"/>"Try again"</button>
        </div>
    }
}

#[component]
fn Diagrams(shelf: Shelf, me: Me, all: Vec<DiagramSummary>) -> impl IntoView {
    let is_empty = all.is_empty();
    let me = StoredValue::new(me);
    let all = StoredValue::new(all);
    view! {
        {me.with_value(|me| me.account.is_some()).then(|| view! { <Switcher shelf me/> })}
        <section class="templates" aria-label="New diagram">
            <TemplateButton
                shelf=shelf
                template=Template::Blank
                id="new-blank"
                icon="plus"
                title="New blank diagram"
                text="An empty canvas with the schema public."
            />
            <TemplateButton
                shelf=shelf
                template=Template::ShopFlow
                id="new-sample"
                icon="database"
                title="New from the ShopFlow sample"
                text="A small shop, linked to a real sandbox database of yours with rows in it."
            />
        </section>
        {if is_empty && me.with_value(|me| me.account.is_none()) {
            view! {
                <div class="home-empty">
                    <p><strong>"No diagrams yet"</strong></p>
                    <p class="muted">"Start with an empty canvas, or open the sample to see how staging and committing work."</p>
                </div>
            }
            .into_any()
        } else {
            view! { <Groups shelf me all/> }.into_any()
        }}
        <MoveDialog shelf me/>
        <NewWorkspaceDialog shelf/>
    }
}

#[component]
fn TemplateButton(
    shelf: Shelf,
    template: Template,
    id: &'static str,
    icon: &'static str,
    title: &'static str,
    text: &'static str,
) -> impl IntoView {
    let navigate = use_navigate();
    let make = move |_| {
        if shelf.making.get_untracked().is_some() {
            return;
        }
        shelf.making.set(Some(template));
        shelf.problem.set(None);
        let navigate = navigate.clone();
        leptos::task::spawn_local(async move {
            match rpc::create_diagram(template, shelf.chosen.get_untracked()).await {
                Ok(id) => navigate(&format!("/d/{id}"), Default::default()),
                Err(error) => {
                    shelf.making.set(None);
                    shelf.problem.set(Some(format!("The diagram was not made: {error}")));
                }
            }
        });
    };
    let is_making = move || shelf.making.get() == Some(template);
    view! {
        <button
            type="button"
            class="template"
            id=id
            aria-disabled=move || shelf.making.with(Option::is_some).then_some("true")
            on:click=make
        >
            <span class="template-icon"><Icon name=icon/></span>
            <span class="template-words">
                <strong>{title}</strong>
                <span class="muted">{move || if is_making() { "Making it…" } else { text }}</span>
            </span>
        </button>
    }
}
