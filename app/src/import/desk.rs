//! What lies on the desk of an import: the text, and what was read of it.

use crate::{
    platform::{file, seed, sleep},
    workbench::Workbench,
};
use diagram::{Scene, Size, layout, svg, thumbnail};
use editor::{IdSource, Import};
use interchange::{Format, Reading};
use leptos::{html, prelude::*, task::spawn_local};
use schema::Schema;
use std::{sync::Arc, time::Duration};
use web_sys::Blob;

/// How long nothing is typed before the text is read.
const PAUSE: Duration = Duration::from_millis(300);
/// The same for a text that takes its time, during which the page stands still.
const LONG_PAUSE: Duration = Duration::from_millis(1_500);
/// From how many characters on a text takes its time.
const LONG: u32 = 200_000;
/// Until what was changed on the page is seen.
const FRAME: Duration = Duration::from_millis(40);
/// The size of the picture.
const PICTURE: Size = Size::new(440.0, 240.0);

/// What was read of the text.
#[derive(Debug)]
pub struct Outcome {
    /// The format that it was read in.
    pub format: Format,
    /// What it says.
    pub reading: Reading,
    /// What of that is new in the diagram.
    pub import: Import,
}

/// The text of an import and what became of it. It stays as it is while the dialog is closed.
#[derive(Clone, Copy)]
pub struct Desk {
    bench: Workbench,
    /// Where the text stands.
    pub field: NodeRef<html::Textarea>,
    /// The text that the dialog opens with.
    pub kept: StoredValue<String>,
    /// The file that the text is from.
    pub file_name: RwSignal<Option<String>>,
    /// Why a file was not taken.
    pub problem: RwSignal<Option<String>>,
    /// The format, unless it is to be guessed.
    pub chosen: RwSignal<Option<Format>>,
    /// Whether what was read is not yet that of the text.
    pub is_reading: RwSignal<bool>,
    /// How long the text is that is read, in UTF-16 units.
    length: RwSignal<u32>,
    /// What was read last.
    pub outcome: RwSignal<Option<Arc<Outcome>>>,
    /// A picture of it, as SVG.
    pub picture: RwSignal<Option<String>>,
    /// Counts up with every change, so that what was begun for an earlier one is given up.
    turn: StoredValue<u64>,
}

impl Desk {
    /// An empty desk.
    pub fn new(bench: Workbench) -> Self {
        Self {
            bench,
            field: NodeRef::new(),
            kept: StoredValue::new(String::new()),
            file_name: RwSignal::new(None),
            problem: RwSignal::new(None),
            chosen: RwSignal::new(None),
            is_reading: RwSignal::new(false),
            length: RwSignal::new(0),
            outcome: RwSignal::new(None),
            picture: RwSignal::new(None),
            turn: StoredValue::new(0),
        }
    }

    /// The text was changed.
    pub fn typed(self) {
        let length = self.field.get_untracked().map_or(0, |field| field.text_length());
        self.problem.set(None);
        if length == 0 {
            self.clear();
        } else {
            self.read_after(if length > LONG { LONG_PAUSE } else { PAUSE });
        }
    }

    /// Another format was chosen.
    pub fn choose(self, format: Option<Format>) {
        self.chosen.set(format);
        if self.field.get_untracked().is_some_and(|field| field.text_length() > 0) {
            self.read_after(FRAME);
        }
    }

    /// Puts the text of a file in the place of what was there. When it cannot be read, that stays.
    pub fn take(self, blob: Blob) {
        spawn_local(async move {
            let name = file::name_of(&blob);
            // Before anything is done that takes time.
            let was_named = self.file_name.get_untracked();
            let was_reading = self.is_reading.get_untracked();
            self.file_name.set(Some(name.clone()));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no larger file is read")]
            self.length.set(blob.size() as u32);
            self.is_reading.set(true);
            sleep(FRAME).await;
            let text = file::text_of(&blob).await;
            let Some(field) = self.field.try_get_untracked().flatten() else {
                // The dialog was closed meanwhile.
                self.is_reading.try_set(was_reading);
                self.file_name.try_set(was_named);
                return;
            };
            match text {
                Ok(text) => {
                    field.set_value(&text);
                    self.typed();
                    self.file_name.set(Some(name));
                    self.read_after(FRAME);
                }
                Err(why) => {
                    self.is_reading.set(was_reading);
                    self.file_name.set(was_named);
                    self.problem.set(Some(format!("{name} was not read: {why}")));
                }
            }
        });
    }

    /// Remembers the text as the dialog closes.
    pub fn keep(self) {
        self.kept.set_value(self.text());
    }

    /// What is new in the text, for the diagram as it is now, and an empty desk; none while there is nothing to stage.
    pub fn give(self) -> Option<Import> {
        let outcome = self.outcome.get_untracked().filter(|_| !self.is_reading.get_untracked())?;
        let import = self.bench.peek(|editor| Import::of(editor, &outcome.reading.schema));
        if import.is_empty() {
            return None;
        }
        if let Some(field) = self.field.get_untracked() {
            field.set_value("");
        }
        self.clear();
        Some(import)
    }

    fn text(self) -> String {
        self.field.get_untracked().map(|field| field.value()).unwrap_or_default()
    }

    fn clear(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.file_name.set(None);
        self.is_reading.set(false);
        self.outcome.set(None);
        self.picture.set(None);
    }

    /// Reads the text once nothing was changed for so long.
    fn read_after(self, pause: Duration) {
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        let is_current = move || self.turn.try_get_value() == Some(turn);
        self.length.set(self.field.get_untracked().map_or(0, |field| field.text_length()));
        self.is_reading.set(true);
        spawn_local(async move {
            sleep(pause).await;
            if !is_current() {
                return;
            }
            // Between its parts the page answers, and a text that was changed meanwhile is not read on.
            let (format, reading) = self.read();
            sleep(FRAME).await;
            if !is_current() {
                return;
            }
            let import = self.bench.peek(|editor| Import::of(editor, &reading.schema));
            let outcome = Outcome { format, reading, import };
            let taken = outcome.import.taken.clone();
            self.outcome.set(Some(Arc::new(outcome)));
            self.is_reading.set(false);
            sleep(FRAME).await;
            if is_current() {
                self.picture.set((!taken.tables.is_empty()).then(|| picture(&taken)));
            }
        });
    }

    /// What is being read, and how much of it there is where that is much.
    pub fn reading_words(self) -> String {
        let length = self.length.get();
        let what = self.file_name.get().unwrap_or_else(|| "the text".to_owned());
        match length {
            ..=LONG => "Reading…".to_owned(),
            _ => format!("Reading {what}, {:.1} MB…", f64::from(length) / 1e6),
        }
    }

    fn read(self) -> (Format, Reading) {
        let text = self.text();
        let name = self.file_name.get_untracked();
        let format = self.chosen.get_untracked().unwrap_or_else(|| interchange::detect(&text, name.as_deref()));
        let mut ids = IdSource::new(seed());
        let reading = interchange::read(&text, format, &mut || ids.commit().as_u128());
        (format, reading)
    }
}

fn picture(schema: &Schema) -> String {
    let scene = Scene::build(schema, &layout::arrange(schema));
    svg::write_with(&thumbnail(&scene, PICTURE), PICTURE, svg::Colors::Page, "What is imported")
}
