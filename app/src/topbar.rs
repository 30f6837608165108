//! The bar at the top: which diagram this is, how it stands with saving, and the commands that are always at hand.

use crate::{
    backup::Backup,
    live::{OfflineWords, People},
    page::site::{Person, initial},
    rpc,
    ui::{
        Brand, Icon, focus_soon,
        keys::{title_with_keys, with_keys},
    },
    workbench::{SaveState, Workbench, use_workbench},
};
use editor::{Announcement, Command, Editor, Facet};
use leptos::{prelude::*, task::spawn_local};
use protocol::Me;

/// The bar at the top of the editor.
#[component]
pub fn TopBar(
    /// Whether the list of tables lies over the canvas of a narrow window.
    has_sidebar: RwSignal<bool>,
) -> impl IntoView {
    let bench = use_workbench();
    let pending = Memo::new(move |_| bench.read(Facet::Schema, |editor| editor.pending().len()));
    let has_pending = move || pending.get() > 0;
    let n_conflicts = Memo::new(move |_| bench.read(Facet::Schema, |editor| editor.conflicts().len()));
    view! {
        <header class="topbar">
            <a class="topbar-brand" href="/" aria-label="All diagrams" title="All diagrams">
                <Brand/>
            </a>
            <button class="icon-button topbar-sidebar" aria-label="Tables and references" title="Tables and references"
                aria-expanded=move || has_sidebar.get().to_string() aria-controls="sidebar"
                on:click=move |_| has_sidebar.update(|shown| *shown = !*shown)>
                <Icon name="table-2"/>
            </button>
            <DiagramName/>
            <Show when=move || bench.may_edit.get() fallback=ViewOnly>
                <SaveWords pending/>
            </Show>
            <Show when=move || n_conflicts.get() != 0>
                <button type="button" class="topbar-conflicts" data-testid="conflict-count"
                    on:click=move |_| focus_soon(vec![".conflict-ways button".to_owned(), "#pending-toggle".to_owned()])>
                    <Icon name="triangle-alert"/>
                    {move || match n_conflicts.get() {
                        1 => "1 conflict".to_owned(),
                        count => format!("{count} conflicts"),
                    }}
                </button>
            </Show>
            <OfflineWords/>
            <div class="topbar-actions">
                <People/>
                <Show when=move || bench.may_edit.get()>
                    <HistoryButtons/>
                </Show>
                <button class="icon-button topbar-spare" id="history-button" aria-label="History" title=title_with_keys(Command::History)
                    aria-expanded=move || bench.history.is_open.get().to_string()
                    on:click=move |_| bench.command(Command::History)>
                    <Icon name="history"/>
                </button>
                <span class="topbar-rule topbar-spare" aria-hidden="true"></span>
                <button class="icon-button" aria-label="Find table or command" title=title_with_keys(Command::Palette)
                    on:click=move |_| bench.command(Command::Palette)>
                    <Icon name="search"/>
                </button>
                <button class="icon-button topbar-spare" aria-label="Keyboard shortcuts" title=title_with_keys(Command::Help)
                    on:click=move |_| bench.command(Command::Help)>
                    <Icon name="keyboard"/>
                </button>
                <button class="icon-button topbar-spare" aria-label="Switch between light and dark" title=title_with_keys(Command::ToggleTheme)
                    on:click=move |_| bench.command(Command::ToggleTheme)>
                    <Icon name="sun-moon"/>
                </button>
                <Show when=move || bench.may_share.get()>
                    <button class="button topbar-spare" on:click=move |_| bench.command(Command::Share)>
                        <Icon name="share-2"/>
                        "Share…"
                    </button>
                </Show>
                <Show when=move || bench.may_edit.get()>
                    <button class="button topbar-spare topbar-import" aria-label="Import…" title=title_with_keys(Command::Import)
                        on:click=move |_| bench.command(Command::Import)>
                        <Icon name="upload"/>
                        <span>"Import…"</span>
                    </button>
                </Show>
                <button class="button topbar-spare" on:click=move |_| bench.command(Command::Export)>
                    <Icon name="download"/>
                    "Export…"
                </button>
                <Show when=move || bench.may_edit.get()>
                    <button class="button button-primary" title=title_with_keys(Command::Save)
                        aria-disabled=move || (!has_pending()).to_string()
                        on:click=move |_| bench.command(Command::Save)>
                        "Save…"
                        <Show when=has_pending>
                            <span class="badge topbar-count">
                                {pending}
                                <span class="visually-hidden">" pending"</span>
                            </span>
                        </Show>
                    </button>
                </Show>
                <TopBarPerson/>
            </div>
        </header>
    }
}

/// Said instead of how saving stands to who only looks.
#[component]
fn ViewOnly() -> impl IntoView {
    view! {
        <p class="topbar-state" data-testid="save-state" title="You can look around, search and export; an editor of the workspace can change things.">
            <Icon name="eye"/><span>"View only"</span>
        </p>
    }
}

/// Who edits: the way to their account, or to one.
#[component]
fn TopBarPerson() -> impl IntoView {
    let bench = use_workbench();
    let person = Person::ask();
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match person.0.await {
                    Ok(Me { account: Some(account), .. }) => {
                        bench.has_account.set_value(true);
                        let label = format!("Account of {}", account.name);
                        view! {
                            <a class="topbar-person topbar-spare" href="/account" rel="external" aria-label=label title=account.name.clone()>
                                <span class="initial" aria-hidden="true">{initial(&account.name)}</span>
                            </a>
                        }
                        .into_any()
                    }
                    Ok(_) => view! {
                        <a class="topbar-person topbar-spare" href="/sign-up" rel="external" title="Sign up to keep your diagrams">
                            <span>"Guest"<span class="topbar-person-words">" · sign up to keep your diagrams"</span></span>
                        </a>
                    }
                    .into_any(),
                    Err(_) => ().into_any(),
                }
            })}
        </Suspense>
    }
}

/// The diagram's name, which can be edited where it stands.
#[component]
fn DiagramName() -> impl IntoView {
    let bench = use_workbench();
    let rename = move |event: leptos::ev::Event| {
        let name = event_target_value(&event).trim().to_owned();
        let before = bench.name.get_untracked();
        if name.is_empty() || name == before {
            // Shows the old name again.
            bench.name.set(before);
            return;
        }
        bench.name.set(name.clone());
        spawn_local(async move {
            if let Err(error) = rpc::rename_diagram(bench.diagram, name).await {
                bench.name.try_set(before);
                bench.announce(Announcement::failure(format!("The diagram keeps its name: {error}")));
            }
        });
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        let field: web_sys::HtmlInputElement = event_target(&event);
        match event.key().as_str() {
            "Enter" => {
                let _ = field.blur();
            }
            "Escape" => {
                field.set_value(&bench.name.get_untracked());
                let _ = field.blur();
            }
            _ => {}
        }
    };
    view! {
        <h1 class="topbar-name">
            <span class="topbar-name-size" aria-hidden="true">{bench.name}</span>
            <input aria-label="Name of the diagram" size="1" maxlength="120" autocomplete="off" spellcheck="false"
                readonly=move || !bench.may_edit.get() value=bench.name.get_untracked() prop:value=bench.name on:change=rename on:keydown=key/>
        </h1>
    }
}

/// How it stands with saving, in words.
#[component]
fn SaveWords(pending: Memo<usize>) -> impl IntoView {
    let bench = use_workbench();
    let words = move || {
        let revision = bench.read(Facet::Schema, Editor::base_revision);
        save_words(bench, &bench.save_state.get(), pending.get(), revision)
    };
    let icon = move || match bench.save_state.get() {
        SaveState::Saved => view! { <Icon name="circle-check"/> }.into_any(),
        SaveState::Staged if bench.backup.get() == Backup::Away => view! { <Icon name="cloud-off"/> }.into_any(),
        SaveState::Staged => view! { <Icon name="circle-dot"/> }.into_any(),
        SaveState::Committing => view! { <Icon name="loader-circle"/> }.into_any(),
        SaveState::Offline(_) => view! { <Icon name="cloud-off"/> }.into_any(),
    };
    let why = move || {
        let is_away = bench.save_state.get() == SaveState::Staged && bench.backup.get() == Backup::Away;
        is_away.then_some("The server does not answer. What is staged is backed up when it is back")
    };
    view! { <p class="topbar-state" data-testid="save-state" title=why>{icon}<span>{words}</span></p> }
}

fn save_words(bench: Workbench, state: &SaveState, pending: usize, revision: i64) -> String {
    match state {
        SaveState::Saved if revision == 0 => "Nothing to save yet".to_owned(),
        SaveState::Saved => format!("Saved as revision {revision}"),
        SaveState::Staged => {
            // "On this device" is a promise: it is made once a crash cannot break it any more.
            let place = match (bench.backup.get(), bench.keeps_drafts.get(), bench.is_kept.get()) {
                (Backup::Done, ..) => ", backed up",
                (_, Some(false), _) => " in this tab only",
                (_, Some(true) | None, true) => " on this device",
                (_, Some(true) | None, false) => "",
            };
            match pending {
                1 => format!("1 change staged{place}"),
                count => format!("{count} changes staged{place}"),
            }
        }
        SaveState::Committing => "Committing…".to_owned(),
        SaveState::Offline(why) => why.clone(),
    }
}

/// Undo and redo.
#[component]
pub fn HistoryButtons() -> impl IntoView {
    view! {
        <HistoryButton command=Command::Undo icon="undo-2" verb="Undo"/>
        <HistoryButton command=Command::Redo icon="redo-2" verb="Redo"/>
    }
}

/// Undo or redo, saying what it would take back or do again.
#[component]
fn HistoryButton(command: Command, icon: &'static str, verb: &'static str) -> impl IntoView {
    let bench = use_workbench();
    let next = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| {
            let history = editor.history();
            let next = if command == Command::Undo { history.next_undo() } else { history.next_redo() };
            next.map(str::to_owned)
        })
    });
    let label = move || match next.get() {
        Some(label) => format!("{verb} {label}"),
        None => verb.to_owned(),
    };
    view! {
        <button class="icon-button" aria-label=label title=with_keys(label, command)
            aria-disabled=move || next.with(Option::is_none).to_string()
            on:click=move |_| bench.command(command)>
            <Icon name=icon/>
        </button>
    }
}
