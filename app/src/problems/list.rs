//! The problems in sections: by how much they matter, and in these by rule.

use super::{PAUSE, look_soon, muted, toggle};
use crate::{
    platform::dom,
    ui::{Icon, dom_key, focus_soon},
    workbench::{Workbench, use_workbench},
};
use advise::{Finding, Fix, Severity};
use editor::{Change, Facet, Input};
use leptos::prelude::*;
use schema::ObjectId;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// How many problems of one rule are listed at once.
const MOST: usize = 40;

/// What one rule has found at one level.
#[derive(Debug, Clone, PartialEq)]
struct Section {
    severity: Severity,
    rule: &'static str,
    lines: Vec<Line>,
    /// How many more there are.
    rest: usize,
}

/// One problem as it is shown.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    object: Option<ObjectId>,
    message: String,
    fix: Option<Fix>,
    id: String,
}

/// The panel with the problems. It stays while another tab is chosen, as its count is shown there.
#[component]
pub fn ProblemsPanel() -> impl IntoView {
    let bench = use_workbench();
    let problems = bench.problems;
    Effect::new(move || muted::recall(bench));
    Effect::new(move |is_later: Option<()>| {
        bench.read(Facet::Schema, |_| ());
        look_soon(bench, if is_later.is_some() { PAUSE } else { Duration::ZERO });
    });
    let sections = Memo::new(move |_| {
        let found = problems.found.get();
        let found = found.as_deref().map(Vec::as_slice).unwrap_or_default();
        sections(found, |rule| problems.is_muted(rule))
    });
    let is_hidden = move || bench.sidebar.get() != crate::sidebar::PROBLEMS;
    let is_clean = move || problems.found.with(Option::is_some) && sections.with(Vec::is_empty);
    let words = move || {
        let count: usize = sections.with(|all| all.iter().map(|section| section.lines.len() + section.rest).sum());
        match (problems.found.with(Option::is_some), count) {
            (false, _) => "Looking through the schema…".to_owned(),
            (true, 0) => "No problems found".to_owned(),
            (true, 1) => "1 problem".to_owned(),
            (true, n) => format!("{n} problems"),
        }
    };
    view! {
        <section class="problems" aria-labelledby="problems-title" hidden=is_hidden on:keydown=move |event| pressed(bench, &event)>
            <header class="problems-head">
                <h2 id="problems-title" tabindex="-1"><span role="status">{words}</span></h2>
            </header>
            <div class="problems-body">
                <Show when=is_clean>
                    <p class="muted problems-note">
                        "The whole diagram is looked through whenever it changes: for references that cannot work, missing
                        indexes, deletions that reach far and more."
                    </p>
                </Show>
                {move || {
                    // Drawn only while it is looked at: there may be hundreds.
                    (!is_hidden()).then(|| Severity::ALL.map(|severity| view! { <Group severity sections/> }).collect_view())
                }}
                <muted::SwitchedOff/>
            </div>
            <Show when=move || sections.with(|all| !all.is_empty())>
                <p class="muted small problems-keys">
                    <kbd>"↑"</kbd>" "<kbd>"↓"</kbd>" show the next problem on the canvas, "<kbd>"Enter"</kbd>" stages its fix"
                </p>
            </Show>
        </section>
    }
}

#[component]
fn Group(severity: Severity, sections: Memo<Vec<Section>>) -> impl IntoView {
    let own = move || sections.with(|all| all.iter().filter(|it| it.severity == severity).cloned().collect::<Vec<_>>());
    let count = move || own().iter().map(|section| section.lines.len() + section.rest).sum::<usize>();
    let id = format!("problems-{}", severity.as_str());
    let title = match severity {
        Severity::Error => "Errors",
        Severity::Warning => "Warnings",
        Severity::Info => "Worth knowing",
        Severity::Style => "Style",
    };
    view! {
        <Show when=move || { count() > 0 }>
            <section class="problem-group" aria-labelledby=id.clone()>
                <h3 id=id.clone()>{title}" "<span class="muted">{count}</span></h3>
                {move || own().into_iter().map(|section| view! { <Rule section/> }).collect_view()}
            </section>
        </Show>
    }
}

#[component]
fn Rule(section: Section) -> impl IntoView {
    let Section { severity, rule, lines, rest } = section;
    let is_asking = RwSignal::new(false);
    let known = advise::rule(rule);
    let title = known.map_or("", |rule| rule.title);
    let why = known.map_or("", |rule| rule.why);
    let ask = move |_| {
        is_asking.set(true);
        focus_soon(vec![format!("#problem-reason-{rule}")]);
    };
    // What PostgreSQL refuses cannot be committed, whether or not somebody looks at it.
    let can_be_off = !rule.starts_with('E');
    view! {
        <div class="problem-rule">
            <details class="problem-why">
                <summary>{title}" "<span class="muted mono small">{rule}</span></summary>
                <p class="small">{why}</p>
                {can_be_off.then(|| view! {
                    <button type="button" class="button button-ghost button-small" id=format!("problem-off-{rule}")
                        aria-label=format!("Switch off {rule}…") on:click=ask>
                        "Switch off…"
                    </button>
                })}
            </details>
            <Show when=move || is_asking.get()>
                <muted::SwitchOff rule is_asking/>
            </Show>
            <ul>{lines.into_iter().map(|line| view! { <Row line severity/> }).collect_view()}</ul>
            {(rest > 0).then(|| view! { <p class="muted small problems-note">{format!("and {rest} more")}</p> })}
        </div>
    }
}

#[component]
fn Row(line: Line, severity: Severity) -> impl IntoView {
    let bench = use_workbench();
    let Line { object, message, fix, id } = line;
    let icon = match severity {
        Severity::Error => "circle-alert",
        Severity::Warning => "triangle-alert",
        Severity::Info => "info",
        Severity::Style => "pencil-line",
    };
    let show = move || {
        if let Some(object) = object {
            bench.send(Input::Select(object, false));
        }
    };
    let mend = fix.map(|fix| {
        let label = format!("Fix: {}", fix.label);
        view! {
            <button type="button" class="button button-small problem-fix" aria-label=label.clone() title=label
                hidden=move || !bench.may_edit.get() on:click=move |_| stage(bench, fix.clone())>
                "Fix"
            </button>
        }
    });
    view! {
        <li class=format!("problem is-{}", severity.as_str()) data-testid="problem">
            <button type="button" class="list-row problem-main" id=id on:click=move |_| show() on:focus=move |_| show()>
                <Icon name=icon/>
                <span>{message}</span>
            </button>
            {mend}
        </li>
    }
}

/// Stages a fix, and looks at once for what is left.
fn stage(bench: Workbench, fix: Fix) {
    let next = neighbours();
    bench.change(Change::Fix(fix));
    look_soon(bench, Duration::ZERO);
    // What had the focus goes with the problem; the next one takes its place.
    set_timeout(move || focus_soon(next), Duration::from_millis(60));
}

/// The problems around the one that has the focus, the nearest first, and the title for when there are none.
fn neighbours() -> Vec<String> {
    let rows = rows();
    let at = rows.iter().position(|row| row.contains(dom::focused().as_deref())).unwrap_or_default();
    let around = rows.iter().skip(at + 1).take(1).chain(rows.iter().take(at).rev().take(1));
    let ids = around.filter_map(|row| row.query_selector(".problem-main").ok().flatten()).map(|row| row.id());
    ids.map(|id| format!("#{id}")).chain(["#problems-title".to_owned()]).collect()
}

fn rows() -> Vec<web_sys::Element> {
    let found = dom::document().get_elements_by_class_name("problem");
    (0..found.length()).filter_map(|at| found.item(at)).collect()
}

/// The arrows go from problem to problem; Enter stages the fix, where there is one.
fn pressed(bench: Workbench, event: &web_sys::KeyboardEvent) {
    let taken = match event.key().as_str() {
        "ArrowDown" => step(1),
        "ArrowUp" => step(-1),
        "Enter" => mend_focused(),
        "Escape" => {
            toggle(bench);
            true
        }
        _ => false,
    };
    if taken {
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Gives the focus to another problem, which shows it on the canvas.
fn step(by: isize) -> bool {
    let rows = rows();
    let now = rows.iter().position(|row| row.contains(dom::focused().as_deref()));
    let next = now.map_or(Some(0), |at| at.checked_add_signed(by)).and_then(|at| rows.get(at));
    let Some(button) = next.and_then(|row| row.query_selector(".problem-main").ok().flatten()) else { return false };
    dom::focus(&button);
    crate::ui::reveal(&button);
    true
}

/// Presses the button beside the problem that has the focus.
fn mend_focused() -> bool {
    let focused = dom::focused().filter(|it| it.matches(".problem-main").unwrap_or(false));
    let row = focused.and_then(|it| it.parent_element());
    let button = row.and_then(|row| row.query_selector(".problem-fix:not([hidden])").ok().flatten());
    let Some(button) = button.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) else { return false };
    button.click();
    true
}

fn sections(found: &[Finding], is_muted: impl Fn(&str) -> bool) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for finding in found.iter().filter(|finding| !is_muted(finding.rule)) {
        let is_same = |section: &&mut Section| section.rule == finding.rule && section.severity == finding.severity;
        let at = match sections.iter_mut().find(is_same) {
            Some(section) => section,
            None => {
                let Finding { rule, severity, .. } = *finding;
                sections.push(Section { severity, rule, lines: Vec::new(), rest: 0 });
                let Some(last) = sections.last_mut() else { continue };
                last
            }
        };
        if at.lines.len() < MOST {
            at.lines.push(line(finding));
        } else {
            at.rest += 1;
        }
    }
    sections
}

fn line(finding: &Finding) -> Line {
    let object = finding.objects.first().copied().map(drawn);
    let keys: Vec<String> = finding.objects.iter().take(2).map(|object| dom_key(*object)).collect();
    let id = format!("problem-{}-{}", finding.rule, keys.join("-"));
    Line { object, message: finding.message.clone(), fix: finding.fix.clone(), id }
}

/// What the canvas shows of an object: the table of what is in it and not drawn.
fn drawn(object: ObjectId) -> ObjectId {
    match object {
        ObjectId::Key(table, _) | ObjectId::Check(table, _) | ObjectId::Index(table, _) => ObjectId::Table(table),
        ObjectId::Namespace(_)
        | ObjectId::Table(_)
        | ObjectId::Column(..)
        | ObjectId::Reference(_)
        | ObjectId::Type(_)
        | ObjectId::Opaque(_) => object,
    }
}
