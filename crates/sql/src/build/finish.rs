//! What can be known only when all statements have been applied.

use super::Builder;
use crate::Dialect;
use crate::catalog::{Catalog, Diagnostic};
use crate::lex::{Kind, Lexer, unquote_string};
use crate::script::{ObjectName, Sql};

impl Builder {
    pub(crate) fn finish(mut self) -> Catalog {
        self.find_targets();
        self.find_serials();
        if self.dialect == Dialect::Sqlite {
            self.row_ids();
        }
        Catalog {
            dialect: self.dialect,
            schemas: self.schemas,
            tables: self.tables.into_iter().flatten().collect(),
            enums: self.enums.into_iter().flatten().collect(),
            domains: self.domains.into_iter().flatten().collect(),
            sequences: self.sequences.into_iter().flatten().collect(),
            objects: self.objects,
            comments: self.comments,
            diagnostics: self.diagnostics,
        }
    }

    /// Finds the tables and columns that foreign keys name, which may have been made after them.
    fn find_targets(&mut self) {
        let mut found: Vec<(usize, usize, ObjectName, Vec<String>)> = Vec::new();
        let mut problems: Vec<Diagnostic> = Vec::new();
        for (index, table) in self.tables.iter().enumerate() {
            let Some(table) = table else { continue };
            for (at, reference) in table.references.iter().enumerate() {
                let mut name = reference.table.clone();
                if name.schema.is_none() && self.dialect != Dialect::Postgres {
                    // Within its own schema first.
                    name.schema.clone_from(&table.name.schema);
                }
                let target = self.find(&name).or_else(|| self.find(&reference.table));
                let Some(target) = target.and_then(|index| self.table(index)) else {
                    problems.push(Diagnostic {
                        statement: table.statement,
                        line: 0,
                        message: format!(
                            "{}: there is no table {} for {} to reference",
                            table.name, reference.table, reference.name
                        ),
                    });
                    continue;
                };
                let mut columns = reference.referenced.clone();
                if columns.is_empty() {
                    let key = target.primary().map(|key| key.columns()).unwrap_or_default();
                    columns = key.into_iter().map(str::to_owned).collect();
                }
                for column in &mut columns {
                    match target.columns.iter().find(|known| self.dialect.same(&known.name, column)) {
                        Some(known) => column.clone_from(&known.name),
                        None => problems.push(Diagnostic {
                            statement: table.statement,
                            line: 0,
                            message: format!(
                                "{}: {} has no column {column} for {} to reference",
                                table.name, target.name, reference.name
                            ),
                        }),
                    }
                }
                if columns.len() != reference.columns.len() {
                    problems.push(Diagnostic {
                        statement: table.statement,
                        line: 0,
                        message: format!(
                            "{}: {} does not have as many columns as the key of {}",
                            table.name, reference.name, target.name
                        ),
                    });
                }
                found.push((index, at, target.name.clone(), columns));
            }
        }
        for (index, at, target, columns) in found {
            if let Some(reference) = self.table_mut(index).and_then(|table| table.references.get_mut(at)) {
                reference.table = target;
                reference.referenced = columns;
            }
        }
        self.diagnostics.extend(problems);
    }

    /// pg_dump writes a serial column as an integer with a default, and its sequence with an owner.
    fn find_serials(&mut self) {
        let dialect = self.dialect;
        if dialect != Dialect::Postgres {
            return;
        }
        let owned: Vec<(ObjectName, ObjectName, String)> = self
            .sequences
            .iter()
            .flatten()
            .filter_map(|sequence| {
                let (table, column) = sequence.owned_by.clone()?;
                Some((sequence.name.clone(), table, column))
            })
            .collect();
        for (sequence, table, column) in owned {
            let Some(index) = self.find(&table) else { continue };
            let Some(table) = self.table_mut(index) else { continue };
            let found = table.columns.iter_mut().find(|found| found.name == column);
            let Some(found) = found else { continue };
            let of_it = found.default.as_ref().and_then(|default| sequence_of(default, dialect));
            if of_it.is_some_and(|name| name.name == sequence.name) {
                found.serial = true;
            }
        }
    }

    /// A column of SQLite that is `INTEGER PRIMARY KEY` is the number of its row; a table WITHOUT ROWID has NOT NULL keys.
    fn row_ids(&mut self) {
        for table in self.tables.iter_mut().flatten() {
            let Some(key) = table.keys.iter().find(|key| key.primary) else { continue };
            let [only] = key.parts.as_slice() else { continue };
            let name = only.as_column().unwrap_or_default().to_owned();
            let is_integer = |text: &str| text.eq_ignore_ascii_case("integer");
            for column in table.columns.iter_mut().filter(|column| column.name == name && is_integer(&column.type_name))
            {
                if column.default.is_none() {
                    column.serial = true;
                }
            }
        }
    }
}

/// The sequence in `nextval('name'::regclass)`, Oracle's `name.nextval`, or `NEXT VALUE FOR name`.
pub(crate) fn sequence_of(default: &Sql, dialect: Dialect) -> Option<ObjectName> {
    let text = &default.0;
    if dialect != Dialect::Postgres {
        return named(text, dialect);
    }
    let mut lexer = Lexer::new(text, dialect);
    let mut token = lexer.next()?;
    // `pg_catalog.nextval(…)`, or the call in brackets.
    while token.is_symbol(text, "(") || token.is_word(text, "pg_catalog") || token.is_symbol(text, ".") {
        token = lexer.next()?;
    }
    if !token.is_word(text, "nextval") {
        return None;
    }
    let mut name = None;
    while let Some(token) = lexer.next() {
        if token.kind == Kind::String {
            name = Some(unquote_string(token.text(text), dialect));
            break;
        }
    }
    let mut parts = names_in(&name?, dialect);
    let last = parts.pop()?;
    Some(ObjectName { schema: parts.pop(), name: last })
}

/// The names in a text, as the database keeps them.
fn names_in(text: &str, dialect: Dialect) -> Vec<String> {
    let mut parts = Vec::new();
    let mut lexer = Lexer::new(text, dialect);
    while let Some(token) = lexer.next() {
        let raw = token.text(text);
        match token.kind {
            Kind::Word => parts.push(dialect.fold(raw)),
            Kind::Quoted | Kind::DoubleQuoted => parts.push(crate::lex::unquote_name(raw)),
            Kind::String | Kind::Number | Kind::Variable | Kind::Symbol | Kind::Meta | Kind::Broken => {}
        }
    }
    parts
}

/// The sequence whose next value is all of the text.
fn named(text: &str, dialect: Dialect) -> Option<ObjectName> {
    let mut parts = names_in(text.trim_matches(['(', ')', ' ']), dialect);
    let is = |part: Option<&String>, word: &str| part.is_some_and(|part| part.eq_ignore_ascii_case(word));
    if dialect == Dialect::Oracle && is(parts.last(), "nextval") {
        parts.pop();
    } else if ["next", "value", "for"].iter().enumerate().all(|(at, word)| is(parts.get(at), word)) {
        parts.drain(..3);
    } else {
        return None;
    }
    let last = parts.pop()?;
    Some(ObjectName { schema: parts.pop(), name: last })
}
