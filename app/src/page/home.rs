//! The list of diagrams.

use crate::rpc;
use crate::ui::{Brand, Icon, When, focus_soon};
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;
use protocol::{CallError, DiagramId, DiagramSummary, Template};

/// What the home page knows.
#[derive(Clone, Copy)]
struct Shelf {
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
    let shelf = Shelf {
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
                <span class="home-brand"><Brand/>"Crowfoot"</span>
                <p class="muted">"Draw tables and references, stage every edit, commit all of them to PostgreSQL or none."</p>
            </header>
            <main>
                <h1>"Diagrams"</h1>
                <Notices shelf=shelf/>
                <Transition fallback=|| view! { <p class="muted">"Loading diagrams…"</p> }>
                    {move || Suspend::new(async move {
                        match shelf.diagrams.await {
                            Ok(all) => view! { <Diagrams shelf=shelf all=all/> }.into_any(),
                            Err(error) => view! { <Unreachable shelf=shelf error=error/> }.into_any(),
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
            <button type="button" class="button" on:click=move |_| shelf.diagrams.refetch()><Icon name="rotate-ccw"/>"Try again"</button>
        </div>
    }
}

#[component]
fn Diagrams(shelf: Shelf, all: Vec<DiagramSummary>) -> impl IntoView {
    let is_empty = all.is_empty();
    let list = if is_empty {
        view! {
            <div class="home-empty">
                <p><strong>"No diagrams yet"</strong></p>
                <p class="muted">"Start with an empty canvas, or open the sample to see how staging and committing work."</p>
            </div>
        }
        .into_any()
    } else {
        let rows: Vec<_> = all.into_iter().map(|diagram| view! { <Line shelf=shelf diagram=diagram/> }).collect();
        view! { <ul class="diagram-list" aria-label="Diagrams">{rows}</ul> }.into_any()
    };
    view! {
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
        {list}
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
            match rpc::create_diagram(template).await {
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

#[component]
fn Line(shelf: Shelf, diagram: DiagramSummary) -> impl IntoView {
    let id = diagram.id;
    let is_renaming = RwSignal::new(false);
    let name = StoredValue::new(diagram.name.clone());
    let begin = move |_| {
        is_renaming.set(true);
        focus_soon(vec![format!("#rename-{id}")]);
    };
    let gone = diagram.clone();
    let remove = move |_| {
        let gone = gone.clone();
        leptos::task::spawn_local(async move {
            match rpc::delete_diagram(id).await {
                Ok(()) => {
                    shelf.deleted.update(|deleted| deleted.insert(0, gone));
                    shelf.diagrams.refetch();
                    focus_soon(vec![format!("#undo-delete-{id}")]);
                }
                Err(error) => shelf.problem.set(Some(format!("The diagram was not deleted: {error}"))),
            }
        });
    };
    let tables = match diagram.tables {
        1 => "1 table".to_owned(),
        n => format!("{n} tables"),
    };
    let title = move || {
        if is_renaming.get() {
            view! { <Rename shelf=shelf id=id name=name.get_value() is_open=is_renaming/> }.into_any()
        } else {
            view! { <a class="diagram-name truncate" id=format!("open-{id}") href=format!("/d/{id}")>{name.get_value()}</a> }.into_any()
        }
    };
    view! {
        <li class="diagram-row">
            <span class="diagram-icon"><Icon name="waypoints"/></span>
            {title}
            {diagram.linked.then(|| view! {
                <span class="badge" title="Commits change a real database too"><Icon name="database"/>"Linked"</span>
            })}
            <span class="diagram-fact">{tables}</span>
            <span class="diagram-fact">"Revision " {diagram.revision}</span>
            <span class="diagram-fact diagram-when"><When at=diagram.updated_at now=shelf.now/></span>
            <button type="button" class="icon-button" id=format!("rename-button-{id}") aria-label=format!("Rename {}", diagram.name) title="Rename" on:click=begin>
                <Icon name="pencil"/>
            </button>
            <button type="button" class="icon-button" aria-label=format!("Delete {}", diagram.name) title="Delete" on:click=remove>
                <Icon name="trash-2"/>
            </button>
        </li>
    }
}

/// The name as a field. Enter and leaving it settle, Esc does not.
#[component]
fn Rename(shelf: Shelf, id: DiagramId, name: String, is_open: RwSignal<bool>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let before = StoredValue::new(name.clone());
    let close = move || {
        is_open.set(false);
        focus_soon(vec![format!("#rename-button-{id}")]);
    };
    let settle = move || {
        // Leaving the field also means that it is taken off the page, maybe with its whole row.
        if is_open.try_get_untracked() != Some(true) {
            return;
        }
        let text = input.get_untracked().map(|input| input.value().trim().to_owned()).unwrap_or_default();
        if text.is_empty() || text == before.get_value() {
            close();
            return;
        }
        is_open.set(false);
        leptos::task::spawn_local(async move {
            match rpc::rename_diagram(id, text).await {
                Ok(()) => {
                    shelf.diagrams.refetch();
                    focus_soon(vec![format!("#rename-button-{id}")]);
                }
                Err(error) => shelf.problem.set(Some(format!("The diagram was not renamed: {error}"))),
            }
        });
    };
    let pressed = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.is_composing() => {
            event.prevent_default();
            settle();
        }
        "Escape" => {
            event.prevent_default();
            close();
        }
        _ => {}
    };
    view! {
        <input
            class="input diagram-rename"
            id=format!("rename-{id}")
            type="text"
            aria-label=format!("New name of {name}")
            maxlength="120"
            autocomplete="off"
            value=name
            node_ref=input
            on:keydown=pressed
            on:blur=move |_| settle()
        />
    }
}
