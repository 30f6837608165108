//! A table's columns, and what fills a new table.

use super::{Builder, MOST_OF_A_TABLE, normal};
use crate::Dialect;
use crate::catalog::{Column, Enum, Inline, Setting, Table};
use crate::script::{ColumnDef, Constraint, ConstraintDef, CreateTable, ObjectName, Place, Sql};

impl Builder {
    /// Everything that stands in a CREATE TABLE.
    pub(crate) fn fill(&mut self, index: usize, made: &CreateTable) {
        for parent in &made.inherits {
            self.inherit(index, parent);
        }
        if let Some(of) = &made.of_type {
            self.columns_of_type(index, of);
        }
        if let Some((parent, bound)) = &made.partition_of {
            self.become_partition(index, parent, bound);
        }
        let mut constraints: Vec<&ConstraintDef> = Vec::new();
        for (at, column) in made.columns.iter().enumerate() {
            for like in made.like.iter().filter(|like| like.at == at) {
                self.like(index, like);
            }
            self.add_column(index, column, made.of_type.is_some());
            constraints.extend(&column.constraints);
        }
        for like in made.like.iter().filter(|like| like.at >= made.columns.len()) {
            self.like(index, like);
        }
        constraints.extend(&made.constraints);
        // The order in which PostgreSQL names them: checks, then keys, then references.
        let rank = |constraint: &ConstraintDef| match constraint.kind {
            Constraint::Check(_) => 0,
            Constraint::Primary(_) => 1,
            Constraint::Unique(_) | Constraint::Exclude(_) => 2,
            Constraint::NotNull(_) | Constraint::Default { .. } => 3,
            Constraint::Foreign(_) => 4,
        };
        constraints.sort_by_key(|constraint| rank(constraint));
        for constraint in constraints {
            self.add_constraint(index, constraint, true);
        }
        let at_columns = made.columns.iter().filter_map(|column| column.index.as_ref());
        for inline in at_columns.chain(&made.indexes) {
            self.add_index(index, inline, true);
        }
        if made.partition_of.is_some() {
            self.inherit_of_partition(index);
        }
        for like in &made.like {
            self.like_indexes(index, like);
        }
    }

    /// The columns of a table that is of a composite type.
    fn columns_of_type(&mut self, index: usize, of: &ObjectName) {
        self.walks += self.objects.len();
        if !self.may_walk() {
            return;
        }
        let found = self.objects.iter().rev().find(|object| {
            let same = object.name.as_ref().is_some_and(|name| {
                name.name == of.name && (name.schema == of.schema || name.schema.is_none() || of.schema.is_none())
            });
            same && object.kind == "type" && !object.fields.is_empty()
        });
        let Some(fields) = found.map(|object| object.fields.clone()).filter(|fields| self.may_copy(fields.len()))
        else {
            self.complain(format!("there is no composite type {of} for the table"));
            return;
        };
        for field in &fields {
            self.add_column(index, field, false);
        }
    }

    /// One more column, or what a partition or heir adds to one that it has already.
    pub(crate) fn add_column(&mut self, index: usize, made: &ColumnDef, merges: bool) {
        let dialect = self.dialect;
        let Some(table) = self.table(index) else { return };
        let existing = table.columns.iter().position(|column| dialect.same(&column.name, &made.name));
        let inherits = merges || !table.inherits.is_empty() || table.partition_of.is_some();
        if table.columns.len() >= MOST_OF_A_TABLE {
            self.complain(format!("{}.{}: a table can have no more columns", table.name, made.name));
            return;
        }
        if existing.is_some() && !inherits {
            self.complain_of_two(format!("{} has two columns called {}", table.name, made.name));
            return;
        }
        let column = self.column(index, made);
        let (not_null, line) = (column.not_null, self.line);
        let Some(table) = self.table_mut(index) else { return };
        let setting = |text: &String| Setting { column: Some(made.name.clone()), text: text.clone(), line };
        table.settings.extend(made.settings.iter().map(setting));
        match existing.and_then(|at| table.columns.get_mut(at)) {
            Some(known) => {
                known.not_null |= not_null;
                if column.default.is_some() {
                    known.default = column.default;
                }
            }
            None => put(table, column, made.place.as_ref(), dialect),
        }
    }

    /// The column that a definition makes.
    pub(crate) fn column(&mut self, index: usize, made: &ColumnDef) -> Column {
        let mut found = Column {
            name: made.name.clone(),
            data_type: None,
            type_name: String::new(),
            not_null: made.not_null == Some(true),
            default: made.default.clone(),
            default_name: made.default_name.clone(),
            serial: false,
            identity: made.identity.clone(),
            generated: made.generated.clone(),
            on_update: made.on_update.clone(),
            collation: made.collation.clone(),
            comment: made.comment.clone(),
            line: self.line,
        };
        // An identity column is NOT NULL, except SQLite's and MySQL's, which get it from their key.
        found.not_null |= found.identity.is_some() && self.dialect != Dialect::Sqlite;
        self.set_type(index, &mut found, made.data_type.as_ref());
        found
    }

    /// Gives a column its type, and what comes with it.
    pub(crate) fn set_type(&mut self, index: usize, column: &mut Column, data_type: Option<&crate::script::TypeText>) {
        let Some(data_type) = data_type else { return };
        // Its name is needed by few types only.
        let table = |builder: &Self| {
            builder.table(index).map(|table| table.name.clone()).unwrap_or_else(|| ObjectName::bare(""))
        };
        let normal = normal(data_type, self.dialect);
        column.type_name = normal.name;
        column.data_type = Some(data_type.clone());
        if normal.serial {
            column.serial = true;
            column.not_null = true;
            let table = table(self);
            let sequence = self.free_name(&table.schema.clone().unwrap_or_default(), &table.name, &column.name, "seq");
            let sequence = ObjectName { schema: table.schema.clone(), name: sequence };
            let path = super::quoted_path(&sequence).replace('\'', "''");
            column.default = Some(Sql(format!("nextval('{path}'::regclass)")));
        }
        if self.dialect.is_my() && data_type.name == "serial" {
            column.not_null = true;
        }
        if self.dialect.is_my() && !data_type.values.is_empty() {
            let table = table(self);
            self.inline_enum(&table, column, data_type);
        }
    }

    /// MySQL's ENUM and SET become enums with a name, so that the rest of the program knows one kind.
    fn inline_enum(&mut self, table: &ObjectName, column: &mut Column, data_type: &crate::script::TypeText) {
        let inline = if data_type.name == "set" { Inline::Set } else { Inline::Enum };
        // The same words under the same name are one enum, which a column that is changed keeps.
        let kind = if inline == Inline::Set { "set" } else { "enum" };
        let base = format!("{}_{}_{kind}", table.name, column.name);
        let mut name = ObjectName { schema: table.schema.clone(), name: base.clone() };
        let mut pass = 1;
        while let Some(found) = self.enum_places.get(&self.place(&name)).copied() {
            let known = self.enums.get(found).and_then(Option::as_ref);
            if known.is_some_and(|known| known.values == data_type.values && known.inline == Some(inline)) || pass > 100
            {
                column.type_name.clone_from(&name.name);
                return;
            }
            pass += 1;
            name.name = format!("{base}{pass}");
        }
        self.enum_places.insert(self.place(&name), self.enums.len());
        column.type_name.clone_from(&name.name);
        let (values, line) = (data_type.values.clone(), self.line);
        self.enums.push(Some(Enum { name, values, comment: None, inline: Some(inline), line }));
    }
}

/// Puts a column where it belongs among the others.
pub(crate) fn put(table: &mut Table, column: Column, place: Option<&Place>, dialect: Dialect) {
    let at = match place {
        Some(Place::First) => Some(0),
        Some(Place::After(name)) => {
            table.columns.iter().position(|found| dialect.same(&found.name, name)).map(|at| at + 1)
        }
        None => None,
    };
    match at {
        Some(at) => table.columns.insert(at, column),
        None => table.columns.push(column),
    }
}
