//! What a schema has no place for.

use super::Lowering;
use crate::document::Document;
use crate::quote::shown;

impl<'a, F: FnMut() -> u128> Lowering<'a, F> {
    /// Lists everything of the document that is not in the schema by now.
    pub(super) fn rest(&mut self, document: &Document) {
        if self.linked.cut_off {
            let first = document.tables.iter().flat_map(|table| table.partials()).next();
            self.leave_out(
                first.map(|partial| partial.origin).unwrap_or_default(),
                "some columns of partials are left out, because they multiply beyond what is read",
            );
        }
        for one in &document.uses {
            self.leave_out(
                one.origin,
                format!("the import from {} is left out, because only one file is read", shown(&one.from)),
            );
        }
        if let Some(project) = &document.project {
            let fields = project.fields.iter().filter(|(key, _)| key != "database_type").map(|(key, _)| key.as_str());
            let name = project.name.is_some().then_some("name");
            let note = project.note.is_some().then_some("note");
            for what in name.into_iter().chain(note).chain(fields) {
                self.leave_out(project.origin, format!("the {} of the project is left out", shown(what)));
            }
        }
        self.of_tables(document);
        for partial in &document.partials {
            let name = shown(&partial.name);
            let reason =
                format!("partial {name} is left out; the tables that take it over have its columns of their own");
            self.leave_out(partial.origin, reason);
        }
        for records in &document.records {
            let table = shown(&records.table.to_string());
            self.leave_out(records.origin, format!("the records of {table} are left out"));
        }
        for view in &document.views {
            self.leave_out(view.origin, format!("view {} is left out", shown(&view.name)));
        }
        for dep in &document.deps {
            self.leave_out(dep.origin, "a dependency is left out");
        }
        for metadata in &document.metadata {
            let target = shown(&metadata.target.join("."));
            self.leave_out(metadata.origin, format!("the metadata of {target} is left out, except for a note"));
        }
    }

    fn of_tables(&mut self, document: &Document) {
        for table in &document.tables {
            let of = shown(&table.path.to_string());
            if !table.metadata.is_empty() {
                self.leave_out(table.origin, format!("the metadata of table {of} is left out"));
            }
            let of_columns = table.columns().flat_map(|column| &column.deps);
            for dep in table.deps.iter().chain(of_columns) {
                self.leave_out(dep.origin, format!("a dependency of table {of} is left out"));
            }
            for column in table.columns().filter(|column| !column.metadata.is_empty()) {
                self.leave_out(column.origin, format!("the metadata of {of}.{} is left out", shown(&column.name)));
            }
        }
    }
}
