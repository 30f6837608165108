//! What lies in the panel: the text, what it means, and where one is in it.

use super::lines::Shown;
use crate::{
    platform::{dom, seed, sleep, storage},
    workbench::Workbench,
};
use dbml::Completion;
use editor::{IdSource, Input};
use interchange::{Finding, Sheet};
use leptos::{html, prelude::*, task::spawn_local};
use schema::ObjectId;
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
            self.sheet.try_update_value(|kept| match kept {
                // Most of what is drawn, such as where tables stand, is not in the text.
                Some(sheet) => (sheet.follow(target, &mut next) || was_exhibit).then(|| sheet.clone()),
                None => {
                    let sheet = match storage::read(&self.key()) {
                        Some(text) => Sheet::with_text(text, target, &mut next),
                        None => Sheet::of(target, &mut next),
                    };
                    Some(kept.insert(sheet).clone())
                }
            })
        });
        if let Some(sheet) = sheet.flatten() {
            self.put(sheet.text());
            self.tell(&sheet);
        }
    }

    /// What this browser keeps the text under; comments are nowhere else.
    fn key(self) -> String {
        format!("text {} {}", self.bench.person, self.bench.diagram)
    }

    /// Puts a text into the field, with the cursor where it was among the words that stayed.
    fn put(self, text: &str) {
        if let Some(field) = self.element().filter(|field| field.value() != text) {
            let old = field.value();
            let start = field.selection_start().ok().flatten().unwrap_or_default();
            let at = moved(&old, text, bytes_of(&old, start));
            let units = units_of(text, at);
            field.set_value(text);
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
        // Only what is in no drawing is kept: comments, and the order of things.
        match (sheet.is_read(), sheet.is_plain()) {
            (true, false) => storage::write(&self.key(), sheet.text()),
            (true, true) => storage::remove(&self.key()),
            (false, _) => {}
        }
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
