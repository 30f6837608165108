//! What is staged, item by item, and what stands against it.

use super::{belongs_to, conflict::Conflicts, item, script};
use crate::workbench::use_workbench;
use edit::ItemKind;
use editor::{Editor, Facet};
use leptos::prelude::*;
use schema::ObjectId;

/// One item as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Line {
    pub(super) object: ObjectId,
    pub(super) kind: ItemKind,
    pub(super) title: String,
    pub(super) details: Vec<String>,
    /// What others did to it meanwhile.
    pub(super) beside: Vec<String>,
    pub(super) sql: String,
    pub(super) findings: Vec<String>,
}

/// The items of one table, or of none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Section {
    name: String,
    lines: Vec<Line>,
}

/// What is pending, and what is wrong with the schema beyond the items.
#[derive(Debug, Clone, Default, PartialEq)]
struct Overview {
    sections: Vec<Section>,
    findings: Vec<String>,
}

/// Everything that is staged.
#[component]
pub fn PendingList() -> impl IntoView {
    let bench = use_workbench();
    let overview = Memo::new(move |_| bench.read(Facet::Schema, overview));
    view! {
        <Conflicts/>
        <Findings overview/>
        <For each=move || overview.with(|overview| overview.sections.clone()) key=Clone::clone let(section)>
            <SectionView section/>
        </For>
    }
}

#[component]
fn Findings(overview: Memo<Overview>) -> impl IntoView {
    let findings = move || {
        overview.with(|overview| {
            let findings = overview.findings.iter().cloned();
            findings.map(|text| view! { <item::Finding text/> }).collect_view()
        })
    };
    view! { <div class="pending-findings">{findings}</div> }
}

#[component]
fn SectionView(section: Section) -> impl IntoView {
    let lines = section.lines.clone();
    view! {
        <section class="pending-section">
            <h3>{section.name.clone()}</h3>
            <ul>
                <For each=move || lines.clone() key=Clone::clone let(line)>
                    <item::Item line/>
                </For>
            </ul>
        </section>
    }
}

fn overview(editor: &Editor) -> Overview {
    let pending = editor.pending();
    if pending.is_empty() {
        return Overview::default();
    }
    let plan = ddl::plan(editor.base(), editor.target());
    let steps = plan.by_object();
    let errors = editor.findings();
    let mut sections: Vec<(Option<schema::TableId>, Section)> = Vec::new();
    for item in pending.items() {
        let own = errors.iter().filter(|finding| belongs_to(finding.object, item.object));
        let refusals = plan.refusals.iter().filter(|refusal| refusal.object == item.object);
        let line = Line {
            object: item.object,
            kind: item.kind,
            title: item.title.clone(),
            details: item.details.clone(),
            beside: editor.beside(item.object).to_vec(),
            sql: script(steps.get(&item.object).into_iter().flatten().copied()),
            findings: own.map(|finding| finding.message.clone()).chain(refusals.map(|it| it.message.clone())).collect(),
        };
        match sections.iter_mut().find(|(table, _)| *table == item.table) {
            Some((_, section)) => section.lines.push(line),
            None => {
                let name = item.table.and_then(|table| editor.shown().label(ObjectId::Table(table)));
                let name = name.unwrap_or_else(|| "Schemas".to_owned());
                sections.push((item.table, Section { name, lines: vec![line] }));
            }
        }
    }
    let mut sections: Vec<Section> = sections.into_iter().map(|(_, section)| section).collect();
    sections.sort_by(|a, b| a.name.cmp(&b.name));
    let elsewhere =
        errors.iter().filter(|finding| !pending.items().any(|item| belongs_to(finding.object, item.object)));
    Overview { sections, findings: elsewhere.map(|finding| finding.message.clone()).collect() }
}
