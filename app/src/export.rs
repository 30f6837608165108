//! The schema as a file to take away: made in the browser from what is on the screen.

use crate::canvas;
use crate::platform::share;
use crate::ui::tabs::tab_id;
use crate::ui::{CopyButton, Icon, Modal, Tab, TabList};
use crate::workbench::{Overlay, Workbench, use_workbench};
use diagram::{Camera, DisplayList, Marks, Scene, Size, Theme, View, svg};
use edit::Placement;
use editor::{Editor, Facet};
use interchange::{Dialect, Format, Written};
use leptos::{prelude::*, task::spawn_local};
use schema::{Schema, TableId};
use std::collections::{BTreeMap, BTreeSet};

const TABS: &str = "export";

/// What a tab stands for, by its number.
const SQL: usize = 0;
const DBML: usize = 1;
const PICTURE: usize = 2;

/// So many notes are shown; the file says nothing of them, so that it is the same without.
const MOST_NOTES: usize = 200;

/// Space around the tables of a picture, in pixels.
const MARGIN: f64 = 32.0;
/// How many pixels of a bitmap one pixel of the diagram becomes, so that it is sharp in a document.
const PIXELS: f64 = 2.0;

/// The export dialog; shown while the workbench's overlay is the export.
#[component]
pub fn ExportDialog() -> impl IntoView {
    let bench = use_workbench();
    let is_open = Memo::new(move |_| bench.overlay.with(|overlay| *overlay == Some(Overlay::Export)));
    let closed = Callback::new(move |()| bench.overlay.set(None));
    move || is_open.get().then(|| view! { <Modal title="Export" class="export" on_close=closed><Body/></Modal> })
}

#[component]
fn Body() -> impl IntoView {
    let bench = use_workbench();
    let chosen = RwSignal::new(0_usize);
    let is_committed = RwSignal::new(false);
    let is_dark = RwSignal::new(false);
    let is_part = RwSignal::new(false);
    let dialect = RwSignal::new(Format::Sql(Dialect::Postgres));
    let other = RwSignal::new(Format::Json);
    // None is the picture.
    let format = Memo::new(move |_| match chosen.get() {
        SQL => Some(dialect.get()),
        DBML => Some(Format::Dbml),
        PICTURE => None,
        _ => Some(other.get()),
    });
    let theme = Memo::new(move |_| if is_dark.get() { Theme::dark() } else { Theme::light() });
    let source = Source { is_committed, is_part };
    let written = Memo::new(move |_| {
        let (format, theme, title) = (format.get(), theme.get(), bench.name.get());
        source.read(bench, |editor, schema| written(editor, schema, format, theme, &title))
    });
    let text = Memo::new(move |_| written.with(|written| written.text.clone()));
    let tabs = ["SQL", "DBML", "SVG", "More"].map(Tab::plain).to_vec();
    let is_own = move || bench.read(Facet::Schema, |editor| editor.exhibit().is_none());
    let is_picture = move || format.get().is_none();
    let choice = move || match chosen.get() {
        SQL => view! { <Choice id="export-dialect" label="Database" is_offered=is_sql chosen=dialect/> }.into_any(),
        DBML | PICTURE => ().into_any(),
        _ => view! { <Choice id="export-format" label="Format" is_offered=is_other chosen=other/> }.into_any(),
    };
    view! {
        <div class="dialog-body">
            <div class="export-choices">
                <TabList id=TABS label="Format" tabs=tabs chosen=chosen/>
                {choice}
                <Show when=is_own fallback=Exhibited>
                    <Version is_committed=is_committed/>
                </Show>
                <Part is_part=is_part/>
                <Show when=is_picture>
                    <label class="check">
                        <input type="checkbox" prop:checked=move || is_dark.get() on:change=move |event| is_dark.set(event_target_checked(&event))/>
                        "Dark"
                    </label>
                </Show>
            </div>
            <div role="tabpanel" id=format!("{TABS}-panel") aria-labelledby=move || tab_id(TABS, chosen.get())>
                <Show when=is_picture fallback=move || view! { <Text text=text/> }>
                    <Picture text=text/>
                </Show>
            </div>
            <Notes written=written format=format/>
        </div>
        <Buttons source=source format=format theme=theme text=text/>
    }
}

/// What is exported.
#[derive(Clone, Copy)]
struct Source {
    /// What is committed, and not what is edited.
    is_committed: RwSignal<bool>,
    /// What is selected, and nothing else.
    is_part: RwSignal<bool>,
}

impl Source {
    fn read<T>(self, bench: Workbench, read: impl FnOnce(&Editor, &Schema) -> T) -> T {
        let (is_committed, is_part) = (self.is_committed.get(), self.is_part.get());
        bench.read(Facet::Schema, |editor| {
            let is_committed = is_committed && editor.exhibit().is_none();
            let whole = if is_committed { editor.base() } else { editor.seen() };
            let tables = selected(editor);
            if is_part && !tables.is_empty() { read(editor, &whole.excerpt(&tables)) } else { read(editor, whole) }
        })
    }
}

/// The tables that are selected, or have something selected in them.
fn selected(editor: &Editor) -> BTreeSet<TableId> {
    editor.selection().iter().filter_map(|object| object.table()).collect()
}

fn is_sql(format: Format) -> bool {
    matches!(format, Format::Sql(_))
}

fn is_other(format: Format) -> bool {
    !is_sql(format) && format != Format::Dbml
}

/// One of several formats.
#[component]
fn Choice(
    id: &'static str,
    label: &'static str,
    is_offered: fn(Format) -> bool,
    chosen: RwSignal<Format>,
) -> impl IntoView {
    let option = move |format: Format| {
        view! { <option value=format.key() prop:selected=move || chosen.get() == format>{format.name()}</option> }
    };
    let choose = move |event: leptos::ev::Event| {
        if let Ok(format) = event_target_value(&event).parse() {
            chosen.set(format);
        }
    };
    view! {
        <label class="visually-hidden" for=id>{label}</label>
        <select class="select" id=id on:change=choose>
            {Format::ALL.into_iter().filter(|format| is_offered(*format)).map(option).collect_view()}
        </select>
    }
}

/// What the format has no equal for, by object.
#[component]
fn Notes(written: Memo<Written>, format: Memo<Option<Format>>) -> impl IntoView {
    let count = Memo::new(move |_| written.with(|written| written.notes.len()));
    let summary = move || {
        let name = format.get().map_or("SVG", Format::name);
        match count.get() {
            1 => format!("{name} cannot say 1 thing as it is"),
            n => format!("{name} cannot say {n} things as they are"),
        }
    };
    let list = move || {
        written.with(|written| {
            let shown = written.notes.iter().take(MOST_NOTES);
            let mut items: Vec<String> = shown.map(ToString::to_string).collect();
            if written.notes.len() > MOST_NOTES {
                items.push(format!("and {} more", written.notes.len() - MOST_NOTES));
            }
            items.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()
        })
    };
    view! {
        <Show when=move || { count.get() > 0 }>
            <details class="export-notes">
                <summary>{summary}</summary>
                <ul tabindex="0" aria-label="What is left out or written otherwise">{list}</ul>
            </details>
        </Show>
    }
}

/// What is exported of an exhibit: what is seen of it.
#[component]
fn Exhibited() -> impl IntoView {
    let bench = use_workbench();
    let title = move || bench.read(Facet::Schema, |editor| editor.exhibit().map(|exhibit| exhibit.title.clone()));
    view! { <span class="muted">{title}</span> }
}

/// As edited or as committed; the two are the same when nothing is pending.
#[component]
fn Version(is_committed: RwSignal<bool>) -> impl IntoView {
    let bench = use_workbench();
    let pending = Memo::new(move |_| bench.read(Facet::Schema, |editor| editor.pending().len()));
    let revision = Memo::new(move |_| bench.read(Facet::Schema, Editor::base_revision));
    let option = move |value: bool, id: &'static str, label: Signal<String>| {
        view! {
            <div class="segment">
                <input
                    type="radio"
                    name="export-version"
                    id=id
                    prop:checked=move || is_committed.get() == value
                    on:change=move |_| is_committed.set(value)
                />
                <label for=id>{move || label.get()}</label>
            </div>
        }
    };
    let edited = Signal::derive(move || match pending.get() {
        0 => "As edited".to_owned(),
        n => format!("As edited ({n} pending)"),
    });
    let committed = Signal::derive(move || format!("As committed (revision {})", revision.get()));
    view! {
        <fieldset class="segments">
            <legend class="visually-hidden">"Which state"</legend>
            {option(false, "export-edited", edited)}
            {option(true, "export-committed", committed)}
        </fieldset>
    }
}

/// The whole diagram, or only what is selected while that is something.
#[component]
fn Part(is_part: RwSignal<bool>) -> impl IntoView {
    let bench = use_workbench();
    // Nothing else is selected while the dialog is open.
    let count = bench.peek(|editor| selected(editor).len());
    let label =
        if count == 1 { "Only the selected table".to_owned() } else { format!("Only the {count} selected tables") };
    (count > 0).then(|| {
        view! {
            <label class="check">
                <input type="checkbox" prop:checked=move || is_part.get() on:change=move |event| is_part.set(event_target_checked(&event))/>
                {label}
            </label>
        }
    })
}

#[component]
fn Text(text: Memo<String>) -> impl IntoView {
    view! { <pre class="code export-text" tabindex="0" aria-label="Exported text"><code>{move || text.get()}</code></pre> }
}

#[component]
fn Picture(text: Memo<String>) -> impl IntoView {
    let address = move || {
        let encoded: String = js_sys::encode_uri_component(&text.get()).into();
        format!("data:image/svg+xml;charset=utf-8,{encoded}")
    };
    view! { <div class="export-picture"><img src=address alt="The whole diagram"/></div> }
}

#[component]
fn Buttons(source: Source, format: Memo<Option<Format>>, theme: Memo<Theme>, text: Memo<String>) -> impl IntoView {
    let bench = use_workbench();
    let problem = RwSignal::new(String::new());
    let told = move |name: &str, is_saved: bool| {
        problem.set(if is_saved { String::new() } else { format!("The browser did not save {name}") });
    };
    let download = move |_| {
        let (suffix, media) = match format.get_untracked() {
            Some(format) => (format.extension(), format.media_type()),
            None => ("svg", "image/svg+xml"),
        };
        let name = format!("{}.{suffix}", file_stem(&bench.name.get_untracked()));
        told(&name, share::download(&name, media, &text.get_untracked()).is_ok());
    };
    let bitmap = move |_| {
        let name = format!("{}.png", file_stem(&bench.name.get_untracked()));
        let list = untrack(|| source.read(bench, |editor, schema| painted(schema, editor.seen_placements())));
        let theme = theme.get_untracked();
        spawn_local(async move {
            let blob = canvas::png(&list, theme, canvas::scale_of(&list, PIXELS)).await;
            told(&name, blob.is_some_and(|blob| share::save(&name, &blob).is_ok()));
        });
    };
    let size =
        move || text.with(|text| format!("{} lines, {:.1} kB", text.lines().count(), text.len() as f64 / 1000.0));
    view! {
        <footer class="dialog-foot">
            <span class="muted small export-size">{size}</span>
            <span class="field-error" aria-live="polite">{problem}</span>
            <CopyButton text=text otherwise="download it instead"/>
            <Show when=move || format.get().is_none()>
                <button type="button" class="button" on:click=bitmap><Icon name="download"/>"Download PNG"</button>
            </Show>
            <button type="button" class="button button-primary" on:click=download><Icon name="download"/>"Download"</button>
        </footer>
    }
}

fn written(editor: &Editor, schema: &Schema, format: Option<Format>, theme: Theme, title: &str) -> Written {
    match format {
        Some(format) => interchange::write(schema, format),
        None => Written { text: picture(schema, editor.seen_placements(), theme, title), notes: Vec::new() },
    }
}

fn picture(schema: &Schema, placements: &BTreeMap<TableId, Placement>, theme: Theme, title: &str) -> String {
    let list = painted(schema, placements);
    svg::write(&list, list.size, theme, title)
}

/// All tables at full size, with a margin.
fn painted(schema: &Schema, placements: &BTreeMap<TableId, Placement>) -> DisplayList {
    let scene = Scene::build(schema, placements);
    let bounds = scene.bounds();
    let size = Size::new((bounds.width() + 2.0 * MARGIN).ceil(), (bounds.height() + 2.0 * MARGIN).ceil());
    let camera = Camera { x: bounds.x0 - MARGIN, y: bounds.y0 - MARGIN, zoom: 1.0 };
    scene.paint(&View { camera, size }, &Marks::default())
}

/// A diagram's name as the name of a file on any system.
fn file_stem(name: &str) -> String {
    let words: Vec<String> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    if words.is_empty() { "schema".to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_suit_every_system() {
        for (name, expect) in
            [("ShopFlow", "shopflow"), ("My shop: v2", "my-shop-v2"), ("../..", "schema"), ("", "schema")]
        {
            assert_eq!(file_stem(name), expect);
        }
    }

    #[test]
    fn a_picture_holds_every_table() {
        let schema = schema::testing::schema_from("users\n  id integer!\norders\n  id integer!");
        let svg = picture(&schema, &BTreeMap::new(), Theme::light(), "Shop");
        assert!(svg.contains("users") && svg.contains("orders") && svg.starts_with("<svg"), "{svg}");
    }
}
