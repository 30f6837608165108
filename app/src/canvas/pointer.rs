//! From pointer and wheel events to inputs of the editor.

use crate::{platform::dom, workbench::Workbench};
use diagram::{Point, Vec2};
use editor::{Input, Modifiers, Pointer, PointerButton, PointerPhase};
use leptos::prelude::GetValue;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use web_sys::{Element, Event, HtmlElement, PointerEvent, WheelEvent};

/// How near in time and place two presses must be to be a double click.
const DOUBLE_CLICK_MS: f64 = 400.0;
const DOUBLE_CLICK_REACH: f64 = 6.0;
/// Pixels of one line and of one page, for wheels that count in those.
const LINE: f64 = 16.0;
const PAGE: f64 = 400.0;
/// How much one pixel of the wheel zooms. One notch of a mouse, about 100 pixels, is a factor of 1.2.
const ZOOM_PER_PIXEL: f64 = 0.0018;
/// No single event zooms by more, whatever the wheel says.
const LARGEST_ZOOM_STEP: f64 = 2.0;

/// What has to be remembered from one event to the next.
#[derive(Debug, Default)]
struct Hand {
    /// Fingers on the glass, by pointer id.
    fingers: BTreeMap<i32, Point>,
    /// Where the last press was, when, and which in a row it was.
    last_press: Option<(Point, f64, u8)>,
}

/// Who is told what the hand does.
pub(super) trait Hears: Copy + 'static {
    fn hear(self, input: Input);
    /// Whether the space bar is held, so that dragging pans.
    fn is_space_held(self) -> bool;
}

impl Hears for Workbench {
    fn hear(self, input: Input) {
        self.send(input);
    }

    fn is_space_held(self) -> bool {
        self.is_space_held.get_value()
    }
}

type HandHandle = Rc<RefCell<Hand>>;

/// Listens for as long as what is returned is kept.
pub(super) fn listen(area: &HtmlElement, hears: impl Hears) -> Vec<dom::Listener> {
    let hand = HandHandle::default();
    let on_pointer = |name: &'static str, phase: PointerPhase| {
        let (owner, hand) = (area.clone(), Rc::clone(&hand));
        dom::Listener::new(area, name, move |event| pointer_event(&owner, &hand, hears, phase, &event))
    };
    let left = move |event: PointerEvent| {
        if event.buttons() == 0 {
            hears.hear(Input::PointerLeft);
        }
    };
    let owner = area.clone();
    let wheel = move |event: WheelEvent| turn_wheel(&owner, hears, &event);
    // Who has done something else in between has not clicked twice.
    let kept = Rc::clone(&hand);
    let typed = move |_: Event| kept.borrow_mut().last_press = None;
    // Dragging with the right button pans, so its menu must not open.
    let menu = |event: Event| event.prevent_default();
    vec![
        on_pointer("pointerdown", PointerPhase::Pressed),
        on_pointer("pointermove", PointerPhase::Moved),
        on_pointer("pointerup", PointerPhase::Released),
        on_pointer("pointercancel", PointerPhase::Canceled),
        dom::Listener::new(area, "pointerleave", left),
        dom::Listener::new(area, "wheel", wheel),
        dom::Listener::new(&dom::window(), "keydown", typed),
        dom::Listener::new(area, "contextmenu", menu),
    ]
}

fn pointer_event(area: &Element, hand: &RefCell<Hand>, hears: impl Hears, phase: PointerPhase, event: &PointerEvent) {
    if is_control(area, event) {
        return;
    }
    let at = place(area, event.client_x(), event.client_y());
    if phase == PointerPhase::Pressed {
        // Keeps the browser from selecting text or scrolling by the middle button; the focus is then set by hand.
        event.prevent_default();
        dom::focus(area);
        // Fails only when the pointer is gone again.
        let _ = area.set_pointer_capture(event.pointer_id());
    }
    let is_touch = event.pointer_type() == "touch";
    if is_touch && pinch(hand, hears, phase, event.pointer_id(), at) {
        return;
    }
    let clicks = if phase == PointerPhase::Pressed { count_clicks(hand, at, event.time_stamp()) } else { 1 };
    hears.hear(Input::Pointer(Pointer {
        phase,
        at,
        button: match event.button() {
            1 => PointerButton::Middle,
            2 => PointerButton::Secondary,
            _ => PointerButton::Primary,
        },
        modifiers: Modifiers {
            shift: event.shift_key(),
            accel: event.ctrl_key() || event.meta_key(),
            alt: event.alt_key(),
            space: hears.is_space_held(),
        },
        is_touch,
        clicks,
    }));
}

/// Whether the event belongs to a button that lies over the canvas.
fn is_control(area: &Element, event: &PointerEvent) -> bool {
    use wasm_bindgen::JsCast;
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let control = target.and_then(|target| target.closest(".canvas-hint").ok().flatten());
    control.is_some_and(|control| area.contains(Some(&control)))
}

fn place(area: &Element, x: i32, y: i32) -> Point {
    let shown = area.get_bounding_client_rect();
    Point::new(f64::from(x) - shown.x(), f64::from(y) - shown.y())
}

fn count_clicks(hand: &RefCell<Hand>, at: Point, now: f64) -> u8 {
    let mut hand = hand.borrow_mut();
    let clicks = match hand.last_press {
        Some((last, when, clicks))
            if now - when < DOUBLE_CLICK_MS && (at - last).hypot() < DOUBLE_CLICK_REACH && clicks < 2 =>
        {
            clicks + 1
        }
        Some(_) | None => 1,
    };
    hand.last_press = Some((at, now, clicks));
    clicks
}

/// Follows the fingers. With two of them the view pans and zooms with both, and true is returned: the event is used up.
fn pinch(hand: &RefCell<Hand>, hears: impl Hears, phase: PointerPhase, id: i32, at: Point) -> bool {
    let before = hand.borrow().fingers.clone();
    match phase {
        PointerPhase::Pressed | PointerPhase::Moved => hand.borrow_mut().fingers.insert(id, at),
        PointerPhase::Released | PointerPhase::Canceled => hand.borrow_mut().fingers.remove(&id),
    };
    let after = hand.borrow().fingers.clone();
    if after.len() < 2 {
        return before.len() >= 2;
    }
    if before.len() < 2 {
        // The second finger ends what the first has begun.
        let canceled = Pointer {
            phase: PointerPhase::Canceled,
            at,
            button: PointerButton::Primary,
            modifiers: Modifiers::default(),
            is_touch: true,
            clicks: 1,
        };
        hears.hear(Input::Pointer(canceled));
        return true;
    }
    let ((old_middle, old_spread), (middle, spread)) = (middle_and_spread(&before), middle_and_spread(&after));
    hears.hear(Input::Scrolled(old_middle - middle));
    if old_spread > 1.0 {
        hears.hear(Input::Zoomed { at: middle, factor: spread / old_spread });
    }
    true
}

/// The point between the first two fingers, and how far they are apart.
fn middle_and_spread(fingers: &BTreeMap<i32, Point>) -> (Point, f64) {
    let mut points = fingers.values().copied();
    match (points.next(), points.next()) {
        (Some(a), Some(b)) => (a.midpoint(b), (a - b).hypot()),
        (Some(a), None) => (a, 0.0),
        (None, _) => (Point::ZERO, 0.0),
    }
}

fn turn_wheel(area: &Element, hears: impl Hears, event: &WheelEvent) {
    event.prevent_default();
    let unit = match event.delta_mode() {
        WheelEvent::DOM_DELTA_LINE => LINE,
        WheelEvent::DOM_DELTA_PAGE => PAGE,
        _ => 1.0,
    };
    let by = Vec2::new(event.delta_x(), event.delta_y()) * unit;
    // Browsers report a pinch on a touchpad as a wheel with Ctrl.
    if event.ctrl_key() || event.meta_key() {
        let factor = (-by.y * ZOOM_PER_PIXEL).exp().clamp(1.0 / LARGEST_ZOOM_STEP, LARGEST_ZOOM_STEP);
        hears.hear(Input::Zoomed { at: place(area, event.client_x(), event.client_y()), factor });
        return;
    }
    let sideways = event.shift_key() && by.x == 0.0;
    hears.hear(Input::Scrolled(if sideways { Vec2::new(by.y, 0.0) } else { by }));
}
