//! What tables and columns are for, where the dialect has a place for it.

use super::Writer;
use super::rules::Comments;
use crate::export::{notes_of, notes_of_parts, written};
use schema::{ObjectId, Table};

/// Texts of Oracle have that many bytes, properties of SQL Server that many characters.
const MOST: usize = 3_500;

impl Writer<'_> {
    /// The statements that say it, for dialects that have some; and what is said nowhere.
    pub(super) fn comments(&mut self, tables: &[&Table]) -> String {
        let mut text = String::new();
        for table in tables {
            for (column, note) in notes_of(table) {
                let object = match column {
                    Some(column) => ObjectId::Column(table.id, column),
                    None => ObjectId::Table(table.id),
                };
                match self.rules.comments {
                    Comments::No => {
                        let dialect = self.rules.dialect;
                        self.note(object, format!("its note was left out: {dialect} has no comments"));
                    }
                    Comments::Within { .. } => {}
                    Comments::On => text.push_str(&self.comment_on(table, object, note)),
                    Comments::Properties => text.push_str(&self.property(table, object, note)),
                }
            }
            for (object, _) in notes_of_parts(table) {
                self.note(object, "its note was left out");
            }
        }
        for reference in self.schema.references.values() {
            if written(reference.options.note.as_deref()).is_some() {
                self.note(ObjectId::Reference(reference.id), "its note was left out");
            }
        }
        for it in self.schema.types.values() {
            if written(it.note.as_deref()).is_some() {
                self.note(ObjectId::Type(it.id), "its note was left out");
            }
        }
        // SQL*Plus would ask what to put in the place of a word behind &.
        let asks = matches!(self.rules.comments, Comments::On) && text.contains('&');
        if asks { format!("SET DEFINE OFF\n\n{text}") } else { text }
    }

    /// The note with at most so many characters, all of the basic plane, as MySQL has them in comments.
    pub(super) fn cut(&mut self, object: ObjectId, note: &str, most: usize) -> String {
        let plain: String = note.chars().map(|c| if u32::from(c) > 0xffff { '\u{fffd}' } else { c }).collect();
        if plain != note {
            self.note(object, "characters of its note that comments cannot have were replaced");
        }
        let note = plain.as_str();
        let cut: String = note.chars().take(most).collect();
        if cut.len() < note.len() {
            self.note(object, format!("its note was cut to {most} characters"));
        }
        cut
    }

    /// The note on one line, as what runs scripts looks at the beginnings of lines, within texts too.
    fn on_one_line(&mut self, object: ObjectId, note: &str) -> String {
        let line: String = note.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if line != note {
            self.note(object, "its note was written on one line");
        }
        let mut bytes = 0;
        let fits = |c: &char| {
            bytes += c.len_utf8();
            bytes <= MOST
        };
        let cut: String = line.chars().take_while(fits).collect();
        if cut.len() < line.len() {
            self.note(object, format!("its note was cut to {MOST} bytes"));
        }
        cut.replace('\'', "''")
    }

    fn comment_on(&mut self, table: &Table, object: ObjectId, note: &str) -> String {
        let note = self.on_one_line(object, note);
        let on = self.table(table.id);
        if let ObjectId::Column(table, column) = object {
            return format!("COMMENT ON COLUMN {on}.{} IS '{note}';\n", self.column(table, column));
        }
        format!("COMMENT ON TABLE {on} IS '{note}';\n")
    }

    fn property(&mut self, table: &Table, object: ObjectId, note: &str) -> String {
        let note = self.on_one_line(object, note);
        // sqlcmd would put a variable in the place of $(…).
        let plain = note.replace("$(", "$ (");
        if plain != note {
            self.note(object, "of $( in its note there is a blank between the two");
        }
        let text = |name: &str| format!("N'{}'", name.replace('\'', "''"));
        let mut names = format!(
            "@level0type = N'SCHEMA', @level0name = {}, @level1type = N'TABLE', @level1name = {}",
            text(self.names.namespace_of(table.id).unwrap_or("dbo")),
            text(self.names.name(ObjectId::Table(table.id)))
        );
        if let ObjectId::Column(table, column) = object {
            let column = text(self.names.column(table, column));
            names.push_str(&format!(", @level2type = N'COLUMN', @level2name = {column}"));
        }
        format!("EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'{plain}', {names};\n")
    }
}
