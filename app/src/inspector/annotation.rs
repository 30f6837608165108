//! The editor of a group or a note.

use super::findings::Findings;
use super::options::ColorChoice;
use super::reference::name_problem;
use super::table::NoteField;
use crate::ui::{Icon, TextField, focus_soon};
use crate::workbench::use_workbench;
use edit::Attribute;
use editor::{Change, Facet, Input};
use leptos::prelude::*;
use schema::{Annotation, AnnotationId, AnnotationKind, Name, ObjectId, Spot, TableId};
use web_sys::{HtmlSelectElement, KeyboardEvent};

/// Name, color and text; of a group its tables as well.
#[component]
pub(super) fn AnnotationEditor(id: AnnotationId) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Annotation(id);
    // What is being taken away is shown as it last was.
    let it = Memo::new(move |last: Option<&Option<Annotation>>| {
        let now = bench.read(Facet::Schema, |editor| editor.target().annotations.get(&id).cloned());
        now.or_else(|| last.cloned().flatten())
    });
    let is_group = it.with_untracked(|it| it.as_ref().is_some_and(|it| it.kind == AnnotationKind::Group));
    let name = Memo::new(move |_| it.with(|it| it.as_ref().map(|it| it.name.to_string()).unwrap_or_default()));
    let rename = Callback::new(move |text: String| {
        if let Ok(name) = Name::parse(&text) {
            bench.change(Change::Rename(object, name));
        }
    });
    let onward = Callback::new(move |()| focus_soon(vec![".inspector textarea".to_owned()]));
    let note = Memo::new(move |_| it.with(|it| it.as_ref().and_then(|it| it.note.clone()).unwrap_or_default()));
    let color = Signal::derive(move || it.with(|it| it.as_ref().and_then(|it| it.color.clone()).unwrap_or_default()));
    let set_color = Callback::new(move |color: Option<String>| bench.change(Change::SetColor(id, color)));
    let (label, placeholder) = match is_group {
        true => ("What the group is for", "What its tables have in common"),
        false => ("Text of the note", "What the note says"),
    };
    view! {
        <section class="panel-section">
            <TextField id="annotation-name" label="Name" value=name check=name_problem on_commit=rename on_enter=onward/>
            <Findings object=object/>
            <NoteField object=object label=label value=note placeholder=placeholder/>
            <ColorChoice id="annotation-color" label="Color" value=color on_choose=set_color/>
            {(!is_group).then(|| view! { <Stands id=id it=it/> })}
        </section>
        {is_group.then(|| view! { <Members id=id/> })}
    }
}

fn width_problem(text: &str) -> Option<String> {
    let (least, most) = Spot::WIDTHS.into_inner();
    let is_possible = text.trim().parse().is_ok_and(|width: u16| Spot::WIDTHS.contains(&width));
    (!is_possible).then(|| format!("a note can be from {least} to {most} wide"))
}

/// How wide a note is, and the way back to where notes stand by themselves.
#[component]
fn Stands(id: AnnotationId, it: Memo<Option<Annotation>>) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Annotation(id);
    let width = Memo::new(move |_| {
        let spot = bench.read(Facet::Schema, |editor| editor.scene().note_spot(id));
        spot.map(|spot| spot.width.to_string()).unwrap_or_default()
    });
    let set_width = Callback::new(move |text: String| {
        let spot = bench.peek(|editor| editor.scene().note_spot(id));
        if let (Some(spot), Ok(width)) = (spot, text.trim().parse()) {
            bench.change(Change::Set(object, Attribute::Spot(Some(Spot { width, ..spot }))));
        }
    });
    let is_put = Memo::new(move |_| it.with(|it| it.as_ref().is_some_and(|it| it.spot.is_some())));
    let put_back = move |_| {
        bench.change(Change::Set(object, Attribute::Spot(None)));
        focus_soon(vec!["#annotation-width".to_owned()]);
    };
    view! {
        <TextField id="annotation-width" label="Width" value=width check=width_problem on_commit=set_width/>
        <p class="field-hint">"Drag the note to move it, or its right edge to change its width. Arrow keys move it, too."</p>
        <Show when=move || is_put.get()>
            <button type="button" class="button button-ghost" on:click=put_back>"Put it back above the tables"</button>
        </Show>
    }
}

/// The tables of a group, each with the way to it and out of the group.
#[component]
fn Members(id: AnnotationId) -> impl IntoView {
    let bench = use_workbench();
    let tables = move |is_member: bool| {
        Memo::new(move |_| {
            bench.read(Facet::Schema, |editor| {
                let schema = editor.target();
                let chosen = schema.tables_by_name().into_iter().filter(|it| (it.group == Some(id)) == is_member);
                chosen.map(|table| (table.id, schema.display_name(table))).collect::<Vec<_>>()
            })
        })
    };
    let (members, others) = (tables(true), tables(false));
    let row = move |(table, name): (TableId, String)| {
        let out = move |_| {
            bench.change(Change::SetGroup(table, None));
            focus_soon(vec!["#group-add".to_owned()]);
        };
        let label = format!("Take {name} out of the group");
        view! {
            <li class="line">
                <button type="button" class="line-main" on:click=move |_| bench.send(Input::Select(ObjectId::Table(table), false))>
                    <span class="truncate">{name}</span>
                </button>
                <button type="button" class="icon-button" aria-label=label title="Take out of the group" on:click=out>
                    <Icon name="x"/>
                </button>
            </li>
        }
    };
    // With the keyboard one passes other choices on the way, so that the choice counts only once it is settled.
    let passes = StoredValue::new(false);
    let add = move |list: HtmlSelectElement| {
        let value = list.value();
        let chosen = others.with_untracked(|all| all.iter().map(|(id, _)| *id).find(|id| id.to_string() == value));
        if let Some(table) = chosen {
            bench.change(Change::SetGroup(table, Some(id)));
        }
        list.set_selected_index(0);
    };
    let changed = move |event: web_sys::Event| {
        if !passes.get_value() {
            add(event_target(&event));
        }
    };
    let pressed = move |event: KeyboardEvent| {
        let list: HtmlSelectElement = event_target(&event);
        match event.key().as_str() {
            "Enter" if !list.value().is_empty() => {
                event.prevent_default();
                event.stop_propagation();
                passes.set_value(false);
                add(list);
            }
            "Escape" => passes.set_value(false),
            "Tab" => {}
            _ => passes.set_value(true),
        }
    };
    let left = move |event: web_sys::FocusEvent| {
        if passes.try_update_value(std::mem::take) == Some(true) {
            add(event_target(&event));
        }
    };
    let options = move || {
        let all = others.get().into_iter();
        all.map(|(id, name)| view! { <option value=id.to_string()>{name}</option> }).collect_view()
    };
    view! {
        <section class="panel-section" aria-labelledby="members-heading">
            <div class="section-head">
                <h3 id="members-heading">"Tables " <span class="count">{move || members.with(Vec::len)}</span></h3>
            </div>
            <Show when=move || members.with(Vec::is_empty)>
                <p class="field-hint">"No tables yet, so that there is nothing to see of the group on the canvas."</p>
            </Show>
            <ul class="line-list">{move || members.get().into_iter().map(row).collect_view()}</ul>
            <div class="field">
                <label for="group-add">"Add a table"</label>
                <select id="group-add" class="select" on:change=changed on:keydown=pressed
                    on:pointerdown=move |_| passes.set_value(false) on:blur=left>
                    <option value="">"Choose a table"</option>
                    {options}
                </select>
            </div>
        </section>
    }
}
