//! What a page of a diagram does before its editor is there: it draws the picture, lets people look around in it, and
//! keeps what else they do until the editor can do it. This is all of the program that a first load brings.

use super::{
    load_fonts,
    pointer::{self, Hears},
    surface::Surface,
};
use crate::{platform::dom, workbench::Workbench};
use editor::{Command, Document, HeldPointer, Input, Onlooker};
use js_sys::{Array, Reflect};
use leptos::prelude::{request_animation_frame, set_timeout};
use protocol::{CallError, DiagramSnapshot};
use std::{cell::RefCell, time::Duration};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    Element, Event, EventInit, HtmlCanvasElement, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent,
    ResizeObserver,
};

/// Where the server leaves what it has read for the page: one text for each thing read.
const RESOLVED: &str = "__RESOLVED_RESOURCES";
/// On a canvas that shows the picture, so that the server's is not needed any more.
const DRAWN: &str = "data-drawn";
/// How long something waits for the editor before the person is told.
const PATIENCE: Duration = Duration::from_secs(3);

/// A page that is looked at, until its editor takes over.
struct Look {
    onlooker: Onlooker,
    surface: Surface,
    is_space_held: bool,
    is_scheduled: bool,
    held: Vec<Held>,
    /// What the person is told when it takes long.
    notice: Option<Element>,
    /// Taken off when this is dropped.
    _listeners: Vec<dom::Listener>,
    observer: (ResizeObserver, Closure<dyn FnMut()>),
}

/// Something that only the editor can do.
enum Held {
    Pointer(HeldPointer),
    Key(KeyboardEvent),
    Click(MouseEvent),
    /// A field and what was typed into it.
    Typed(HtmlInputElement, String),
}

thread_local! {
    static LOOK: RefCell<Option<Look>> = const { RefCell::new(None) };
}

/// Begins to show the diagram of the page, where the page is one of a diagram.
pub fn begin() {
    let Some(look) = snapshot().and_then(Look::new) else { return };
    LOOK.set(Some(look));
    Looking.resize();
    wasm_bindgen_futures::spawn_local(async {
        load_fonts().await;
        with(|look| look.surface.begin());
        Looking.draw();
        with(|look| {
            // Fails only for an invalid attribute name.
            let _ = look.surface.area().set_attribute(DRAWN, "");
        });
    });
}

/// Whether what is done is kept for the editor.
pub fn is_on() -> bool {
    LOOK.with_borrow(Option::is_some)
}

/// Ends it: from here on the editor hears of everything. Gives what it has missed.
pub(super) fn end() -> Option<Missed> {
    let look = LOOK.take()?;
    look.observer.0.disconnect();
    if let Some(notice) = look.notice {
        notice.remove();
    }
    let mut held = look.held;
    held.extend(look.onlooker.unfinished().into_iter().map(Held::Pointer));
    Some(Missed { camera: look.onlooker.view().camera, held })
}

/// What was done before the editor was there.
pub(super) struct Missed {
    /// Where one looks from.
    pub(super) camera: diagram::Camera,
    held: Vec<Held>,
}

impl Missed {
    /// Does it, in the order in which it was done.
    pub(super) fn catch_up(self, bench: Workbench) {
        if !bench.is_alive() {
            return;
        }
        let focused = dom::focused();
        let mut given = focused.clone();
        for held in self.held {
            match held {
                Held::Pointer(pointer) => bench.send(Input::Held(pointer)),
                Held::Key(event) => {
                    // What a key means depends on where it was pressed.
                    give_focus(target_of(&event).as_ref());
                    given = dom::focused();
                    let again = KeyboardEvent::new_with_keyboard_event_init_dict(&event.type_(), event.unchecked_ref());
                    dispatch(&event, again.ok().map(Into::into));
                }
                Held::Click(event) => {
                    let again = MouseEvent::new_with_mouse_event_init_dict(&event.type_(), event.unchecked_ref());
                    dispatch(&event, again.ok().map(Into::into));
                }
                Held::Typed(field, text) => {
                    field.set_value(&text);
                    let how = EventInit::new();
                    how.set_bubbles(true);
                    if let Ok(event) = Event::new_with_event_init_dict("input", &how) {
                        let _ = field.dispatch_event(&event);
                    }
                }
            }
        }
        if dom::focused() == given {
            give_focus(focused.as_ref());
        }
    }
}

/// Gives the focus to an element, or takes it from whatever has it.
fn give_focus(element: Option<&Element>) {
    match (element.filter(|it| it.tag_name() != "BODY"), dom::focused()) {
        (Some(element), _) => dom::focus(element),
        (None, Some(focused)) => {
            if let Some(focused) = focused.dyn_ref::<HtmlElement>() {
                // Fails only for what cannot have the focus.
                let _ = focused.blur();
            }
        }
        (None, None) => {}
    }
}

/// Where an event has happened, as long as that is on the page.
fn target_of(event: &Event) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into::<Element>().ok()).filter(|it| it.is_connected())
}

/// Lets an event happen again where it has happened; to the page, where that is gone.
fn dispatch(event: &Event, again: Option<Event>) {
    let target = target_of(event).or_else(|| dom::document().body().map(Into::into));
    if let (Some(target), Some(again)) = (target, again) {
        // Fails only for an event that is happening already.
        let _ = target.dispatch_event(&again);
    }
}

/// The diagram that the server has read for the page.
fn snapshot() -> Option<DiagramSnapshot> {
    let resolved = Reflect::get(&dom::window(), &RESOLVED.into()).ok()?.dyn_into::<Array>().ok()?;
    let texts = resolved.iter().filter_map(|text| text.as_string());
    // No other thing that a page reads has a diagram's revision in it; where one had, it would not be read as a diagram.
    let mut diagrams = texts.filter(|text| text.contains("\"revision\"")).filter_map(|text| {
        let read: Result<DiagramSnapshot, CallError> = serde_json::from_str(&text).ok()?;
        read.ok()
    });
    diagrams.next()
}

/// The look that is there, for those who hear of something.
#[derive(Clone, Copy)]
struct Looking;

fn with<T>(work: impl FnOnce(&mut Look) -> T) -> Option<T> {
    LOOK.with_borrow_mut(|look| look.as_mut().map(work))
}

impl Hears for Looking {
    fn hear(self, input: Input) {
        let is_stale = with(|look| {
            let before = look.onlooker.view();
            let pointer = look.onlooker.handle(&input);
            // What is pressed may select something.
            let is_stale = pointer.is_some() || look.onlooker.view() != before;
            if let Some(pointer) = pointer {
                look.hold(Held::Pointer(pointer));
            }
            is_stale
        });
        if is_stale == Some(true) {
            self.draw_soon();
        }
    }

    fn is_space_held(self) -> bool {
        with(|look| look.is_space_held).unwrap_or(false)
    }
}

impl Looking {
    fn resize(self) {
        with(|look| {
            let size = look.surface.size();
            look.surface.resize(size);
            look.onlooker.handle(&Input::Resized(size));
        });
        self.draw();
    }

    fn draw(self) {
        with(|look| {
            look.is_scheduled = false;
            let (onlooker, surface) = (&look.onlooker, &mut look.surface);
            surface.draw(onlooker.scene(), onlooker.view(), || onlooker.marks().clone());
        });
    }

    /// Draws all of it at the next frame.
    fn draw_soon(self) {
        let was_scheduled = with(|look| {
            look.surface.expire();
            std::mem::replace(&mut look.is_scheduled, true)
        });
        if was_scheduled == Some(false) {
            request_animation_frame(move || self.draw());
        }
    }
}

impl Look {
    fn new(snapshot: DiagramSnapshot) -> Option<Self> {
        let area: HtmlElement = find("#canvas")?;
        let (base, top) = (find::<HtmlCanvasElement>(".canvas-base")?, find::<HtmlCanvasElement>(".canvas-top")?);
        let surface = Surface::new(area.clone(), find(".canvas-mirror")?, base, top)?;
        let closure = Closure::<dyn FnMut()>::new(|| Looking.resize());
        let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        observer.observe(&area);
        let DiagramSnapshot { revision, schema, placements, .. } = snapshot;
        let mut listeners = pointer::listen(&area, Looking);
        listeners.extend(listen());
        Some(Self {
            onlooker: Onlooker::open(&Document { revision, schema, placements }),
            surface,
            is_space_held: false,
            is_scheduled: false,
            held: Vec::new(),
            notice: None,
            _listeners: listeners,
            observer: (observer, closure),
        })
    }

    fn hold(&mut self, held: Held) {
        if self.held.is_empty() {
            set_timeout(tell_to_wait, PATIENCE);
        }
        self.held.push(held);
    }
}

fn find<T: JsCast>(selector: &str) -> Option<T> {
    dom::document().query_selector(selector).ok()??.dyn_into().ok()
}

/// Says what is going on, after everything else on the page: whoever takes the page over goes by what the server has sent.
fn tell_to_wait() {
    with(|look| {
        let document = dom::document();
        let notice = document.create_element("p").ok()?;
        notice.set_class_name("stopped stopped-waiting");
        // Fails only for an invalid attribute name.
        let _ = notice.set_attribute("role", "status");
        notice.set_text_content(Some("The editor is still on its way. What you do meanwhile is done once it is here."));
        document.body()?.append_child(&notice).ok()?;
        look.notice = Some(notice);
        Some(())
    });
}

/// Hears of everything on the page before anybody else does, and lets nobody else hear of what is kept.
fn listen() -> Vec<dom::Listener> {
    let window = dom::window();
    vec![
        dom::Listener::before_others(&window, "keydown", key_pressed),
        dom::Listener::before_others(&window, "keyup", |event: KeyboardEvent| {
            if event.code() == "Space" {
                with(|look| look.is_space_held = false);
            }
        }),
        dom::Listener::before_others(&window, "click", clicked),
        dom::Listener::before_others(&window, "dblclick", clicked),
        dom::Listener::before_others(&window, "input", |event: Event| typed(&event)),
    ]
}

fn key_pressed(event: KeyboardEvent) {
    // Where Tab leads to is the browser's to say.
    if event.is_composing() || event.key() == "Tab" {
        return;
    }
    let is_typing = dom::is_typing(&event);
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    if event.code() == "Space" && !is_typing {
        // On a button, the browser makes a click of it.
        with(|look| look.is_space_held = true);
        return;
    }
    if is_typing && !has_modifier && event.key().chars().count() == 1 {
        return;
    }
    let command = super::keyboard::shortcut(&event).and_then(Command::for_shortcut);
    if let Some(command) = command.filter(|_| !is_typing)
        && with(|look| look.onlooker.command(command)) == Some(true)
    {
        event.prevent_default();
        event.stop_immediate_propagation();
        return Looking.draw_soon();
    }
    let is_meant = |command| !is_typing || matches!(command, Command::Save | Command::Palette);
    if has_modifier && command.is_some_and(is_meant) {
        // The browser would have a use of its own for it.
        event.prevent_default();
    }
    hold(&event.clone(), Held::Key(event));
}

fn clicked(event: MouseEvent) {
    let Some(target) = target_of(&event) else { return };
    // Links lead to where they lead, and what is done on the canvas is heard of by its pointer.
    let is_link = target.closest("a[href]").ok().flatten().is_some();
    if !is_link && !super::keyboard::is_in_canvas(&target) {
        event.prevent_default();
        hold(&event.clone(), Held::Click(event));
    }
}

fn typed(event: &Event) {
    if let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
        let text = field.value();
        hold(event, Held::Typed(field, text));
    }
}

fn hold(event: &Event, held: Held) {
    event.stop_immediate_propagation();
    with(|look| look.hold(held));
}
