//! What a line means: how many rows stand at its ends, what finds them, and how they are read together.

use crate::join::Queries;
use crate::ui::Icon;
use crate::workbench::use_workbench;
use advise::{index_for, join_along};
use editor::{Change, Facet};
use leptos::prelude::*;
use schema::{ColumnId, EndMarker, Ends, Reference, ReferenceId, Schema, TableId};

/// How the rows that name another are found.
#[derive(Debug, Clone, PartialEq)]
enum Search {
    /// By this index or key.
    By(String),
    /// By looking through all rows; an index on the columns would help.
    Through(TableId, Vec<ColumnId>),
}

/// All of it, as one card in the panel of the reference.
#[component]
pub(super) fn Explained(id: ReferenceId) -> impl IntoView {
    let bench = use_workbench();
    let read = move |read: fn(&Schema, &Reference) -> Option<String>| {
        bench.read(Facet::Schema, |editor| read(editor.target(), editor.target().references.get(&id)?))
    };
    let to = move || read(|schema, reference| Some(referenced(schema, reference)));
    let from = move || read(|schema, reference| Some(referencing(schema, reference)));
    let search = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| search(editor.target(), editor.target().references.get(&id)?))
    });
    let is_open = RwSignal::new(false);
    let toggled = move |event| is_open.set(event_target::<web_sys::Element>(&event).has_attribute("open"));
    // Worked out only while it is looked at.
    let join = Memo::new(move |_| {
        let reference = move |schema: &Schema| join_along(schema, schema.references.get(&id)?);
        is_open.get().then(|| bench.read(Facet::Schema, |editor| reference(editor.target()))).flatten()
    });
    view! {
        <section class="panel-section" aria-labelledby="ref-explained">
            <h3 id="ref-explained">"What this line means"</h3>
            <p class="field-hint">{to}</p>
            <p class="field-hint">{from}</p>
            {move || search.get().map(|search| view! { <Found search/> })}
            <details class="disclosure" on:toggle=toggled>
                <summary>"Its JOIN as SQL"</summary>
                {move || join.get().map(|join| view! { <Queries join/> })}
            </details>
        </section>
    }
}

#[component]
fn Found(search: Search) -> impl IntoView {
    let bench = use_workbench();
    match search {
        Search::By(index) => view! {
            <p class="field-hint">"Rows that name one are found by " <span class="mono">{index}</span> "."</p>
        }
        .into_any(),
        Search::Through(table, columns) => {
            let add = move |_| bench.change(Change::AddIndex(table, columns.clone(), false));
            view! {
                <div class="notice notice-warning small">
                    <Icon name="triangle-alert"/>
                    <span class="notice-text">"Rows that name one are looked for in the whole table: no index begins with the columns."</span>
                    <button type="button" class="button button-small" on:click=add>"Add index"</button>
                </div>
            }
            .into_any()
        }
    }
}

fn search(schema: &Schema, reference: &Reference) -> Option<Search> {
    let table = schema.table(reference.referencing)?;
    let columns = reference.referencing_columns();
    // A partition has the indexes of its parent.
    if table.options.partition.is_some() {
        return None;
    }
    match index_for(table, &columns) {
        Some(index) => schema.label(index).map(Search::By),
        None => Some(Search::Through(table.id, columns)),
    }
}

/// How many rows one row names: one, or perhaps none.
fn referenced(schema: &Schema, reference: &Reference) -> String {
    let tables = (schema.table(reference.referencing), schema.table(reference.referenced));
    let (Some(from), Some(to)) = tables else { return String::new() };
    let optional = reference.pairs.iter().find(|pair| from.is_nullable(pair.referencing));
    match optional.and_then(|pair| from.column(pair.referencing)) {
        None => {
            let columns: Vec<&str> = reference
                .pairs
                .iter()
                .filter_map(|pair| from.column(pair.referencing))
                .map(|it| it.name.as_str())
                .collect();
            format!("Every row of {} names one of {}, since {} is NOT NULL.", from.name, to.name, columns.join(", "))
        }
        Some(column) => {
            format!("A row of {} may name none of {}, since {} may be NULL.", from.name, to.name, column.name)
        }
    }
}

/// How many rows may name the same row.
fn referencing(schema: &Schema, reference: &Reference) -> String {
    let tables = (schema.table(reference.referencing), schema.table(reference.referenced));
    let (Some(from), Some(to)) = tables else { return String::new() };
    let columns = from.list_of(&reference.referencing_columns());
    match Ends::of(schema, reference).referencing {
        EndMarker::One | EndMarker::ZeroOrOne => {
            format!("At most one row of {} names the same row of {}: {columns} is unique.", from.name, to.name)
        }
        EndMarker::OneOrMany | EndMarker::ZeroOrMany => {
            format!("Any number of rows of {} may name the same row of {}.", from.name, to.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of the one reference from `orders(user_id)` to `users(id)`.
    fn check(orders: &str, expect: [&str; 2], index: Option<&str>) {
        let schema = schema::testing::schema_from(&format!(
            "users\n  id integer!\n  pk users_pkey(id)\norders\n{orders}\nfk f: orders(user_id) -> users(id)"
        ));
        let reference = schema.references.values().next().unwrap();
        assert_eq!([referenced(&schema, reference), referencing(&schema, reference)], expect);
        let by = match search(&schema, reference).unwrap() {
            Search::By(name) => Some(name),
            Search::Through(_, columns) => {
                assert_eq!(columns, reference.referencing_columns());
                None
            }
        };
        assert_eq!(by.as_deref(), index);
    }

    #[test]
    fn a_line_is_said_in_words() {
        let any = "Any number of rows of orders may name the same row of users.";
        let every = "Every row of orders names one of users, since user_id is NOT NULL.";
        let none = "A row of orders may name none of users, since user_id may be NULL.";
        let one = "At most one row of orders names the same row of users: user_id is unique.";
        check("  user_id integer!", [every, any], None);
        check("  user_id integer\n  index by_user(user_id)", [none, any], Some("by_user"));
        check("  user_id integer!\n  unique one_each(user_id)", [every, one], Some("one_each"));
    }
}
