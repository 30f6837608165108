//! What most tables have not: partitions, parents, and settings.

use super::sequences::Numbers;
use super::{Lowering, quoted};
use crate::Dialect;
use crate::catalog;
use crate::script::PartitionBy;
use schema::{Bounds, Generation, OpaqueKind, Partition, Partitioning, Strategy, Table, TableId};

impl Lowering<'_> {
    pub(super) fn table_options(&mut self, table: &catalog::Table, made: &mut Table) {
        let label = table.name.to_string();
        made.options.unlogged = table.unlogged;
        // Those of the table beside are no settings of this one.
        let own: Vec<_> = table.parameters.iter().filter(|it| !it.name.contains('.')).cloned().collect();
        made.options.parameters = self.parameters(&own);
        if let Some(how) = &table.partition_by {
            match self.partitioning(table, made, how) {
                Ok(partitioning) => made.options.partitioning = Some(partitioning),
                Err(reason) => {
                    self.lose(label.clone(), format!("that it is partitioned by {} was left out: {reason}", how.text));
                }
            }
        }
        if let Some((parent, bound)) = &table.partition_of {
            match (self.tables.get(parent), Bounds::parse(bound)) {
                (Some(parent), Ok(bounds)) => made.options.partition = Some(Partition { parent: *parent, bounds }),
                (None, _) => self.lose(label.clone(), format!("{parent}, which it is a partition of, is not there")),
                (Some(_), Err(error)) => {
                    let what = format!("it is a table of its own now, no partition of {parent} {bound}: {error}");
                    self.lose(label.clone(), what);
                }
            }
        }
        for parent in &table.inherits {
            match self.tables.get(parent) {
                Some(parent) => made.options.inherits.push(*parent),
                None => self.lose(label.clone(), format!("{parent}, which it inherits from, is not there")),
            }
        }
    }

    fn partitioning(
        &mut self,
        table: &catalog::Table,
        made: &Table,
        how: &PartitionBy,
    ) -> Result<Partitioning, String> {
        if self.dialect != Dialect::Postgres {
            return Err(format!("partitions are {}'s own", self.dialect));
        }
        let strategies = [Strategy::Range, Strategy::List, Strategy::Hash];
        let strategy = strategies.into_iter().find(|it| it.as_sql() == how.strategy);
        let strategy = strategy.ok_or_else(|| format!("{} is not known", how.strategy))?;
        Ok(Partitioning { strategy, parts: self.parts(table, made, &how.parts)? })
    }

    /// What is set of a table and kept as statements.
    pub(super) fn settings(&mut self, table: &catalog::Table) {
        let Some((id, path)) = self.tables.get(&table.name).and_then(|id| Some((*id, self.path(*id)?))) else { return };
        self.identities(table, id, &path);
        if self.dialect != Dialect::Postgres {
            return;
        }
        let beside = table.parameters.iter().filter(|it| it.name.contains('.'));
        let beside: Vec<String> = beside.map(|it| format!("{} = {}", it.name, super::literal(&it.value))).collect();
        self.line = table.line;
        if !beside.is_empty() {
            self.setting(id, table, &format!("ALTER TABLE {path} SET ({})", beside.join(", ")));
        }
        for (line, text) in self.settings_of_keys(table) {
            self.line = line;
            self.setting(id, table, &text);
        }
        for it in &table.settings {
            self.line = it.line;
            let text = match &it.column {
                Some(column) => format!("ALTER TABLE {path} ALTER COLUMN {} {}", quoted(column), it.text),
                None => format!("ALTER TABLE {path} {}", it.text),
            };
            self.setting(id, table, &text);
        }
    }

    /// Identity columns that do not count from one by one.
    fn identities(&mut self, table: &catalog::Table, id: TableId, path: &str) {
        for (at, column) in table.columns.iter().enumerate() {
            let made = self.schema.table(id).and_then(|table| table.columns.get(at));
            let is_identity = made.is_some_and(|it| it.generation.as_ref().is_some_and(Generation::is_identity));
            let Some(name) = made.map(|it| it.name.clone()).filter(|_| is_identity) else { continue };
            let Some(setting) = Numbers::identity_setting(column) else { continue };
            self.line = column.line;
            let text = format!("ALTER TABLE {path} ALTER COLUMN {} {setting}", quoted(name.as_str()));
            self.setting(id, table, &text);
        }
    }

    fn setting(&mut self, id: TableId, table: &catalog::Table, text: &str) {
        self.keep(OpaqueKind::TableSetting, None, Some(id), &table.name.name, text);
    }
}
