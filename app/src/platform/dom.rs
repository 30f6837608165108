//! Windows, elements and listeners.

use wasm_bindgen::{JsCast, closure::Closure, convert::FromWasmAbi};
use web_sys::{
    AddEventListenerOptions, Document, Element, Event, EventTarget, FocusOptions, HtmlDocument, HtmlElement,
    HtmlTextAreaElement, Window,
};

/// The window. There is always one where effects run.
pub fn window() -> Window {
    leptos::prelude::window()
}

/// The document.
pub fn document() -> Document {
    leptos::prelude::document()
}

/// What has the keyboard focus; none when nothing in particular has it.
pub fn focused() -> Option<Element> {
    let element = document().active_element()?;
    (element.tag_name() != "BODY").then_some(element)
}

/// Gives the focus to an element without scrolling to it.
pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        // Fails only for what cannot have the focus, and then nothing is lost.
        let _ = element.focus_with_options(&options);
    }
}

/// Whether text is being typed where the event happened.
pub fn is_typing(event: &Event) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let is_switch = target.matches("input[type=checkbox], input[type=radio]").unwrap_or(false);
    !is_switch && target.closest("input, textarea, select, [contenteditable], [role=combobox]").ok().flatten().is_some()
}

/// Whether the window has no room for the left panel, which then lies over the canvas; the style sheet says the same.
pub fn is_narrow() -> bool {
    let query = window().match_media("(max-width: 720px)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

/// Whether a dialog stands over the page.
pub fn has_dialog() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// A listener that is taken off when this is dropped.
#[derive(Debug)]
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    closure: Closure<dyn FnMut(Event)>,
    /// Whether it hears of the event before those to whom it happens.
    is_first: bool,
}

impl Listener {
    /// Listens; the page waits for the answer, so that the event's usual effect can be prevented.
    pub fn new<E: JsCast + FromWasmAbi + 'static>(
        target: &EventTarget,
        name: &'static str,
        heard: impl FnMut(E) + 'static,
    ) -> Self {
        Self::with(target, name, heard, false)
    }

    /// Listens to what happens to anything within the target, before that itself hears of it.
    pub fn before_others<E: JsCast + FromWasmAbi + 'static>(
        target: &EventTarget,
        name: &'static str,
        heard: impl FnMut(E) + 'static,
    ) -> Self {
        Self::with(target, name, heard, true)
    }

    fn with<E: JsCast + FromWasmAbi + 'static>(
        target: &EventTarget,
        name: &'static str,
        mut heard: impl FnMut(E) + 'static,
        is_first: bool,
    ) -> Self {
        let closure = Closure::<dyn FnMut(Event)>::new(move |event: Event| heard(event.unchecked_into()));
        let options = AddEventListenerOptions::new();
        options.set_passive(false);
        options.set_capture(is_first);
        let callback = closure.as_ref().unchecked_ref();
        // Adding a listener to a living target cannot fail.
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(name, callback, &options);
        Self { target: target.clone(), name, closure, is_first }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.closure.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback_and_bool(self.name, callback, self.is_first);
    }
}

/// Puts text in the place of a part of what is typed in a field, as if it had been typed, so that the browser can take it
/// back. Places are in UTF-16 units.
pub fn replace_selection(field: &HtmlTextAreaElement, start: u32, end: u32, text: &str) {
    focus(field);
    // Neither fails for a text area.
    let _ = field.set_selection_range(start, end);
    if !type_text(text) {
        let _ = field.set_range_text(text);
    }
}

/// Types text into the field that has the focus. False where the browser has not done it.
pub fn type_text(text: &str) -> bool {
    let document: HtmlDocument = document().unchecked_into();
    document.exec_command_with_show_ui_and_value("insertText", false, text) == Ok(true)
}

/// Takes back the last letter typed into the field that has the focus, or what is selected in it.
pub fn take_back_typed() {
    let document: HtmlDocument = document().unchecked_into();
    // Fails only for a command that browsers do not know.
    let _ = document.exec_command("delete");
}

/// Loads the page anew.
pub fn reload() {
    // Fails only where a page may not do so, as in a frame that forbids it.
    let _ = window().location().reload();
}
