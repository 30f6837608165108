//! From keys to commands. What a key means is in the registry of commands; here is decided when it may mean it.

use crate::{inspector, platform::dom, sidebar, ui::focus_if_lost, workbench::Workbench};
use editor::{Command, Editor, Key, Shortcut};
use leptos::{ev, prelude::*};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent};

/// How many frames a field may take to come once it was asked for; its part of the program may have to be fetched.
const MOST_FRAMES: u32 = 600;
/// What takes keys once it is there.
const DIALOG: &str = "dialog[open]";
const PANEL: &str = ".inspector";
const TEXT: &str = "#text-field";
/// What a field says it would hold if nothing had been typed in it.
const SETTLED: &str = "data-settled";

thread_local! {
    /// Keys for a field that was asked for and is not there yet; none where no field was.
    static AWAITED: RefCell<Option<Vec<KeyboardEvent>>> = const { RefCell::new(None) };
}

/// Listens to the whole page for as long as the editor is shown.
pub fn listen(bench: Workbench) {
    let down = window_event_listener(ev::keydown, move |event| pressed(bench, &event));
    let up = window_event_listener(ev::keyup, move |event| {
        if event.code() == "Space" {
            bench.is_space_held.set_value(false);
        }
    });
    // Whoever goes on elsewhere waits for no field.
    let elsewhere = window_event_listener(ev::pointerdown, move |_| AWAITED.set(None));
    // A key that is let go in another window is never reported.
    let blur = window_event_listener(ev::blur, move |_| bench.is_space_held.set_value(false));
    on_cleanup(move || {
        down.remove();
        up.remove();
        elsewhere.remove();
        blur.remove();
    });
}

fn pressed(bench: Workbench, event: &KeyboardEvent) {
    if event.default_prevented() || event.is_composing() {
        return;
    }
    if keep_for_field(bench, event) {
        event.prevent_default();
        return;
    }
    let Some(command) = shortcut(event).and_then(Command::for_shortcut) else {
        if event.code() == "Space" && focus() != Focus::Panel {
            event.prevent_default();
            bench.is_space_held.set_value(true);
        }
        return;
    };
    if !may(bench, command, event) {
        return;
    }
    event.prevent_default();
    if command == Command::Save && dom::is_typing(event) {
        // What was typed counts: leaving the field makes it a change.
        if let Some(field) = dom::focused().and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = field.blur();
        }
    }
    let had_focus = dom::focused().is_some();
    bench.command(command);
    if had_focus {
        // What a key takes away may be what had the focus.
        focus_if_lost("canvas");
    }
    if let Some(opened) = opened(bench, command).filter(|_| !dom::is_typing(event)) {
        AWAITED.set(Some(Vec::new()));
        request_animation_frame(move || hand_over(bench, opened, MOST_FRAMES));
    }
}

/// What is on its way after a command that takes the keys from here on.
fn opened(bench: Workbench, command: Command) -> Option<&'static str> {
    let opens_panel = matches!(command, Command::AddTable | Command::AddColumn | Command::AddReference | Command::Open);
    if bench.overlay.with_untracked(Option::is_some) {
        Some(DIALOG)
    } else if command == Command::Text && bench.sidebar.get_untracked() == sidebar::TEXT {
        Some(TEXT)
    } else {
        // Whoever may not edit finds no field there.
        let is_open = |editor: &Editor| editor.panel().is_some() && editor.can(command) && editor.may_edit();
        (opens_panel && bench.peek(is_open)).then_some(PANEL)
    }
}

/// Keeps a key that is meant for a field on its way. It must not do what it does elsewhere: who types quickly, or before
/// the editor is there, means a name and no commands.
fn keep_for_field(bench: Workbench, event: &KeyboardEvent) -> bool {
    if dom::is_typing(event) || dom::has_dialog() {
        return false;
    }
    AWAITED.with_borrow_mut(|awaited| {
        let Some(keys) = awaited else { return false };
        if event.key() == "Escape" {
            *awaited = None;
            // A dialog that has not come need not come; a panel is left as ever.
            let had_overlay = bench.overlay.with_untracked(Option::is_some);
            bench.overlay.set(None);
            return had_overlay;
        }
        let is_kept = event.key() != "Tab" && !(event.ctrl_key() || event.meta_key() || event.alt_key());
        if is_kept {
            keys.push(event.clone());
        }
        is_kept
    })
}

/// Gives a field the keys that were kept for it, as soon as it is there.
fn hand_over(bench: Workbench, opened: &'static str, frames: u32) {
    let is_awaited = AWAITED.with_borrow(Option::is_some);
    if !is_awaited || !bench.is_alive() || frames == 0 {
        AWAITED.set(None);
        return;
    }
    if dom::focused().is_none_or(|element| element.closest(opened).ok().flatten().is_none()) {
        // Its part of the program may have come after it was to have the focus.
        match dom::document().query_selector(opened).ok().flatten() {
            Some(_) if opened == PANEL => inspector::focus_soon(),
            Some(element) => dom::focus(&element),
            None => {}
        }
        request_animation_frame(move || hand_over(bench, opened, frames - 1));
        return;
    }
    for key in AWAITED.take().into_iter().flatten() {
        let is_field =
            |element: &Element| element.is_instance_of::<HtmlInputElement>() || element.tag_name() == "TEXTAREA";
        // What would have no use for letters gets none.
        let Some(field) = dom::focused().filter(is_field) else { return };
        let name = key.key();
        if name.chars().count() == 1 {
            dom::type_text(&name);
        } else if name == "Backspace" {
            dom::take_back_typed();
        } else if let Ok(again) = KeyboardEvent::new_with_keyboard_event_init_dict(&key.type_(), key.unchecked_ref()) {
            // Fails only for an event that is happening already.
            let _ = field.dispatch_event(&again);
        }
    }
}

/// Where the keyboard focus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    /// In the canvas.
    Canvas,
    /// Nowhere in particular.
    Nowhere,
    /// In a panel.
    Panel,
}

fn focus() -> Focus {
    match dom::focused() {
        None => Focus::Nowhere,
        Some(element) if is_in_canvas(&element) => Focus::Canvas,
        Some(_) => Focus::Panel,
    }
}

fn may(bench: Workbench, command: Command, event: &KeyboardEvent) -> bool {
    if dom::has_dialog() {
        // The browser's own dialogs for these would only confuse.
        if matches!(command, Command::Save | Command::Palette) {
            event.prevent_default();
        }
        return false;
    }
    if dom::is_typing(event) {
        // While something is being typed, undo is the field's own.
        let is_undo = matches!(command, Command::Undo | Command::Redo);
        let is_meant = matches!(command, Command::Save | Command::Palette) || is_undo && holds_what_is_staged(event);
        return is_meant && (event.ctrl_key() || event.meta_key());
    }
    let focus = focus();
    let is_step = matches!(command, Command::NextTable | Command::PreviousTable);
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    let writes_nothing = event.key().chars().count() > 1;
    if is_step && event.key() == "Tab" {
        // Tab leaves the canvas after the last table, and at any time when nothing is selected: nobody has to go through
        // a thousand tables to come to what follows.
        return focus == Focus::Canvas && has_further_table(bench, command);
    }
    // Buttons, tabs and lists have their own use for the keys that write nothing.
    command == Command::Escape || has_modifier || !writes_nothing || focus != Focus::Panel
}

fn has_further_table(bench: Workbench, command: Command) -> bool {
    bench.peek(|editor| {
        let order = editor.shown().tables_by_name();
        let selected = editor.selection().iter().find_map(|object| object.table());
        let at = selected.and_then(|selected| order.iter().position(|table| table.id == selected));
        match at {
            Some(at) if command == Command::NextTable => at + 1 < order.len(),
            Some(at) => at > 0,
            None => false,
        }
    })
}

/// The key in the registry's terms; none for keys that are no shortcut of anything.
pub(super) fn shortcut(event: &KeyboardEvent) -> Option<Shortcut> {
    let (pressed, code) = (event.key(), event.code());
    let mut characters = pressed.chars();
    let key = match (characters.next(), characters.next()) {
        // Option types other characters on a Mac, and Shift others than digits everywhere: the key itself counts.
        (Some(_), None) => Key::Char(
            by_code(&code, event.alt_key(), event.shift_key())
                .or_else(|| pressed.chars().next())?
                .to_lowercase()
                .next()?,
        ),
        _ => Key::Named(named(&pressed)?),
    };
    let accel = event.ctrl_key() || event.meta_key();
    Some(Shortcut { key, accel, shift: event.shift_key(), alt: event.alt_key() })
}

fn by_code(code: &str, alt: bool, shift: bool) -> Option<char> {
    let letter = code.strip_prefix("Key").filter(|_| alt);
    let digit = code.strip_prefix("Digit").filter(|_| alt || shift);
    letter.or(digit).and_then(|text| text.chars().next())
}

/// The registry's own name of the key.
fn named(pressed: &str) -> Option<&'static str> {
    let shortcuts = editor::COMMANDS.iter().flat_map(|info| info.shortcuts);
    let names = shortcuts.filter_map(|shortcut| match shortcut.key {
        Key::Named(name) => Some(name),
        Key::Char(_) => None,
    });
    names.into_iter().find(|name| *name == pressed)
}

/// Whether nothing has been typed in a field since it was settled, so that there is nothing to undo in it alone.
fn holds_what_is_staged(event: &KeyboardEvent) -> bool {
    let Some(field) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let text = match (field.dyn_ref::<HtmlInputElement>(), field.dyn_ref::<HtmlTextAreaElement>()) {
        (Some(input), _) => input.value(),
        (None, Some(area)) => area.value(),
        (None, None) => return field.dyn_ref::<HtmlSelectElement>().is_some(),
    };
    field.get_attribute(SETTLED) == Some(text)
}

/// Whether the element is a part of the canvas. What lies over an empty canvas is not: its button takes keys as every
/// other button does.
pub(super) fn is_in_canvas(element: &Element) -> bool {
    let is_within = |selector: &str| element.closest(selector).ok().flatten().is_some();
    is_within("#canvas") && !is_within(".canvas-hint")
}
