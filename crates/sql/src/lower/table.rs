//! Tables and their columns.

use super::expression::{self, Columns};
use super::sequences::{Number, next_of};
use super::{Lowering, literal, quoted, types};
use crate::Dialect;
use crate::catalog;
use crate::script::{IdentityKind, ObjectName, Sql, TypeText};
use schema::{
    Check, CheckId, Column, ColumnId, DataType, Expression, Formula, Generation, Name, NamespaceId, Rank, Table,
    TableId,
};
use std::collections::BTreeSet;
use std::fmt;

/// A column as notes call it. It is put into words only when there is a note.
#[derive(Clone, Copy)]
struct Label<'a>(&'a ObjectName, &'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl Lowering<'_> {
    pub(super) fn table(
        &mut self,
        (at, table): (usize, &catalog::Table),
        id: TableId,
        namespace: NamespaceId,
        name: Name,
    ) -> Option<Table> {
        let mut columns = Vec::with_capacity(table.columns.len());
        let mut names = BTreeSet::new();
        for (place, column) in table.columns.iter().enumerate() {
            self.line = column.line;
            let id = ColumnId(self.ids.next()?);
            let mut own = self.name(&column.name);
            let mut pass = 1;
            while !names.insert(own.clone()) {
                pass += 1;
                own = Name::derive(&[own.as_str()], &pass.to_string());
            }
            let made = Column {
                id,
                rank: Rank::nth(place),
                name: own,
                data_type: types::fallback(),
                nullable: !column.not_null,
                default: None,
                note: column.comment.clone().filter(|note| !note.is_empty()),
                generation: None,
                collation: None,
            };
            columns.push(self.column(table, column, made, self.numbers.of_column(at, place)));
        }
        self.line = table.line;
        let mut made = Table {
            id,
            namespace,
            name,
            note: table.comment.clone().filter(|note| !note.is_empty()),
            columns,
            keys: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
            options: Default::default(),
        };
        self.generated(table, &mut made);
        self.keys(table, &mut made);
        self.exclusions(table, &mut made);
        self.checks(table, &mut made);
        self.sets(table, &mut made);
        self.indexes(table, &mut made);
        self.table_options(table, &mut made);
        made.keys.sort_by_key(|key| key.id);
        made.checks.sort_by_key(|check| check.id);
        made.indexes.sort_by_key(|index| index.id);
        Some(made)
    }

    /// Fills in what a column has besides its name.
    fn column(&mut self, table: &catalog::Table, column: &catalog::Column, mut made: Column, number: Number) -> Column {
        let label = Label(&table.name, &column.name);
        let schema = table.name.schema.as_deref().unwrap_or_default();
        let written = column.data_type.as_ref();
        let words = written.filter(|written| !written.values.is_empty());
        made.data_type = match words.filter(|words| words.name == "set") {
            Some(_) => types::fallback(),
            None => self.written_type(written, &column.type_name, schema, &label),
        };
        if let (Some(_), Some(of)) = (words, made.data_type.user_type()) {
            let name = self.schema.user_type(of).map(|it| it.name.to_string()).unwrap_or_default();
            self.note(label.to_string(), format!("its words are those of the enum {name} now"));
        }
        self.numbers(column, &mut made, &number, label);
        let counted = made.is_numbered();
        if let Some(value) = column.default.as_ref().filter(|_| !counted && column.generated.is_none()) {
            let value = match number {
                Number::Sequence(name) => {
                    let next = next_of(&self.path_of_sequence(&name));
                    Expression::parse_wide(&next).map(Some).map_err(|error| error.message)
                }
                Number::None | Number::Serial => self.default_value(value, &made.data_type),
            };
            match value {
                Ok(value) => made.default = value,
                Err(reason) => {
                    let value = column.default.as_ref().map(ToString::to_string).unwrap_or_default();
                    self.lose(label.to_string(), format!("its default {value} was left out: {reason}"));
                }
            }
        }
        if let Some(value) = &column.on_update {
            self.note(label.to_string(), format!("that an update sets it to {value} was left out"));
        }
        made.nullable &= !counted;
        made.collation = self.collation(column.collation.as_ref(), &label);
        made
    }

    /// Whether and how a column gets its values from a sequence of its own.
    fn numbers(&mut self, column: &catalog::Column, made: &mut Column, number: &Number, label: Label<'_>) {
        let identity = column.identity.as_ref().map(|identity| identity.kind);
        let is_serial = column.serial && !matches!(number, Number::Sequence(_));
        if identity.is_none() && !is_serial && *number != Number::Serial {
            return;
        }
        let Some(serial) = types::serial(&made.data_type) else {
            self.lose(label.to_string(), "its numbers do not come from the database any more");
            return;
        };
        match identity {
            Some(IdentityKind::Always) => made.generation = Some(Generation::AlwaysIdentity),
            Some(IdentityKind::ByDefault) => made.generation = Some(Generation::DefaultIdentity),
            Some(IdentityKind::AutoIncrement | IdentityKind::Seeded) | None => {
                made.data_type = serial;
                return;
            }
        }
        made.data_type = serial.without_sequence();
    }

    /// The value of a default; none where it is NULL.
    pub(super) fn default_value(&self, value: &Sql, data_type: &DataType) -> Result<Option<Expression>, String> {
        let resolved = self.schema.underlying(data_type);
        if self.dialect == Dialect::Postgres {
            return expression::default_of_postgres(value, data_type, &self.known);
        }
        let found = expression::default_value(value, &resolved, self.dialect)?;
        // MySQL's words are the same in any case.
        let labels = resolved.user_type().and_then(|id| self.schema.user_type(id)).map(|it| it.labels());
        let Some(schema::Expr::String(text)) = found.as_ref().and_then(Expression::tree) else { return Ok(found) };
        let Some(labels) = labels.filter(|labels| !labels.is_empty()) else { return Ok(found) };
        let same = labels.iter().find(|label| label.text == *text);
        let same = same.or_else(|| labels.iter().find(|label| label.text.to_lowercase() == text.to_lowercase()));
        match same {
            Some(label) => Expression::parse(&literal(&label.text)).map(Some).map_err(|error| error.message),
            None => Err("it is none of the words".to_owned()),
        }
    }

    /// What columns are computed from, once all columns are there.
    fn generated(&mut self, table: &catalog::Table, made: &mut Table) {
        for (at, column) in table.columns.iter().enumerate() {
            let Some(generated) = &column.generated else { continue };
            self.line = column.line;
            let label = format!("{}.{}", table.name, column.name);
            let columns = Columns { known: &table.columns, made: &made.columns, dialect: self.dialect };
            let read = if self.dialect == Dialect::Postgres {
                expression::check(&generated.expression, self.dialect, &self.known, columns)
            } else {
                expression::computed(&generated.expression, self.dialect, columns)
            };
            let data_type = match (&read, &column.data_type) {
                (Ok(expression), None) => expression::result_of(expression, &made.columns),
                (Ok(expression), Some(_)) if self.dialect != Dialect::Postgres => {
                    let declared = made.columns.get(at).map(|column| column.data_type.clone());
                    declared.filter(|declared| expression::fits(expression, &made.columns, declared))
                }
                (Ok(_) | Err(_), _) => made.columns.get(at).map(|column| column.data_type.clone()),
            };
            let (expression, data_type) = match (read, data_type) {
                (Ok(expression), Some(data_type)) => (expression, data_type),
                (read, _) => {
                    let reason = read.err().unwrap_or_else(|| "it does not show that its type fits".to_owned());
                    let what = format!("that it is computed as {} was left out: {reason}", generated.expression);
                    self.lose(label, what);
                    continue;
                }
            };
            let formula = Formula::bind(&expression, made);
            // Other databases work out anew what PostgreSQL stores.
            let is_stored = generated.stored || self.dialect != Dialect::Postgres;
            let generation = if is_stored { Generation::Stored(formula) } else { Generation::Virtual(formula) };
            if let Some(column) = made.columns.get_mut(at) {
                column.data_type = data_type;
                column.generation = Some(generation);
            }
        }
        self.line = table.line;
    }

    /// MySQL's SETs are texts, of which a check says what may be in them.
    fn sets(&mut self, table: &catalog::Table, made: &mut Table) {
        for (at, column) in table.columns.iter().enumerate() {
            let is_set = |written: &&TypeText| written.name == "set" && !written.values.is_empty();
            let Some(written) = column.data_type.as_ref().filter(is_set) else { continue };
            let Some(of) = made.columns.get(at).map(|column| column.name.clone()) else { continue };
            self.line = column.line;
            let words: Vec<String> = written.values.iter().map(|word| literal(word)).collect();
            let text = format!("string_to_array({}, ',') <@ ARRAY[{}]", quoted(of.as_str()), words.join(", "));
            let label = format!("{}.{}", table.name, column.name);
            let Some(id) = self.ids.next().map(CheckId) else { return };
            match Expression::parse_wide(&text) {
                Ok(expression) => {
                    let name = free_constraint(made, &Name::derive(&[made.name.as_str(), of.as_str()], "check"));
                    self.note(label, format!("a set is a text now, with the check {name} for its words"));
                    made.checks.push(Check { id, name, expression, options: Default::default() });
                }
                Err(error) => self.lose(label, format!("a set is any text now: {}", error.message)),
            }
        }
    }
}

/// The name, or one like it that no key or check of the table has.
pub(super) fn free_constraint(table: &Table, name: &Name) -> Name {
    let mut found = name.clone();
    let is_taken = |name: &Name| {
        table.keys.iter().any(|key| key.name == *name) || table.checks.iter().any(|check| check.name == *name)
    };
    while is_taken(&found) {
        found = Name::derive(&[found.as_str()], "2");
    }
    found
}
