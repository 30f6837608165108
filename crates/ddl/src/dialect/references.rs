//! References: what becomes of each, before anything is written, as keys and checks depend on it.

use super::cascade::Cascades;
use super::{Dialect, Writer};
use schema::{ColumnId, Deferral, Generation, Index, ObjectId, Reference, ReferentialAction, Table, TableId};
use std::collections::BTreeSet;

/// A reference as the dialect says it.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) clause: String,
}

impl Writer<'_> {
    /// Works out all references of these tables.
    pub(super) fn settle_references(&mut self, tables: &[&Table]) {
        let schema = self.schema;
        let mut cascades = Cascades::default();
        let mut seen = BTreeSet::new();
        for table in tables {
            let mut references = self.references.from(table.id).to_vec();
            references.sort_by_key(|reference| (&reference.name, reference.id));
            for reference in references {
                match self.reference(table, reference, &mut cascades, &mut seen) {
                    Ok(clause) => {
                        let name = self.names.name(ObjectId::Reference(reference.id)).to_owned();
                        self.outgoing.entry(table.id).or_default().push(Written { name, clause });
                    }
                    Err(why) => self.note(ObjectId::Reference(reference.id), format!("left out: {why}")),
                }
            }
        }
        let written: BTreeSet<TableId> = tables.iter().map(|table| table.id).collect();
        for reference in schema.references.values() {
            if !written.contains(&reference.referencing) {
                self.note(ObjectId::Reference(reference.id), "left out with its table");
            }
        }
    }

    fn reference(
        &mut self,
        table: &Table,
        reference: &Reference,
        cascades: &mut Cascades,
        seen: &mut BTreeSet<(TableId, Vec<ColumnId>, Vec<ColumnId>)>,
    ) -> Result<String, String> {
        let dialect = self.rules.dialect;
        let target = self.schema.table(reference.referenced).filter(|table| super::is_written(table));
        let target = target.ok_or("the table that it leads to is not there")?;
        let referenced = self.key_of(target, reference).ok_or_else(|| {
            let columns = target.list_of(&reference.referenced_columns());
            format!("{dialect} wants a key over {columns} of {}", self.schema.display_name(target))
        })?;
        let of = |column: &ColumnId| reference.pairs.iter().find(|pair| pair.referenced == *column);
        let referencing: Vec<ColumnId> = referenced.iter().filter_map(of).map(|pair| pair.referencing).collect();
        if self.rules.same_types && !self.same_types(table, &referencing, target, &referenced) {
            return Err(format!("{dialect} wants its columns to be of exactly the types of what they lead to"));
        }
        if dialect == Dialect::Oracle && !seen.insert((target.id, referencing.clone(), referenced.clone())) {
            return Err(format!("{dialect} has one reference of the same columns to the same already"));
        }
        let mut clause = format!(
            "FOREIGN KEY ({}) REFERENCES {} ({})",
            self.columns(table.id, &referencing),
            self.table(target.id),
            self.columns(target.id, &referenced)
        );
        clause.push_str(&self.actions(table, reference, cascades));
        clause.push_str(self.deferral(reference));
        if reference.options.match_full && reference.pairs.len() > 1 {
            let what = format!("MATCH FULL was left out: {dialect} lets some of its columns be NULL and others not");
            self.note(ObjectId::Reference(reference.id), what);
        }
        Ok(clause)
    }

    /// The columns of the key that a reference rests on, in the order of the key.
    fn key_of(&self, target: &Table, reference: &Reference) -> Option<Vec<ColumnId>> {
        let wanted = reference.referenced_columns();
        target.keys_over(&wanted).find_map(|object| match object {
            ObjectId::Key(_, id) => {
                let key = target.keys.iter().find(|key| key.id == id)?;
                self.writes_key(target, key).then(|| key.columns.clone())
            }
            ObjectId::Index(_, id) => {
                let index = target.indexes.iter().find(|index| index.id == id)?;
                self.index_is_written(target, index).then(|| index.columns())
            }
            ObjectId::Namespace(_)
            | ObjectId::Table(_)
            | ObjectId::Column(..)
            | ObjectId::Check(..)
            | ObjectId::Reference(_)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => None,
        })
    }

    /// Whether a reference rests on the index.
    pub(super) fn is_rested_on(&self, table: &Table, index: &Index) -> bool {
        let id = ObjectId::Index(table.id, index.id);
        self.references
            .to(table.id)
            .iter()
            .any(|reference| table.keys_over(&reference.referenced_columns()).next() == Some(id))
    }

    fn same_types(&self, table: &Table, mine: &[ColumnId], target: &Table, theirs: &[ColumnId]) -> bool {
        mine.iter().zip(theirs).all(|(mine, theirs)| {
            let (mine, theirs) = (self.types.get(&(table.id, *mine)), self.types.get(&(target.id, *theirs)));
            mine.map(|it| &it.text) == theirs.map(|it| &it.text)
        })
    }

    fn actions(&mut self, table: &Table, reference: &Reference, cascades: &mut Cascades) -> String {
        let mut actions = [reference.on_delete, reference.on_update];
        let object = ObjectId::Reference(reference.id);
        for (event, action) in ["DELETE", "UPDATE"].into_iter().zip(&mut actions) {
            if let Err(why) = self.can_act(table, reference, event, *action) {
                self.note(object, format!("ON {event} {} was left out: {why}", action.as_sql().to_ascii_uppercase()));
                *action = ReferentialAction::NoAction;
            }
        }
        let acts =
            |action: &ReferentialAction| !matches!(action, ReferentialAction::NoAction | ReferentialAction::Restrict);
        let dialect = self.rules.dialect;
        let is_one_way = dialect == Dialect::SqlServer && actions.iter().any(acts);
        if is_one_way && !cascades.allow(reference.referenced, reference.referencing) {
            let name = self.schema.display_name(table);
            let what = format!("its actions were left out: in {dialect} they may reach {name} in one way only");
            self.note(object, what);
            actions = [ReferentialAction::NoAction; 2];
        }
        let mut text = String::new();
        for (event, action) in ["DELETE", "UPDATE"].into_iter().zip(actions) {
            // Neither of the two has RESTRICT, which is what they do by themselves.
            let is_said = match dialect {
                Dialect::SqlServer | Dialect::Oracle => acts(&action),
                Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => action != ReferentialAction::NoAction,
            };
            if is_said {
                text.push_str(&format!(" ON {event} {}", action.as_sql().to_ascii_uppercase()));
            }
        }
        text
    }

    /// Why the dialect cannot do it.
    fn can_act(
        &self,
        table: &Table,
        reference: &Reference,
        event: &str,
        action: ReferentialAction,
    ) -> Result<(), String> {
        use ReferentialAction::{Cascade, NoAction, Restrict, SetDefault, SetNull};
        let dialect = self.rules.dialect;
        if matches!(action, NoAction | Restrict) {
            return Ok(());
        }
        let columns: Vec<_> = reference.pairs.iter().filter_map(|pair| table.column(pair.referencing)).collect();
        let is_my = matches!(dialect, Dialect::MySql | Dialect::MariaDb);
        if dialect == Dialect::Oracle && (event == "UPDATE" || action == SetDefault) {
            return Err(format!("{dialect} has no such action"));
        }
        if is_my && action == SetDefault {
            return Err(format!("{dialect} refuses it"));
        }
        let is_partial = event == "DELETE" && !reference.options.set_columns.is_empty();
        if is_partial && matches!(action, SetNull | SetDefault) {
            return Err(format!("{dialect} would set all of its columns"));
        }
        if is_my && action == Cascade && event == "UPDATE" && self.could_become_null(table, reference) {
            return Err("what it leads to may become NULL, and one of its columns may not".to_owned());
        }
        if action == SetNull && columns.iter().any(|column| !self.may_be_null(table, column)) {
            return Err("one of its columns cannot be NULL".to_owned());
        }
        let has_default = |column: &&schema::Column| column.default.is_some() || self.may_be_null(table, column);
        if action == SetDefault && dialect == Dialect::SqlServer && !columns.iter().all(has_default) {
            return Err("one of its columns has no default".to_owned());
        }
        let stored = table.columns.iter().filter(|it| matches!(it.generation, Some(Generation::Stored(_))));
        let feeds: BTreeSet<ColumnId> = stored.flat_map(|it| it.sources().into_iter().chain([it.id])).collect();
        if columns.iter().any(|column| feeds.contains(&column.id)) && !(action == Cascade && event == "DELETE") {
            return Err("a column is worked out from its columns".to_owned());
        }
        if columns.iter().any(|column| column.is_numbered()) && !(action == Cascade && event == "DELETE") {
            return Err("one of its columns counts".to_owned());
        }
        Ok(())
    }

    /// Whether a column that cannot be NULL is compared with one that can.
    fn could_become_null(&self, table: &Table, reference: &Reference) -> bool {
        let Some(target) = self.schema.table(reference.referenced) else { return false };
        let may = |table: &Table, id| table.column(id).is_some_and(|column| self.may_be_null(table, column));
        reference.pairs.iter().any(|pair| may(target, pair.referenced) && !may(table, pair.referencing))
    }

    fn deferral(&mut self, reference: &Reference) -> &'static str {
        match (reference.options.deferral, self.rules.deferrable.0) {
            (Deferral::Never, _) => "",
            (Deferral::Deferrable, true) => " DEFERRABLE",
            (Deferral::Deferred, true) => " DEFERRABLE INITIALLY DEFERRED",
            (_, false) => {
                let dialect = self.rules.dialect;
                let what = format!("that it can be checked later was left out: {dialect} checks it at once");
                self.note(ObjectId::Reference(reference.id), what);
                ""
            }
        }
    }
}
