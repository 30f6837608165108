//! What lies in the panel: the text, what it means, and where one is in it.

use super::{
    kept::{Kept, Place},
    lines::Shown,
};
use crate::{
    platform::{dom, seed, sleep},
    workbench::Workbench,
};
use dbml::Completion;
use edit::Edit;
use editor::{Command, IdSource, Input};
use interchange::{Finding, Sheet};
use leptos::{html, leptos_dom::helpers::window_event_listener_untyped, prelude::*, task::spawn_local};
use schema::{ObjectId, Schema};
use std::{ops::Range, sync::Arc, time::Duration};
use web_sys::HtmlTextAreaElement;

/// How long nothing is typed before the text is read.
const PAUSE: Duration = Duration::from_millis(250);
/// The same for a text that takes its time.
const LONG_PAUSE: Duration = Duration::from_millis(1_000);
/// From how many bytes on a text takes its time; what could follow is not offered in it.
const LONG: usize = 200_000;
/// How many completions are offered.
const MOST_OPTIONS: usize = 50;
/// The height of a line in pixels, as the style sheet has it.
pub(super) const LINE: f64 = 18.0;

/// The state of the panel. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    bench: Workbench,
    /// Where the text stands.
    pub field: NodeRef<html::Textarea>,
    sheet: StoredValue<Option<Sheet>>,
    /// The text as it is drawn behind the field.
    pub shown: RwSignal<Arc<Shown>>,
    /// What is wrong with it.
    pub findings: RwSignal<Vec<Finding>>,
    /// Whether the drawing says what the text says.
    pub is_read: RwSignal<bool>,
    /// Whether something typed has not been read yet.
    pub is_waiting: RwSignal<bool>,
    /// How far the field is scrolled, to the right and down, in pixels, and how high it is.
    pub scroll: RwSignal<(i32, i32, i32)>,
    /// What could stand at the cursor.
    pub options: RwSignal<Vec<Completion>>,
    /// Which of these is chosen.
    pub active: RwSignal<Option<usize>>,
    /// The line and column of the cursor, from 0.
    pub cursor: RwSignal<(usize, usize)>,
    /// Counts up with every change, so that what was begun for an earlier one is given up.
    turn: StoredValue<u64>,
    /// Whether an earlier state stands in the field.
    is_exhibit: StoredValue<bool>,
    /// Whether the text follows the drawing at the next frame.
    is_due: StoredValue<bool>,
    /// Whether the text was put there, so that the browser has nothing typed in it to take back.
    is_put: StoredValue<bool>,
    /// Whether something was typed here that is not kept yet.
    has_typed: StoredValue<bool>,
    /// What this tab knows to be kept.
    seen: StoredValue<Option<String>>,
    /// Whether another tab wrote at the same time as this one.
    pub has_other: RwSignal<bool>,
}

impl Desk {
    pub(super) fn new(bench: Workbench) -> Self {
        Self {
            bench,
            field: NodeRef::new(),
            sheet: StoredValue::new(None),
            shown: RwSignal::new(Arc::default()),
            findings: RwSignal::new(Vec::new()),
            is_read: RwSignal::new(true),
            is_waiting: RwSignal::new(false),
            scroll: RwSignal::new((0, 0, 0)),
            options: RwSignal::new(Vec::new()),
            active: RwSignal::new(None),
            cursor: RwSignal::new((0, 0)),
            turn: StoredValue::new(0),
            is_exhibit: StoredValue::new(false),
            is_due: StoredValue::new(false),
            is_put: StoredValue::new(true),
            has_typed: StoredValue::new(false),
            seen: StoredValue::new(None),
            has_other: RwSignal::new(false),
        }
    }

    fn element(self) -> Option<HtmlTextAreaElement> {
        self.field.try_get_untracked().flatten()
    }

    /// The text as it stands in the field.
    fn text(self) -> String {
        self.element().map(|field| field.value()).unwrap_or_default()
    }

    /// Where the cursor is, in bytes.
    fn offset(self, text: &str) -> usize {
        let units = self.element().and_then(|field| field.selection_start().ok().flatten()).unwrap_or_default();
        bytes_of(text, units)
    }

    /// Hears of other tabs, and keeps what is not read yet when the page goes away.
    pub(super) fn listen(self) {
        let told = window_event_listener_untyped("storage", move |_| self.look_again());
        let hidden = window_event_listener_untyped("pagehide", move |_| self.keep_unread());
        on_cleanup(move || {
            told.remove();
            hidden.remove();
        });
    }

    /// The text follows the drawing at the next frame, once for all that changes until then.
    pub(super) fn follow_soon(self, is_hidden: impl Fn() -> bool + 'static) {
        if self.is_due.try_update_value(|is_due| std::mem::replace(is_due, true)) == Some(false) {
            request_animation_frame(move || {
                if self.is_due.try_set_value(false).is_none() && self.bench.is_alive() && !untrack(&is_hidden) {
                    self.follow();
                }
            });
        }
    }

    /// The drawing has changed, or the panel is looked at again.
    pub(super) fn follow(self) {
        let was_exhibit = self.is_exhibit.get_value();
        let exhibited = self.bench.peek(|editor| editor.exhibit().map(|exhibit| exhibit.after.clone()));
        if let Some(schema) = exhibited {
            // An earlier state is only looked at; the text of the edited one waits.
            self.is_exhibit.set_value(true);
            return self.put(&dbml::export(&schema).text);
        }
        if self.is_waiting.get_untracked() {
            return;
        }
        self.is_exhibit.set_value(false);
        let mut ids = IdSource::new(seed());
        let mut next = || ids.commit().as_u128();
        let sheet = self.bench.peek(|editor| {
            let target = editor.target();
            self.sheet.try_update_value(|sheet| {
                // Most of what is drawn, such as where tables stand, is not in the text.
                let sheet = sheet.as_mut()?;
                Some((sheet.follow(target, &mut next) || was_exhibit).then(|| sheet.clone()))
            })
        });
        match sheet {
            Some(Some(Some(sheet))) => {
                self.put(sheet.text());
                self.tell(&sheet);
                self.look_again();
            }
            Some(None) => {
                self.has_other.set(self.place().other().is_some());
                self.open(self.place().raw());
            }
            Some(Some(None)) | None => {}
        }
    }

    /// Where this browser keeps the text; comments are nowhere else.
    fn place(self) -> Place {
        Place { person: self.bench.person, diagram: self.bench.diagram }
    }

    /// Goes on with a text that was kept; none for the drawing's own.
    fn open(self, raw: Option<String>) {
        let mut ids = IdSource::new(seed());
        let mut next = || ids.commit().as_u128();
        let kept = raw.as_deref().map(Kept::from_raw);
        let (sheet, edits) = self.bench.peek(|editor| opened(kept, editor.target(), &mut next));
        self.seen.set_value(raw);
        self.sheet.set_value(Some(sheet.clone()));
        self.put(sheet.text());
        self.tell(&sheet);
        if !edits.is_empty() {
            self.bench.send(Input::Typed(edits));
        }
    }

    /// Another tab may have kept another text. It is taken over, unless somebody types here: then both are kept once it is
    /// known what was typed.
    fn look_again(self) {
        if !self.bench.is_alive() {
            return;
        }
        let raw = self.place().raw();
        let is_read = self.sheet.with_value(|sheet| sheet.as_ref().is_some_and(Sheet::is_read));
        let is_busy = self.is_waiting.get_untracked() || self.has_typed.get_value() || self.is_exhibit.get_value();
        if is_read && !is_busy && raw != self.seen.get_value() && self.is_in_step(raw.as_deref()) {
            self.open(raw);
        }
    }

    /// Whether a text says just what is drawn here. What the other tab has typed comes here in two ways, and taken over before
    /// it is drawn, the text would lose it again.
    fn is_in_step(self, raw: Option<&str>) -> bool {
        let Some(Kept { text, base }) = raw.map(Kept::from_raw) else { return true };
        let mut ids = IdSource::new(seed());
        let mut next = || ids.commit().as_u128();
        let mut follows = |text: String| self.bench.peek(|editor| Sheet::with_text(text, editor.target(), &mut next));
        base.is_none() && follows(text.clone()).text() == text
    }

    /// The page goes away while something typed is not read yet.
    fn keep_unread(self) {
        if !self.is_waiting.try_get_untracked().unwrap_or_default() || !self.bench.is_alive() {
            return;
        }
        let base = self.sheet.with_value(|sheet| sheet.as_ref().map(Sheet::base));
        if base.is_some() {
            self.keep(Some(&Kept { text: self.text(), base }));
        }
    }

    /// Keeps a text, and beside it what another tab has kept since this one looked.
    fn keep(self, kept: Option<&Kept>) {
        let (place, raw) = (self.place(), kept.map(Kept::to_raw));
        let found = place.raw();
        if found != raw && found != self.seen.get_value() {
            if !self.has_typed.get_value() {
                // Theirs has words of somebody; this one only follows the drawing, as theirs does.
                return;
            }
            if let Some(theirs) = found {
                place.set_other(Some(&theirs));
                self.has_other.set(true);
            }
        }
        place.set_raw(raw.as_deref());
        self.seen.set_value(raw);
        self.has_typed.set_value(false);
    }

    /// Shows the text of the other tab in the place of this one.
    pub(super) fn take_other(self) {
        if let Some(other) = self.place().other() {
            let seen = self.place().raw();
            self.open(Some(other.clone()));
            self.seen.set_value(seen);
            self.has_typed.set_value(true);
            self.keep(Some(&Kept::from_raw(&other)));
        }
        self.drop_other();
    }

    /// Forgets the text of the other tab.
    pub(super) fn drop_other(self) {
        self.place().set_other(None);
        self.has_other.set(false);
        self.focus();
    }

    fn focus(self) {
        if let Some(field) = self.element() {
            dom::focus(&field);
        }
    }

    /// Takes back, or does again, what was done last: the editor does where nothing was typed since the drawing changed the
    /// text, as the browser can take back only what was typed.
    pub(super) fn take_back(self, again: bool) -> bool {
        let is_own = self.is_put.get_value() && !self.is_waiting.get_untracked();
        if is_own {
            self.bench.command(if again { Command::Redo } else { Command::Undo });
        }
        is_own
    }

    /// Puts a text into the field, with the cursor where it was among the words that stayed.
    fn put(self, text: &str) {
        if let Some(field) = self.element().filter(|field| field.value() != text) {
            let old = field.value();
            let start = field.selection_start().ok().flatten().unwrap_or_default();
            let at = moved(&old, text, bytes_of(&old, start));
            let units = units_of(text, at);
            field.set_value(text);
            self.is_put.set_value(true);
            // Fails for fields without text only.
            let _ = field.set_selection_range(units, units);
        }
        self.draw(text);
        self.scrolled();
    }

    /// Says how the text stands.
    fn tell(self, sheet: &Sheet) {
        self.findings.set(sheet.findings().to_vec());
        self.is_read.set(sheet.is_read());
        // Only what is in no drawing is kept: comments, the order of things, and what cannot be read yet.
        let base = (!sheet.is_read()).then(|| sheet.base());
        let is_own = base.is_some() || !sheet.is_plain();
        let kept = Kept { text: sheet.text().to_owned(), base };
        self.keep(is_own.then_some(&kept));
    }

    fn draw(self, text: &str) {
        self.shown.set(Arc::new(Shown::of(text)));
    }

    /// Draws what stands in the field, which is not read yet.
    pub(super) fn redraw(self) {
        self.draw(&self.text());
        self.moved();
    }

    /// Something was typed.
    pub(super) fn typed(self) {
        let text = self.text();
        self.draw(&text);
        self.moved();
        self.complete(false);
        self.is_waiting.set(true);
        self.has_typed.set_value(true);
        self.is_put.set_value(false);
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        let pause = if text.len() > LONG { LONG_PAUSE } else { PAUSE };
        spawn_local(async move {
            sleep(pause).await;
            if self.turn.try_get_value() == Some(turn) && self.bench.is_alive() {
                self.read();
            }
        });
    }

    /// The field is left: what was typed counts at once, as for whoever saves then.
    pub(super) fn settle(self) {
        self.close();
        if self.is_waiting.get_untracked() {
            self.turn.update_value(|turn| *turn += 1);
            self.read();
        }
    }

    fn read(self) {
        self.is_waiting.set(false);
        if self.bench.peek(|editor| editor.exhibit().is_some()) {
            return;
        }
        let text = self.text();
        let mut ids = IdSource::new(seed());
        let read = self.bench.peek(|editor| {
            self.sheet.try_update_value(|kept| {
                let sheet = kept.as_mut()?;
                let edits = sheet.typed(text, editor.target(), &mut || ids.commit().as_u128());
                Some((edits, sheet.clone()))
            })
        });
        let Some((edits, sheet)) = read.flatten() else { return };
        self.tell(&sheet);
        if edits.is_empty() {
            // What was drawn while the text waited comes now.
            self.follow();
        } else {
            self.bench.send(Input::Typed(edits));
        }
    }

    /// The cursor was moved.
    pub(super) fn moved(self) {
        let text = self.text();
        let before = text.get(..self.offset(&text)).unwrap_or_default();
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        self.cursor.set((line, column));
    }

    /// The field was scrolled, or has another size.
    pub(super) fn scrolled(self) {
        if let Some(field) = self.element() {
            self.scroll.set((field.scroll_left(), field.scroll_top(), field.client_height()));
        }
    }

    /// Offers what could stand at the cursor. Unasked, only for a word that is begun.
    pub(super) fn complete(self, asked: bool) -> bool {
        let text = self.text();
        let at = self.offset(&text);
        let is_begun = text.get(..at).and_then(|before| before.chars().next_back());
        let is_begun = is_begun.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
        let mut options = Vec::new();
        if (asked || is_begun) && text.len() <= LONG {
            options = dbml::complete(&text, u32::try_from(at).unwrap_or(u32::MAX));
            // A word that is there in full needs no list under it.
            options.retain(|option| span_of(&text, option) != option.text);
            options.truncate(MOST_OPTIONS);
        }
        self.moved();
        self.active.set(None);
        self.options.set(options);
        asked
    }

    /// Closes the list of completions.
    pub(super) fn close(self) {
        self.options.set(Vec::new());
        self.active.set(None);
    }

    /// Goes on in the list of completions.
    pub(super) fn step(self, by: isize) -> bool {
        let count = self.options.with_untracked(Vec::len);
        if count == 0 {
            return false;
        }
        let last = count - 1;
        self.active.update(|active| {
            *active = Some(match (*active, by > 0) {
                (None, true) => 0,
                (Some(at), true) if at < last => at + 1,
                (Some(_), true) => 0,
                (None | Some(0), false) => last,
                (Some(at), false) => at - 1,
            });
        });
        true
    }

    /// Puts in the chosen completion; the first one when none is chosen and that is meant.
    pub(super) fn take(self, or_first: bool) -> bool {
        let active = self.active.get_untracked().or(or_first.then_some(0));
        let chosen = active.and_then(|at| self.options.with_untracked(|options| options.get(at).cloned()));
        let Some(option) = chosen else { return false };
        self.insert(&option);
        true
    }

    /// Puts a completion in the place of what was begun.
    pub(super) fn insert(self, option: &Completion) {
        let text = self.text();
        let (start, end) = (option.replaces.start as usize, option.replaces.end as usize);
        let (start, end) = (units_of(&text, start), units_of(&text, end));
        if let Some(field) = self.element() {
            dom::replace_selection(&field, start, end, &option.text);
        }
        self.close();
        self.typed();
        self.close();
    }

    /// Closes the list, or goes back to the canvas.
    pub(super) fn leave(self) -> bool {
        if self.options.with_untracked(|options| !options.is_empty()) {
            self.close();
        } else if let Some(canvas) = dom::document().get_element_by_id("canvas") {
            dom::focus(&canvas);
        }
        true
    }

    /// Shows on the canvas what the cursor stands in.
    pub(super) fn go_to_object(self) -> bool {
        let text = self.text();
        let at = self.offset(&text);
        let object = self.sheet.with_value(|sheet| sheet.as_ref().and_then(|sheet| sheet.object_at(at)));
        if let Some(object) = object.filter(|object| self.bench.peek(|editor| editor.seen().label(*object).is_some())) {
            super::select(self.bench, object);
        }
        true
    }

    /// Brings an object into view, unless the cursor is in it or somebody types.
    pub(super) fn show_object(self, object: ObjectId) {
        let is_typing = self.element().is_some_and(|field| dom::focused().is_some_and(|focused| focused == **field));
        if is_typing || self.is_waiting.get_untracked() {
            return;
        }
        let span = self.sheet.with_value(|sheet| sheet.as_ref().and_then(|sheet| sheet.span_of(object)));
        if let Some(span) = span {
            let text = self.text();
            let line = text.get(..span.start).unwrap_or_default().matches('\n').count();
            self.scroll_to(line);
        }
    }

    /// Selects a line, counted from 1, and brings it into view.
    pub(super) fn show_line(self, line: u32) {
        let Some(field) = self.element() else { return };
        let text = field.value();
        let line = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
        let Some(span) = line_span(&text, line) else { return };
        // Neither fails for a text area.
        let _ = field.focus();
        let _ = field.set_selection_range(units_of(&text, span.start), units_of(&text, span.end));
        self.scroll_to(line);
        self.moved();
    }

    fn scroll_to(self, line: usize) {
        let Some(field) = self.element() else { return };
        #[expect(clippy::cast_precision_loss, reason = "no text has 2^53 lines")]
        let top = line as f64 * LINE - f64::from(field.client_height()) / 3.0;
        #[expect(clippy::cast_possible_truncation, reason = "saturates beyond any text")]
        field.set_scroll_top(top.max(0.0) as i32);
        field.set_scroll_left(0);
        self.scrolled();
    }
}

/// A text that was kept, beside the drawing as it is now, and what has to be done to that for it.
fn opened(kept: Option<Kept>, target: &Schema, next_id: &mut dyn FnMut() -> u128) -> (Sheet, Vec<Edit>) {
    match kept {
        None => (Sheet::of(target, next_id), Vec::new()),
        Some(Kept { text, base: None }) => (Sheet::with_text(text, target, next_id), Vec::new()),
        Some(Kept { text, base: Some(base) }) => {
            let mut sheet = Sheet::with_base(base, target, next_id);
            let edits = sheet.typed(text, target, next_id);
            (sheet, edits)
        }
    }
}

fn span_of<'a>(text: &'a str, option: &Completion) -> &'a str {
    text.get(option.replaces.start as usize..option.replaces.end as usize).unwrap_or_default()
}

/// Where a line, counted from 0, stands.
fn line_span(text: &str, line: usize) -> Option<Range<usize>> {
    let before: usize = text.split('\n').take(line).map(|line| line.len() + 1).sum();
    let found = text.split('\n').nth(line)?;
    Some(before..before + found.len())
}

/// Where a place in UTF-16 units is in bytes.
fn bytes_of(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    let end = text.char_indices().find(|(_, c)| {
        let is_there = left == 0;
        left = left.saturating_sub(c.len_utf16());
        is_there
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// Where a place in bytes is in UTF-16 units.
fn units_of(text: &str, bytes: usize) -> u32 {
    let before = text.get(..text.floor_char_boundary(bytes)).unwrap_or_default();
    u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// Where a place of a text is after the text was changed elsewhere.
fn moved(old: &str, new: &str, at: usize) -> usize {
    let same = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
    if at <= same {
        return at;
    }
    let behind = old.len() - at;
    let tail = old.bytes().rev().zip(new.bytes().rev()).take_while(|(old, new)| old == new).count();
    let found = if behind <= tail { new.len() - behind } else { same };
    new.floor_char_boundary(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_both_units() {
        let text = "a\u{1f600}b\u{e9}";
        for (units, bytes) in [(0, 0), (1, 1), (3, 5), (4, 6), (5, 8), (9, 8)] {
            assert_eq!(bytes_of(text, units), bytes, "{units}");
            assert_eq!(units_of(text, bytes), units.min(5), "{bytes}");
        }
    }

    #[test]
    fn the_cursor_stays_among_its_words() {
        for (old, new, at, expect) in [
            ("abc def", "abc def", 3, 3),
            ("abc def", "new abc def", 5, 9),
            ("abc def", "abc new def", 6, 10),
            ("abc def", "abc def new", 6, 6),
            ("abc def", "xyz", 3, 0),
            ("", "abc", 0, 0),
        ] {
            assert_eq!(moved(old, new, at), expect, "{old:?} {new:?} {at}");
        }
    }
}
