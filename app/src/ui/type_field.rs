//! The type of a column: typed freely, completed from the list of types.

use crate::ui::Draft;
use crate::ui::field::Problem;
use crate::ui::popup::{Align, place_under};
use leptos::html;
use leptos::prelude::*;
use schema::{BaseType, DataType, Schema};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Types whose name, or another spelling of it, has what was typed in it; those that begin with it first.
pub fn matching(text: &str) -> Vec<BaseType> {
    let wanted = text.trim().to_lowercase();
    let rank = |base: &BaseType| {
        let mut names = std::iter::once(base.as_str()).chain(base.aliases().iter().copied());
        let begins = names.clone().any(|name| name.starts_with(&wanted));
        let contains = names.any(|name| name.contains(&wanted));
        if begins { Some(0_u8) } else { contains.then_some(1) }
    };
    let mut found: Vec<(u8, BaseType)> =
        BaseType::ALL.iter().filter_map(|base| rank(base).map(|rank| (rank, *base))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, base)| base).collect()
}

/// A type that is offered, and what else it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Offer {
    name: String,
    hint: &'static str,
}

/// The types of the schema's own first, as whoever made them wants to use them, then PostgreSQL's.
fn offers(schema: &Schema, text: &str) -> Vec<Offer> {
    let wanted = text.trim().to_lowercase();
    let own = schema.types_in_order().into_iter().filter_map(|it| {
        let name = schema.label(schema::ObjectId::Type(it.id))?;
        name.to_lowercase().contains(&wanted).then_some(Offer { name, hint: it.kind() })
    });
    let plain = matching(text).into_iter();
    let plain = plain.map(|base| Offer {
        name: base.as_str().to_owned(),
        hint: base.aliases().first().copied().unwrap_or_default(),
    });
    own.chain(plain).collect()
}

/// A combobox of types.
#[component]
pub fn TypeField(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// Its name, for assistive technology.
    #[prop(into)]
    label: Signal<String>,
    /// The type that the model holds.
    #[prop(into)]
    value: Signal<String>,
    /// The schema, for types of its own.
    schema: Callback<(), Schema>,
    /// Told of another type.
    on_commit: Callback<DataType>,
    /// Told when Enter was pressed and nothing is wrong.
    #[prop(optional)]
    on_enter: Option<Callback<()>>,
) -> impl IntoView {
    let settled = Callback::new(move |text: String| {
        if let Ok(data_type) = schema.run(()).parse_type(&text) {
            on_commit.run(data_type);
        }
    });
    let problem_of = move |text: &str| schema.run(()).parse_type(text).err().map(|error| error.to_string());
    let draft = Draft::new(value, problem_of, settled);
    let options = RwSignal::new(Vec::<Offer>::new());
    let active = RwSignal::new(None::<usize>);
    let popup = NodeRef::<html::Ul>::new();
    let (list_id, problem_id) = (format!("{id}-list"), format!("{id}-problem"));
    let key = StoredValue::new(id.clone());
    let is_open = Memo::new(move |_| options.with(|options| !options.is_empty()));

    let suggest = move |text: &str| {
        // A type that is already complete needs no list under it.
        let found = offers(&schema.run(()), text);
        let is_complete = found.iter().any(|offer| offer.name == text.trim());
        options.set(if is_complete && found.len() == 1 { Vec::new() } else { found });
        active.set(None);
    };
    let close = move || {
        options.set(Vec::new());
        active.set(None);
    };
    let take = move |offer: &Offer| {
        close();
        draft.put(&offer.name);
    };
    let pressed = move |event: KeyboardEvent| {
        let count = options.with_untracked(Vec::len);
        match event.key().as_str() {
            // With Alt they move the column that the type is of.
            "ArrowDown" | "ArrowUp" if !event.alt_key() => {
                event.prevent_default();
                event.stop_propagation();
                if count == 0 {
                    options.set(offers(&schema.run(()), ""));
                    return;
                }
                let step = if event.key() == "ArrowDown" { 1 } else { count - 1 };
                active.update(|at| {
                    *at = Some(at.map_or(if step == 1 { 0 } else { count - 1 }, |at| (at + step) % count));
                });
            }
            "Enter" if active.get_untracked().is_some() => {
                event.prevent_default();
                event.stop_propagation();
                let chosen = active.get_untracked().and_then(|at| options.with_untracked(|all| all.get(at).cloned()));
                if let Some(offer) = chosen {
                    take(&offer);
                }
            }
            "Escape" if count > 0 => {
                event.prevent_default();
                event.stop_propagation();
                close();
            }
            _ => {
                if event.key() == "Enter" || event.key() == "Escape" {
                    close();
                }
                draft.key(&event, on_enter);
            }
        }
    };
    Effect::new(move |_| {
        if let (true, Some(list), Some(input)) = (is_open.get(), popup.get(), draft.input.get_untracked()) {
            place_under(&list, &input, Align::Start);
        }
    });
    Effect::new(move |_| {
        let at = active.get();
        if let (Some(at), Some(list)) = (at, popup.get_untracked()) {
            let row = u32::try_from(at).ok().and_then(|at| list.children().item(at));
            if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
                keep_in_view(&list, &row);
            }
        }
    });
    let list = move || {
        is_open.get().then(|| {
            let rows = move || {
                let all = options.get().into_iter().enumerate();
                all.map(|(at, offer)| {
                    let (name, hint) = (offer.name.clone(), offer.hint);
                    view! {
                        <li
                            role="option"
                            class="option"
                            id=format!("{}-option-{at}", key.get_value())
                            aria-selected=move || (active.get() == Some(at)).to_string()
                            on:mousedown=move |event| { event.prevent_default(); take(&offer); }
                        >
                            <span class="mono">{name}</span>
                            <span class="option-hint">{hint}</span>
                        </li>
                    }
                })
                .collect::<Vec<_>>()
            };
            view! {
                <ul
                    class="listbox"
                    role="listbox"
                    popover="manual"
                    id=format!("{}-list", key.get_value())
                    aria-label="Types"
                    node_ref=popup
                >
                    {rows}
                </ul>
            }
        })
    };
    let described = move || draft.problem.with(Option::is_some).then(|| format!("{}-problem", key.get_value()));
    view! {
        <div class="field combobox">
            <label class="visually-hidden" for=id.clone()>{move || label.get()}</label>
            <input
                id=id
                class="input mono"
                type="text"
                role="combobox"
                autocomplete="off"
                spellcheck="false"
                aria-autocomplete="list"
                aria-expanded=move || is_open.get().to_string()
                aria-controls=list_id
                aria-activedescendant=move || active.get().map(|at| format!("{}-option-{at}", key.get_value()))
                aria-invalid=move || draft.problem.with(Option::is_some).then_some("true")
                aria-describedby=described
                node_ref=draft.input
                value=value.get_untracked()
                prop:value=move || value.get()
                data-settled=move || value.get()
                on:input=move |event| { draft.typed(); suggest(&event_target_value(&event)); }
                on:change=move |_| { draft.commit(); }
                on:blur=move |_| close()
                on:keydown=pressed
            />
            {list}
            <Problem id=problem_id problem=draft.problem/>
        </div>
    }
}

fn keep_in_view(list: &HtmlElement, row: &HtmlElement) {
    let (top, bottom) = (row.offset_top(), row.offset_top() + row.offset_height());
    if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if bottom > list.scroll_top() + list.client_height() {
        list.set_scroll_top(bottom - list.client_height());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_types_by_any_spelling() {
        for (text, first, count_at_least) in
            [("int", "integer", 5), ("datetime", "timestamp", 1), ("", "integer", 40), ("zone", "timestamptz", 2)]
        {
            let found = matching(text);
            assert_eq!(found.first().map(|base| base.as_str()), Some(first), "{text}");
            assert!(found.len() >= count_at_least, "{text}: {found:?}");
        }
        assert!(matching("nothing like it").is_empty());
    }
}
