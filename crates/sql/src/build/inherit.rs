//! What tables take from one another: partitions, INHERITS, LIKE.

use super::names::of_parts;
use super::{Builder, MOST_WALKS};
use crate::catalog::{Check, Index, Key, Reference, Table};
use crate::script::{Constraint, ConstraintDef, Like, ObjectName};
use std::collections::BTreeSet;

impl Builder {
    /// The table with its partitions and heirs, theirs included.
    pub(crate) fn family(&mut self, index: usize) -> Vec<usize> {
        self.below(index, true)
    }

    /// The table with its partitions, theirs included.
    fn below(&mut self, index: usize, heirs: bool) -> Vec<usize> {
        let mut found = vec![index];
        let mut seen = BTreeSet::from([index]);
        let mut at = 0;
        while let Some(next) = found.get(at).copied() {
            let partitions = self.partitions.get(&next).into_iter();
            let children = partitions.chain(self.heirs.get(&next).filter(|_| heirs)).flatten();
            found.extend(children.copied().filter(|child| seen.insert(*child)));
            at += 1;
        }
        self.walks += found.len();
        if self.walks > MOST_WALKS {
            self.complain("there are too many partitions to change them all");
            found.truncate(1);
        }
        found
    }

    /// The partitions of a table, theirs included, without itself.
    fn descendants(&mut self, index: usize) -> Vec<usize> {
        self.below(index, false).split_off(1)
    }

    fn copied(&mut self, parent: usize) -> Option<Table> {
        let table = self.table(parent)?;
        let size =
            table.columns.len() + table.checks.len() + table.keys.len() + table.indexes.len() + table.references.len();
        if !self.may_copy(size + 1) {
            self.complain("too much would have to be copied from other tables");
            return None;
        }
        self.table(parent).cloned()
    }

    /// INHERITS: columns and checks.
    pub(crate) fn inherit(&mut self, index: usize, parent: &ObjectName) {
        let Some(found) = self.find(parent).filter(|found| *found != index) else {
            self.complain(format!("there is no table {parent} to inherit from"));
            return;
        };
        let Some(source) = self.copied(found) else { return };
        self.heirs.entry(found).or_default().push(index);
        let Some(table) = self.table_mut(index) else { return };
        table.inherits.push(source.name.clone());
        take_columns(table, &source);
        take_checks(table, &source);
    }

    /// PARTITION OF: columns and checks; keys and the rest follow when its own are there.
    pub(crate) fn become_partition(&mut self, index: usize, parent: &ObjectName, bound: &str) {
        let Some(found) = self.find(parent).filter(|found| *found != index) else {
            self.complain(format!("there is no table {parent} to be a partition of"));
            return;
        };
        let Some(source) = self.copied(found) else { return };
        self.partitions.entry(found).or_default().push(index);
        let Some(table) = self.table_mut(index) else { return };
        table.partition_of = Some((source.name.clone(), bound.to_owned()));
        take_columns(table, &source);
        take_checks(table, &source);
    }

    /// What a partition takes from its parent besides columns, as far as it has no such thing itself.
    pub(crate) fn inherit_of_partition(&mut self, index: usize) {
        let parent = self.table(index).and_then(|table| table.partition_of.as_ref()).map(|(parent, _)| parent.clone());
        let Some(source) = parent.and_then(|parent| self.find(&parent)).and_then(|found| self.copied(found)) else {
            return;
        };
        for key in &source.keys {
            self.inherit_key(index, key);
        }
        for reference in &source.references {
            self.inherit_reference(index, reference);
        }
        for found in &source.indexes {
            self.inherit_index(index, found);
        }
    }

    fn inherit_key(&mut self, index: usize, key: &Key) {
        let Some(table) = self.table_mut(index) else { return };
        if let Some(own) = table.keys.iter_mut().find(|own| own.primary == key.primary && own.parts == key.parts) {
            own.inherited = true;
            return;
        }
        let name = table.name.clone();
        let schema = name.schema.clone().unwrap_or_default();
        let (columns, label) = if key.primary { (String::new(), "pkey") } else { (of_parts(&key.parts), "key") };
        let chosen = self.free_name(&schema, &name.name, &columns, label);
        self.claim(index, &name, &chosen, true);
        let Some(table) = self.table_mut(index) else { return };
        for column in table.columns.iter_mut().filter(|_| key.primary) {
            column.not_null |= key.columns().contains(&column.name.as_str());
        }
        table.keys.push(Key { name: chosen, named: false, inherited: true, comment: None, ..key.clone() });
    }

    fn inherit_reference(&mut self, index: usize, reference: &Reference) {
        let Some(table) = self.table_mut(index) else { return };
        let same = |own: &Reference| {
            own.columns == reference.columns && own.table == reference.table && own.referenced == reference.referenced
        };
        // One of its own that says the same becomes part of the parent's.
        if let Some(own) = table.references.iter_mut().find(|own| same(own) && !own.inherited) {
            own.inherited = true;
            return;
        }
        if table.references.iter().any(same) {
            return;
        }
        let mut name = reference.name.clone();
        let mut pass = 0;
        while table.references.iter().any(|own| own.name == name) && pass < 100 {
            pass += 1;
            name = format!("{}_{pass}", reference.name);
        }
        table.references.push(Reference { name, inherited: true, comment: None, ..reference.clone() });
    }

    fn inherit_index(&mut self, index: usize, found: &Index) {
        let Some(table) = self.table_mut(index) else { return };
        let same = |own: &Index| {
            own.parts == found.parts
                && own.unique == found.unique
                && own.predicate == found.predicate
                && own.method == found.method
        };
        if let Some(own) = table.indexes.iter_mut().find(|own| same(own) && !own.inherited) {
            own.inherited = true;
            return;
        }
        // The index behind a key of its own will do as well, once.
        let is_plain = found.unique && found.predicate.is_none();
        let own = table.keys.iter_mut().find(|key| is_plain && !key.inherited && key.parts == found.parts);
        if let Some(key) = own {
            key.inherited = true;
            return;
        }
        let name = table.name.clone();
        let schema = name.schema.clone().unwrap_or_default();
        let chosen = self.free_name(&schema, &name.name, &of_parts(&found.parts), "idx");
        self.claim(index, &name, &chosen, true);
        if let Some(table) = self.table_mut(index) {
            table.indexes.push(Index { name: chosen, named: false, inherited: true, comment: None, ..found.clone() });
        }
    }

    /// An index of a partitioned table is one of its partitions, too.
    pub(crate) fn spread_index(&mut self, index: usize, found: &Index) {
        for child in self.descendants(index) {
            if !self.may_copy(1) {
                return;
            }
            self.inherit_index(child, found);
        }
    }

    /// So are its keys and references; checks go to heirs as well.
    pub(crate) fn spread_constraint(&mut self, index: usize, made: &ConstraintDef) {
        let children = match &made.kind {
            Constraint::Check(_) if !made.no_inherit => self.family(index).split_off(1),
            Constraint::Primary(_) | Constraint::Unique(_) | Constraint::Foreign(_) => self.descendants(index),
            Constraint::Check(_) | Constraint::Exclude(_) | Constraint::NotNull(_) | Constraint::Default { .. } => {
                return;
            }
        };
        if children.is_empty() {
            return;
        }
        let Some(table) = self.table(index) else { return };
        // What has just been added is the last of its kind.
        let (key, reference) = (table.keys.last().cloned(), table.references.last().cloned());
        let check = table.checks.last().cloned();
        for child in children {
            if !self.may_copy(1) {
                return;
            }
            match &made.kind {
                Constraint::Primary(_) | Constraint::Unique(_) => {
                    if let Some(key) = &key {
                        self.inherit_key(child, key);
                    }
                }
                Constraint::Foreign(_) => {
                    if let Some(reference) = &reference {
                        self.inherit_reference(child, reference);
                    }
                }
                Constraint::Check(_) => {
                    if let (Some(check), Some(table)) = (&check, self.table_mut(child)) {
                        take_check(table, check);
                    }
                }
                Constraint::Exclude(_) | Constraint::NotNull(_) | Constraint::Default { .. } => {}
            }
        }
    }

    pub(crate) fn attach(&mut self, index: usize, child: &ObjectName, bound: &str) {
        let Some(found) = self.find(child).filter(|found| *found != index) else {
            self.complain(format!("there is no table {child} to attach"));
            return;
        };
        let Some(parent) = self.table(index).map(|table| table.name.clone()) else { return };
        self.partitions.entry(index).or_default().push(found);
        if let Some(table) = self.table_mut(found) {
            table.partition_of = Some((parent, bound.to_owned()));
        }
        self.inherit_of_partition(found);
    }

    pub(crate) fn detach(&mut self, index: usize, child: &ObjectName) {
        let Some(found) = self.find(child) else { return };
        if let Some(children) = self.partitions.get_mut(&index) {
            children.retain(|own| *own != found);
        }
        let Some(table) = self.table_mut(found) else { return };
        table.partition_of = None;
        for reference in &mut table.references {
            reference.inherited = false;
        }
    }

    /// LIKE: columns, and of the rest what is asked for.
    pub(crate) fn like(&mut self, index: usize, like: &Like) {
        let Some(found) = self.find(&like.table).filter(|found| *found != index) else {
            self.complain(format!("there is no table {} to be like", like.table));
            return;
        };
        let Some(source) = self.copied(found) else { return };
        let wants = |what: &str| wants(like, what);
        let Some(table) = self.table_mut(index) else { return };
        for column in &source.columns {
            if table.columns.iter().any(|own| own.name == column.name) {
                continue;
            }
            let mut copy = column.clone();
            if !wants("defaults") {
                copy.default = None;
                copy.serial = false;
            }
            copy.identity = copy.identity.filter(|_| wants("identity"));
            copy.generated = copy.generated.filter(|_| wants("generated"));
            copy.comment = copy.comment.filter(|_| wants("comments"));
            table.columns.push(copy);
        }
        for check in source.checks.iter().filter(|_| wants("constraints")) {
            let comment = check.comment.clone().filter(|_| wants("comments"));
            table.checks.push(Check { inherited: false, comment, ..check.clone() });
        }
    }

    /// Keys and indexes of LIKE, which come last.
    pub(crate) fn like_indexes(&mut self, index: usize, like: &Like) {
        if !wants(like, "indexes") {
            return;
        }
        let Some(source) = self.find(&like.table).and_then(|found| self.copied(found)) else { return };
        let Some(name) = self.table(index).map(|table| table.name.clone()) else { return };
        let schema = name.schema.clone().unwrap_or_default();
        let is_my = self.dialect.is_my();
        for key in source.keys {
            let (columns, label) = if key.primary { (String::new(), "pkey") } else { (of_parts(&key.parts), "key") };
            let chosen = if is_my { key.name.clone() } else { self.free_name(&schema, &name.name, &columns, label) };
            self.claim(index, &name, &chosen, true);
            if let Some(table) = self.table_mut(index) {
                for column in table.columns.iter_mut().filter(|_| key.primary) {
                    column.not_null |= key.columns().contains(&column.name.as_str());
                }
                table.keys.push(Key { name: chosen, named: false, inherited: false, comment: None, ..key });
            }
        }
        for found in source.indexes {
            let columns = of_parts(&found.parts);
            let chosen = if is_my { found.name.clone() } else { self.free_name(&schema, &name.name, &columns, "idx") };
            self.claim(index, &name, &chosen, true);
            if let Some(table) = self.table_mut(index) {
                table.indexes.push(Index { name: chosen, named: false, inherited: false, comment: None, ..found });
            }
        }
    }
}

fn wants(like: &Like, what: &str) -> bool {
    let last = like.including.iter().rev().find(|word| {
        let word = word.trim_start_matches('-');
        word == what || word == "all"
    });
    last.is_some_and(|word| !word.starts_with('-'))
}

fn take_columns(table: &mut Table, source: &Table) {
    for column in &source.columns {
        match table.columns.iter_mut().find(|own| own.name == column.name) {
            Some(own) => own.not_null |= column.not_null,
            None => {
                let mut copy = column.clone();
                copy.comment = None;
                copy.identity = None;
                table.columns.push(copy);
            }
        }
    }
}

fn take_checks(table: &mut Table, source: &Table) {
    for check in source.checks.iter().filter(|check| !check.no_inherit) {
        take_check(table, check);
    }
}

fn take_check(table: &mut Table, check: &Check) {
    if !table.checks.iter().any(|own| own.name == check.name) {
        table.checks.push(Check { inherited: true, comment: None, ..check.clone() });
    }
}
