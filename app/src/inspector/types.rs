//! The editor of an enum or a domain.

use super::field_id;
use super::findings::Findings;
use super::options::Tick;
use super::reference::name_problem;
use super::table::{NamespaceSelect, NoteField};
use crate::ui::{Draft, Icon, TextField, TypeField, dom_key, field::Problem, focus_soon};
use crate::workbench::{Workbench, use_workbench};
use editor::{Change, Facet, Input, TypeChange, label_problem};
use leptos::prelude::*;
use schema::{DataType, Domain, Expression, Label, Name, ObjectId, TypeDefinition, TypeId, UserType};
use uuid::Uuid;
use web_sys::KeyboardEvent;

const NEW_LABEL: &str = "new-label";

/// Name, schema, note, what it is, and which columns are of it.
#[component]
pub(super) fn TypeEditor(id: TypeId) -> impl IntoView {
    let bench = use_workbench();
    // A type that is being taken away is shown as it last was.
    let it = Memo::new(move |last: Option<&Option<UserType>>| {
        let now = bench.read(Facet::Schema, |editor| editor.target().user_type(id).cloned());
        now.or_else(|| last.cloned().flatten())
    });
    let is_domain = Memo::new(move |_| it.with(|it| it.as_ref().is_some_and(|it| it.kind() == "domain")));
    view! {
        <Identity id=id it=it/>
        <Show when=move || is_domain.get() fallback=move || view! { <Labels id=id it=it/> }>
            <Rules id=id it=it/>
        </Show>
        <Users id=id/>
    }
}

fn change(bench: Workbench, id: TypeId, change: TypeChange) {
    bench.change(Change::OfType(id, change));
}

#[component]
fn Identity(id: TypeId, it: Memo<Option<UserType>>) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Type(id);
    let name = Memo::new(move |_| it.with(|it| it.as_ref().map(|it| it.name.to_string()).unwrap_or_default()));
    let rename = Callback::new(move |text: String| {
        if let Ok(name) = Name::parse(&text) {
            bench.change(Change::Rename(object, name));
        }
    });
    let onward =
        Callback::new(move |()| focus_soon(vec![format!("#{NEW_LABEL}"), format!("#{}", field_id(object, "base"))]));
    let note = Memo::new(move |_| it.with(|it| it.as_ref().and_then(|it| it.note.clone()).unwrap_or_default()));
    let has_note = note.with_untracked(|note| !note.is_empty());
    let namespace = Signal::derive(move || it.with(|it| it.as_ref().map(|it| it.namespace)));
    let move_to = Callback::new(move |namespace| change(bench, id, TypeChange::MoveTo(namespace)));
    view! {
        <section class="panel-section">
            <div class="field-pair">
                <TextField id="type-name" label="Name" value=name check=name_problem on_commit=rename on_enter=onward/>
                <NamespaceSelect id="type-schema" chosen=namespace on_choose=move_to/>
            </div>
            <Findings object=object/>
            <details class="disclosure" open=has_note>
                <summary>"Note"</summary>
                <NoteField object=object label="Note about the type" value=note/>
            </details>
        </section>
    }
}

fn labels_of(it: &Option<UserType>) -> Vec<Label> {
    it.as_ref().map(|it| it.labels().to_vec()).unwrap_or_default()
}

/// The labels of an enum, and a field for one more.
#[component]
fn Labels(id: TypeId, it: Memo<Option<UserType>>) -> impl IntoView {
    let bench = use_workbench();
    let labels = Memo::new(move |_| it.with(labels_of));
    let ids = Memo::new(move |_| labels.with(|all| all.iter().map(|label| label.id).collect::<Vec<_>>()));
    let add = Callback::new(move |text: String| change(bench, id, TypeChange::AddLabel(text)));
    // An empty field is no mistake: nobody has to add one more.
    let problem = move |text: &str| {
        if text.is_empty() { None } else { labels.with_untracked(|all| label_problem(all, text)) }
    };
    view! {
        <section class="panel-section" aria-labelledby="labels-heading">
            <div class="section-head">
                <h3 id="labels-heading">"Labels " <span class="count">{move || ids.with(Vec::len)}</span></h3>
            </div>
            <Show when=move || ids.with(Vec::is_empty)>
                <p class="field-hint">"No labels yet: a column of this type can be NULL only."</p>
            </Show>
            <ul class="part-list" aria-label="Labels, in their order">
                <For
                    each=move || ids.get()
                    key=|label| *label
                    children=move |label| view! { <LabelRow id=id label=label labels=labels/> }
                />
            </ul>
            <LabelField
                id=NEW_LABEL.to_owned()
                label=Signal::derive(|| "New label".to_owned())
                value=Signal::derive(String::new)
                draft_check=Callback::new(move |text: String| problem(&text))
                on_commit=add
            />
            <p class="field-hint">"Enter adds it. Labels compare and sort in this order."</p>
        </section>
    }
}

fn text_id(id: TypeId, label: Uuid) -> String {
    format!("label-{}-{label}", dom_key(ObjectId::Type(id)))
}

#[component]
fn LabelRow(id: TypeId, label: Uuid, labels: Memo<Vec<Label>>) -> impl IntoView {
    let bench = use_workbench();
    let text = Memo::new(move |last: Option<&String>| {
        let found = labels.with(|all| all.iter().find(|it| it.id == label).map(|it| it.text.clone()));
        found.or_else(|| last.cloned()).unwrap_or_default()
    });
    let place = move || labels.with(|all| all.iter().position(|it| it.id == label)).unwrap_or_default();
    let is_last = move || place() + 1 >= labels.with(Vec::len);
    let others =
        move || labels.with_untracked(|all| all.iter().filter(|it| it.id != label).cloned().collect::<Vec<_>>());
    let rename = Callback::new(move |text: String| change(bench, id, TypeChange::RenameLabel(label, text)));
    let shift = move |by: i32, focus: String| {
        if (by < 0 && place() > 0) || (by > 0 && !is_last()) {
            change(bench, id, TypeChange::MoveLabel(label, by));
            // What is moved in the page loses the focus.
            focus_soon(vec![format!("#{focus}")]);
        }
    };
    let pressed = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowUp" => -1,
            "ArrowDown" => 1,
            _ => return,
        };
        if event.alt_key() && !event.default_prevented() {
            event.prevent_default();
            event.stop_propagation();
            untrack(|| shift(by, text_id(id, label)));
        }
    };
    let remove = move |_| {
        let at = untrack(place);
        change(bench, id, TypeChange::DropLabel(label));
        let next = labels.with_untracked(|all| all.get(at).or_else(|| all.last()).map(|label| label.id));
        let next = next.map(|next| format!("#{}", text_id(id, next)));
        focus_soon(next.into_iter().chain([format!("#{NEW_LABEL}")]).collect());
    };
    let (up, down) = (format!("{}-up", text_id(id, label)), format!("{}-down", text_id(id, label)));
    let (up_id, down_id) = (up.clone(), down.clone());
    view! {
        <li>
            <div class="label-row" role="group" aria-label=move || format!("Label {}", text.get()) on:keydown=pressed>
                <LabelField
                    id=text_id(id, label)
                    label=Signal::derive(move || format!("Label {}", place() + 1))
                    value=text.into()
                    draft_check=Callback::new(move |text: String| label_problem(&others(), &text))
                    on_commit=rename
                    is_bare=true
                />
                <button
                    type="button" class="icon-button" id=up aria-label=move || format!("Move {} up", text.get())
                    title="Move up (Alt+↑)"
                    aria-disabled=move || (place() == 0).to_string()
                    on:click=move |_| untrack(|| shift(-1, up_id.clone()))
                ><Icon name="arrow-up"/></button>
                <button
                    type="button" class="icon-button" id=down aria-label=move || format!("Move {} down", text.get())
                    title="Move down (Alt+↓)"
                    aria-disabled=move || is_last().to_string()
                    on:click=move |_| untrack(|| shift(1, down_id.clone()))
                ><Icon name="arrow-down"/></button>
                <button
                    type="button" class="icon-button" aria-label=move || format!("Delete label {}", text.get())
                    title="Delete label" on:click=remove
                ><Icon name="trash-2"/></button>
            </div>
        </li>
    }
}

/// A text that is judged beside the other labels.
#[component]
fn LabelField(
    id: String,
    label: Signal<String>,
    value: Signal<String>,
    draft_check: Callback<String, Option<String>>,
    on_commit: Callback<String>,
    #[prop(optional)] is_bare: bool,
) -> impl IntoView {
    let draft = Draft::new(value, move |text| draft_check.run(text.to_owned()), on_commit);
    let problem_id = format!("{id}-problem");
    let shown = StoredValue::new(problem_id.clone());
    view! {
        <div class="field">
            <label for=id.clone() class:visually-hidden=is_bare>{move || label.get()}</label>
            <input
                id=id
                class="input mono"
                type="text"
                autocomplete="off"
                spellcheck="false"
                node_ref=draft.input
                value=value.get_untracked()
                prop:value=move || value.get()
                data-settled=move || value.get()
                aria-invalid=move || draft.problem.with(Option::is_some).then_some("true")
                aria-describedby=move || draft.problem.with(Option::is_some).then(|| shown.get_value())
                on:input=move |_| draft.typed()
                on:change=move |_| { draft.commit(); }
                on:keydown=move |event| draft.key(&event, None)
            />
            <Problem id=problem_id problem=draft.problem/>
        </div>
    }
}

fn domain_of(it: &Option<UserType>) -> Option<Domain> {
    match &it.as_ref()?.definition {
        TypeDefinition::Domain(domain) => Some(domain.clone()),
        TypeDefinition::Enum(_) => None,
    }
}

fn default_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() { None } else { Expression::parse(text).err().map(|error| error.message) }
}

fn check_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("say what must hold, such as value >= 0".to_owned());
    }
    Expression::parse(text).err().map(|error| error.message)
}

/// What a domain rests on, and what it demands.
#[component]
fn Rules(id: TypeId, it: Memo<Option<UserType>>) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Type(id);
    let domain = Memo::new(move |_| it.with(domain_of));
    let base = Memo::new(move |_| {
        let base = domain.with(|it| it.as_ref().map(|it| it.base.clone()));
        base.map(|base| bench.peek(|editor| editor.target().type_text(&base))).unwrap_or_default()
    });
    let types = Callback::new(move |()| bench.peek(|editor| editor.target().clone()));
    let set_base = Callback::new(move |base: DataType| change(bench, id, TypeChange::SetBase(base)));
    let is_required = Signal::derive(move || domain.with(|it| it.as_ref().is_some_and(|it| !it.nullable)));
    let set_required = Callback::new(move |on: bool| change(bench, id, TypeChange::SetNullable(!on)));
    let default = Memo::new(move |_| {
        domain.with(|it| it.as_ref().and_then(|it| it.default.as_ref().map(ToString::to_string)).unwrap_or_default())
    });
    let set_default = Callback::new(move |text: String| {
        let text = text.trim();
        let default = if text.is_empty() { Ok(None) } else { Expression::parse(text).map(Some) };
        if let Ok(default) = default {
            change(bench, id, TypeChange::SetDefault(default));
        }
    });
    view! {
        <section class="panel-section" aria-label="Values">
            <div class="field-label" aria-hidden="true">"Type of its values"</div>
            <TypeField
                id=field_id(object, "base")
                label="Type of its values"
                value=base
                schema=types
                on_commit=set_base
            />
            <TextField
                id=field_id(object, "default")
                label="Default"
                value=default
                check=default_problem
                on_commit=set_default
                placeholder="none"
                is_code=true
            />
            <Tick label="Not null" value=is_required on_change=set_required/>
        </section>
        <DomainChecks id=id domain=domain/>
    }
}

#[component]
fn DomainChecks(id: TypeId, domain: Memo<Option<Domain>>) -> impl IntoView {
    let bench = use_workbench();
    let count = Memo::new(move |_| domain.with(|it| it.as_ref().map(|it| it.checks.len()).unwrap_or_default()));
    let add = Callback::new(move |text: String| {
        if let Ok(expression) = Expression::parse(&text) {
            change(bench, id, TypeChange::AddCheck(expression));
        }
    });
    view! {
        <section class="panel-section" aria-labelledby="domain-checks-heading">
            <div class="section-head">
                <h3 id="domain-checks-heading">"Checks " <span class="count">{move || count.get()}</span></h3>
            </div>
            <ul class="part-list">
                <For
                    each=move || 0..count.get()
                    key=|at| *at
                    children=move |at| view! { <DomainCheckRow id=id at=at domain=domain/> }
                />
            </ul>
            <TextField
                id="new-domain-check"
                label="New check"
                value=Signal::derive(String::new)
                check=check_problem_or_none
                on_commit=add
                placeholder="value >= 0"
                is_code=true
            />
            <p class="field-hint">"Enter adds it. Write " <code>"value"</code> " for what is checked."</p>
        </section>
    }
}

/// Nobody has to add one more.
fn check_problem_or_none(text: &str) -> Option<String> {
    if text.is_empty() { None } else { check_problem(text) }
}

#[component]
fn DomainCheckRow(id: TypeId, at: usize, domain: Memo<Option<Domain>>) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Type(id);
    let check = Memo::new(move |last: Option<&Option<(Name, String)>>| {
        let found = domain.with(|it| {
            let check = it.as_ref()?.checks.get(at)?;
            Some((check.name.clone(), check.expression.to_string()))
        });
        found.or_else(|| last.cloned().flatten())
    });
    let name = Memo::new(move |_| check.with(|it| it.as_ref().map(|it| it.0.to_string()).unwrap_or_default()));
    let text = Memo::new(move |_| check.with(|it| it.as_ref().map(|it| it.1.clone()).unwrap_or_default()));
    let of_check = move |make: &dyn Fn(Name) -> TypeChange| {
        if let Some((name, _)) = check.get_untracked() {
            change(bench, id, make(name));
        }
    };
    let rename = Callback::new(move |text: String| {
        if let Ok(to) = Name::parse(&text) {
            of_check(&|name| TypeChange::RenameCheck(name, to.clone()));
        }
    });
    let set = Callback::new(move |text: String| {
        if let Ok(expression) = Expression::parse(&text) {
            of_check(&|name| TypeChange::SetCheck(name, expression.clone()));
        }
    });
    let remove = move |_| {
        of_check(&TypeChange::DropCheck);
        focus_soon(vec!["#new-domain-check".to_owned()]);
    };
    view! {
        <li><div class="part" role="group" aria-label=move || format!("Check {}", name.get())>
            <div class="field-row">
                <TextField
                    id=field_id(object, &format!("check-{at}-name"))
                    label="Name" is_bare=true is_code=true value=name check=name_problem on_commit=rename
                />
                <button
                    type="button" class="icon-button" title="Delete"
                    aria-label=move || format!("Delete {}", name.get())
                    on:click=remove
                ><Icon name="trash-2"/></button>
            </div>
            <TextField
                id=field_id(object, &format!("check-{at}-expression"))
                label="Must hold" is_bare=true is_code=true value=text check=check_problem on_commit=set
            />
        </div></li>
    }
}

/// What is of the type, each with the way to it.
#[component]
fn Users(id: TypeId) -> impl IntoView {
    let bench = use_workbench();
    let users = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| {
            let schema = editor.target();
            let users = edit::mentions(schema, ObjectId::Type(id));
            let mut named: Vec<(String, ObjectId)> =
                users.into_iter().filter_map(|user| Some((schema.label(user)?, user))).collect();
            named.sort();
            named
        })
    });
    let row = move |(name, object): (String, ObjectId)| {
        let kind = if matches!(object, ObjectId::Type(_)) { "domain" } else { "column" };
        view! {
            <li class="line">
                <button type="button" class="line-main" on:click=move |_| bench.send(Input::Select(object, false))>
                    <span class="truncate">{name} <span class="muted small">{format!(" · {kind}")}</span></span>
                </button>
            </li>
        }
    };
    view! {
        <section class="panel-section" aria-labelledby="type-users-heading">
            <div class="section-head">
                <h3 id="type-users-heading">"Used by " <span class="count">{move || users.with(Vec::len)}</span></h3>
            </div>
            <Show
                when=move || users.with(|users| !users.is_empty())
                fallback=|| view! { <p class="field-hint">"No column has this type yet. Choose it as the type of one."</p> }
            >
                <ul class="line-list">{move || users.get().into_iter().map(row).collect_view()}</ul>
            </Show>
        </section>
    }
}
