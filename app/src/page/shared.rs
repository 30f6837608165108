//! Pages for those who came by a link. They are written once, on the server, and need no script.

use crate::ui::{Brand, Icon};
use leptos::prelude::*;
use leptos::tachys::view::RenderHtml;
use protocol::DiagramSnapshot;
use schema::{Schema, Table};

/// What the page shows.
#[derive(Debug, Clone)]
pub struct SharedPage {
    /// The diagram.
    pub snapshot: DiagramSnapshot,
    /// Its picture, as SVG that follows the page's theme.
    pub picture: String,
    /// Where its schema can be had; none where it cannot.
    pub export: Option<String>,
    /// The address of the style sheet.
    pub style: String,
}

/// What sites want to know that show a link.
#[derive(Debug, Clone)]
pub struct Unfurled {
    /// The diagram's name.
    pub title: String,
    /// What is in it.
    pub description: String,
    /// The full address of its picture.
    pub image: Option<String>,
    /// Where browsers go on to.
    pub next: String,
    /// The address of the style sheet.
    pub style: String,
}

/// What the page shows that asks for a link's password.
#[derive(Debug, Clone)]
pub struct LockedPage {
    /// Where the answer goes.
    pub action: String,
    /// What was wrong with the answer before.
    pub problem: Option<String>,
    /// The address of the style sheet.
    pub style: String,
}

/// The diagram, to look at.
#[must_use]
pub fn shared(page: &SharedPage) -> String {
    let SharedPage { snapshot, picture, export, style } = page.clone();
    let DiagramSnapshot { name, revision, schema, .. } = snapshot;
    let facts = format!("{} · revision {revision} · view only", counted(schema.tables.len(), "table"));
    let takeaway = export.map(|path| {
        let file = move |format: &str, label: &'static str| {
            view! { <a class="button" href=format!("{path}?format={format}") download><Icon name="download"/>{label}</a> }
        };
        view! { <nav class="shared-files" aria-label="Take it away">{file("sql", "SQL")}{file("dbml", "DBML")}{file("svg", "SVG")}</nav> }
    });
    let is_empty = schema.tables.is_empty();
    let outline: Vec<_> = schema.tables_by_name().into_iter().map(|table| outline(&schema, table)).collect();
    let canvas = if is_empty {
        view! { <p class="shared-none muted">"There are no tables in it yet."</p> }.into_any()
    } else {
        view! {
            <fieldset class="segments shared-zoom">
                <legend class="visually-hidden">"Size of the picture"</legend>
                <div class="segment"><input type="radio" name="size" id="size-fit" checked/><label for="size-fit">"Whole"</label></div>
                <div class="segment"><input type="radio" name="size" id="size-full"/><label for="size-full">"100%"</label></div>
            </fieldset>
            <div class="shared-picture" tabindex="0" role="region" aria-label="Picture of the diagram" inner_html=picture></div>
        }
        .into_any()
    };
    let head = view! { <title>{format!("{name} · Crowfoot")}</title> };
    let body = view! {
        <div class="shared">
            <header class="shared-head">
                <span class="shared-brand"><Brand/></span>
                <div class="shared-name"><h1 class="truncate">{name.clone()}</h1><p class="muted small">{facts}</p></div>
                {takeaway}
            </header>
            <aside class="shared-outline" aria-label="Tables">{outline}</aside>
            <main class="shared-canvas">{canvas}</main>
        </div>
    };
    document(&style, head, body)
}

/// A table in words: for those who cannot see the picture, and for those who search it.
fn outline(schema: &Schema, table: &Table) -> impl IntoView + use<> {
    let columns: Vec<_> = table
        .columns
        .iter()
        .map(|column| {
            let marks = match (table.in_primary_key(column.id), column.nullable) {
                (true, _) => Some("PK"),
                (false, true) => Some("null"),
                (false, false) => None,
            };
            view! {
                <li>
                    <span>{column.name.to_string()}</span>
                    <span class="mono muted">{schema.type_text(&column.data_type)}</span>
                    {marks.map(|mark| view! { <span class="badge">{mark}</span> })}
                </li>
            }
        })
        .collect();
    let references: Vec<_> = schema
        .references
        .values()
        .filter(|reference| reference.referencing == table.id)
        .map(|reference| view! { <li>{edit::ends_words(reference.referencing, reference.referenced, &reference.pairs, schema)}</li> })
        .collect();
    let references = (!references.is_empty())
        .then(|| view! { <ul class="shared-references" aria-label="References">{references}</ul> });
    view! {
        <details class="shared-table">
            <summary><Icon name="chevron-right"/>{schema.display_name(table)}</summary>
            {table.note.clone().map(|note| view! { <p class="shared-note">{note}</p> })}
            <ul class="shared-columns" aria-label="Columns">{columns}</ul>
            {references}
        </details>
    }
}

/// For sites that show links, and on to the page for everybody else.
#[must_use]
pub fn unfurled(page: &Unfurled) -> String {
    let Unfurled { title, description, image, next, style } = page.clone();
    let picture = image.map(|address| {
        view! {
            {about("og:image", address.clone())}
            {about("og:image:width", "1200".to_owned())}
            {about("og:image:height", "630".to_owned())}
            <meta name="twitter:card" content="summary_large_image"/>
            <meta name="twitter:image" content=address/>
        }
    });
    let head = view! {
        <title>{format!("{title} · Crowfoot")}</title>
        <meta http-equiv="refresh" content=format!("0;url={next}")/>
        {about("og:type", "website".to_owned())}
        {about("og:site_name", "Crowfoot".to_owned())}
        {about("og:title", title.clone())}
        {about("og:description", description.clone())}
        {picture}
    };
    let body = view! {
        <main class="missing">
            <h1>{title.clone()}</h1>
            <p class="muted">{description.clone()}</p>
            <p><a class="button button-primary" href=next.clone()>"Open the diagram"</a></p>
        </main>
    };
    document(&style, head, body)
}

/// The question for a link's password. It says nothing of what is behind.
#[must_use]
pub fn locked_link(page: &LockedPage) -> String {
    let LockedPage { action, problem, style } = page.clone();
    let is_wrong = problem.is_some();
    let problem = problem.map(|text| {
        let text = format!("{}.", crate::ui::sentence(text.trim_end_matches('.')));
        view! { <p class="field-error" id="password-problem" role="alert"><Icon name="circle-alert"/>{text}</p> }
    });
    let body = view! {
        <div class="card-page">
            <header><span class="home-brand"><Brand/>"Crowfoot"</span></header>
            <main class="card">
                <h1>"This diagram asks for a password"</h1>
                <p class="muted">"Whoever gave you the link can tell you the password."</p>
                <form class="form" method="post" action=action>
                    <div class="field">
                        <label for="password">"Password"</label>
                        <input class="input" id="password" name="password" type="password" autocomplete="off" required autofocus
                            maxlength="128" aria-invalid=is_wrong.then_some("true")
                            aria-describedby=is_wrong.then_some("password-problem")/>
                        {problem}
                    </div>
                    <button type="submit" class="button button-primary">"Open the diagram"</button>
                </form>
            </main>
        </div>
    };
    document(&style, view! { <title>"Password · Crowfoot"</title> }, body)
}

/// What a link says that leads nowhere; `reason` is set when it may yet lead somewhere.
#[must_use]
pub fn ended_link(reason: Option<String>, style: &str) -> String {
    let is_over = reason.is_none();
    let title = if is_over { "This link does not work any more" } else { "The diagram cannot be shown" };
    let words = reason.map_or_else(
        || "It was ended, its time is over, or the visit that began with it is. Open the link again, or ask for a new one.".to_owned(),
        |reason| format!("{}.", crate::ui::sentence(&reason)),
    );
    let head = view! { <title>{format!("{title} · Crowfoot")}</title> };
    let body = view! {
        <main class="missing">
            <h1>{title}</h1>
            <p>{words}</p>
        </main>
    };
    document(style, head, body)
}

/// A line of the Open Graph protocol, which names things by an attribute of its own.
fn about(name: &'static str, content: String) -> impl IntoView {
    leptos::html::meta().attr("property", name).content(content)
}

fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// A page of its own, without the program.
fn document(style: &str, head: impl IntoView, body: impl IntoView) -> String {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex, nofollow"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=style.to_owned()/>
                {head}
            </head>
            <body>{body}</body>
        </html>
    }
    .to_html()
}
