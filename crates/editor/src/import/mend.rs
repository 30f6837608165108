//! What PostgreSQL would refuse of what was read.

use super::Merge;
use edit::{Edit, apply_all, drop_edits};
use schema::{Code, Diagnostic, ObjectId, validate};
use std::sync::Arc;

/// How often what is broken is left out. Each time may break what rested on it, and nothing rests on more than a few.
const ROUNDS: usize = 8;

impl Merge<'_> {
    /// Leaves out, or changes, whatever of the new PostgreSQL would refuse.
    pub(super) fn leave_out_what_is_broken(&mut self) {
        for _ in 0..ROUNDS {
            let mut broken = validate(&self.all);
            broken.retain(|finding| finding.code.is_refused() && self.is_of_new(finding.object));
            if broken.is_empty() {
                return;
            }
            for finding in &broken {
                self.mend(finding);
            }
        }
    }

    fn is_of_new(&self, object: ObjectId) -> bool {
        match object {
            ObjectId::Namespace(id) => !self.target.namespaces.contains_key(&id),
            ObjectId::Reference(id) => !self.target.references.contains_key(&id),
            ObjectId::Type(id) => !self.target.types.contains_key(&id),
            ObjectId::Opaque(id) => !self.target.opaque.contains_key(&id),
            ObjectId::Annotation(id) => !self.target.annotations.contains_key(&id),
            ObjectId::Table(id)
            | ObjectId::Column(id, _)
            | ObjectId::Key(id, _)
            | ObjectId::Check(id, _)
            | ObjectId::Index(id, _) => !self.target.tables.contains_key(&id),
        }
    }

    fn mend(&mut self, finding: &Diagnostic) {
        // What is broken twice, or hung on what was broken too, is gone by now.
        let Some(label) = self.all.label(finding.object) else { return };
        let why = finding.message.strip_prefix(&format!("{label}: ")).unwrap_or(&finding.message).to_owned();
        let remark = match (finding.object, finding.code) {
            (ObjectId::Column(table, id), Code::UnknownColumn | Code::WrongType | Code::SerialDefault) => {
                let table = self.all.tables.get_mut(&table).map(Arc::make_mut);
                let column = table.and_then(|table| table.columns.iter_mut().find(|column| column.id == id));
                match column.map(|column| (column.default.take(), column)) {
                    Some((None, column)) => {
                        column.nullable = false;
                        format!("{label} is NOT NULL: {why}")
                    }
                    Some((Some(_), _)) | None => format!("{label} has no default: {why}"),
                }
            }
            (object, _) => {
                let edits = drop_edits(&self.all, object);
                let others = edits.iter().map(Edit::object).filter(|it| *it != object);
                let others: Vec<String> = others.filter_map(|it| self.all.label(it)).collect();
                // They were made for this very schema, and apply.
                let _ = apply_all(&mut self.all, &edits);
                match others.as_slice() {
                    [] => format!("{label} is left out: {why}"),
                    [..] => format!("{label} is left out, and with it {}: {why}", others.join(", ")),
                }
            }
        };
        self.remarks.push(remark);
    }
}
