//! Groups of tables, and notes on the diagram.

use super::{Lowering, full_color, note};
use crate::document::{Document, Group, StickyNote};
use crate::names::Names;
use crate::quote::shown;
use crate::span::Origin;
use schema::{Annotation, AnnotationId, AnnotationKind};
use std::sync::Arc;

impl<'a, F: FnMut() -> u128> Lowering<'a, F> {
    pub(super) fn annotations(&mut self, document: &'a Document) {
        if !document.groups.is_empty() {
            let names = Names::of(document);
            document.groups.iter().for_each(|group| self.group(&names, group));
        }
        document.notes.iter().for_each(|note| self.sticky_note(note));
    }

    fn group(&mut self, names: &Names<'a>, group: &Group) {
        let (origin, called) = (group.origin, shown(&group.name));
        let text = note(group.note.as_deref());
        let made = self.annotation(AnnotationKind::Group, &group.name, text, group.color.as_deref(), origin);
        let Some(id) = made else { return };
        if !group.metadata.is_empty() {
            self.leave_out(origin, format!("the metadata of group {called} is left out"));
        }
        for path in &group.tables {
            let table = names.table(path).and_then(|table| self.tables.get(&table.path)).map(|made| made.id);
            let table = table.and_then(|id| self.result.schema.tables.get_mut(&id)).map(Arc::make_mut);
            match table {
                Some(table) if table.group.is_none_or(|group| group == id) => table.group = Some(id),
                Some(_) => {
                    let table = shown(&path.to_string());
                    self.leave_out(origin, format!("{table} is in another group already, and so not in {called}"));
                }
                // It is left out, and that is said of it.
                None => {}
            }
        }
    }

    fn sticky_note(&mut self, written: &StickyNote) {
        let name = written.path.to_string();
        if !written.metadata.is_empty() {
            self.leave_out(written.origin, format!("the metadata of note {} is left out", shown(&name)));
        }
        let text = note(Some(&written.text));
        // Without a color of its own a note has none.
        let color = written.color.as_deref().filter(|color| *color != "none");
        self.annotation(AnnotationKind::Note, &name, text, color, written.origin);
    }

    fn annotation(
        &mut self,
        kind: AnnotationKind,
        name: &str,
        text: Option<String>,
        color: Option<&str>,
        origin: Origin,
    ) -> Option<AnnotationId> {
        let called = shown(name);
        let kind_word = kind.as_str();
        let name = self.name(name, kind_word, origin)?;
        if self.result.schema.annotations.values().any(|it| it.kind == kind && it.name == name) {
            self.leave_out(origin, format!("{kind_word} {called} is left out, because there is one already"));
            return None;
        }
        let id = AnnotationId(self.id());
        let full = color.and_then(full_color);
        if let (Some(written), None) = (color, &full) {
            self.leave_out(
                origin,
                format!("the color of {kind_word} {called} is left out: {} is none", shown(written)),
            );
        }
        self.result.schema.annotations.insert(id, Annotation { id, kind, name, note: text, color: full, spot: None });
        Some(id)
    }
}
