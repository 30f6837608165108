//! Indexes. One that is not what it was is better than none; one that would refuse more rows is not.
#![expect(clippy::wildcard_enum_match_arm, reason = "what is not said of a kind of expression is refused")]

use super::rules::Partial;
use super::{Dialect, Writer};
use schema::{BaseType, BinaryOperator, ColumnId, Expr, Expression, Index, IndexPart, ObjectId, PartOf, Table};
use std::collections::BTreeSet;

impl Writer<'_> {
    pub(super) fn create_indexes(&mut self, table: &Table) -> Vec<String> {
        let mut indexes: Vec<&Index> = table.indexes.iter().collect();
        indexes.sort_by_key(|index| (&index.name, index.id));
        let mut seen: BTreeSet<Vec<ColumnId>> =
            table.keys.iter().filter(|key| self.writes_key(table, key)).map(|key| key.columns.clone()).collect();
        let mut statements = Vec::new();
        for index in indexes {
            let object = ObjectId::Index(table.id, index.id);
            let plain = index.plain_columns().filter(|_| self.rules.dialect == Dialect::Oracle);
            if plain.is_some_and(|columns| !seen.insert(columns)) {
                self.note(object, "left out: Oracle has one index over the same columns already");
                continue;
            }
            match self.create_index(table, index) {
                Ok(statement) => statements.push(statement),
                Err(why) => self.note(object, format!("left out: {why}")),
            }
        }
        statements
    }

    /// Whether the index can be made as one of columns alone.
    pub(super) fn index_is_written(&self, table: &Table, index: &Index) -> bool {
        self.method(index).is_ok() && !self.has_large(table, &index.columns())
    }

    fn create_index(&mut self, table: &Table, index: &Index) -> Result<String, String> {
        let object = ObjectId::Index(table.id, index.id);
        let method = self.method(index)?;
        let parts = self.parts(table, index)?;
        let predicate = self.predicate(table, index)?;
        if let Some(note) = method {
            self.note(object, note);
        }
        self.index_notes(table, index);
        let (name, on) = (self.quote(self.names.name(object)), self.table(table.id));
        if self.rules.dialect == Dialect::Oracle && index.unique && self.is_rested_on(table, index) {
            self.note(object, "a unique constraint, as references rest on it");
            return Ok(format!("ALTER TABLE {on} ADD CONSTRAINT {name} UNIQUE ({})", parts.join(", ")));
        }
        let unique = if index.unique { "UNIQUE " } else { "" };
        let mut text = format!("CREATE {unique}INDEX {name} ON {on} ({})", parts.join(", "));
        if self.rules.include && !index.options.include.is_empty() {
            text.push_str(&format!(" INCLUDE ({})", self.columns(table.id, &index.options.include)));
        }
        if let Some(predicate) = predicate {
            text.push_str(&format!(" WHERE {predicate}"));
        }
        Ok(text)
    }

    /// What becomes of the access method.
    fn method(&self, index: &Index) -> Result<Option<String>, String> {
        match index.options.method.as_ref().map(schema::Name::as_str) {
            None | Some("btree") => Ok(None),
            Some(method @ ("hash" | "brin")) => Ok(Some(format!("a {method} index: a plain one"))),
            Some(method) => Err(format!("{} has no {method} index", self.rules.dialect)),
        }
    }

    fn parts(&self, table: &Table, index: &Index) -> Result<Vec<String>, String> {
        let long = index.parts.iter().filter(|part| self.length(table, part).is_none_or(|length| length > 16)).count();
        let share = self.rules.key_length / u32::try_from(long.max(1)).unwrap_or(u32::MAX);
        index.parts.iter().map(|part| self.part(table, index, part, share)).collect()
    }

    /// How many characters a part has; 0 for what is no text, none for what has no limit.
    fn length(&self, table: &Table, part: &IndexPart) -> Option<u32> {
        let PartOf::Column(id) = part.of else { return Some(0) };
        let found = self.types.get(&(table.id, id))?;
        if found.is_large { None } else { Some(found.characters.unwrap_or(0)) }
    }

    fn part(&self, table: &Table, index: &Index, part: &IndexPart, share: u32) -> Result<String, String> {
        let dialect = self.rules.dialect;
        let mut text = match &part.of {
            PartOf::Expression(formula) => {
                if !self.rules.expression_indexes {
                    return Err(format!("{dialect} has no index over an expression"));
                }
                let columns: Vec<ColumnId> = formula.columns().into_iter().collect();
                if dialect == Dialect::MySql && self.has_large(table, &columns) {
                    return Err(format!("{dialect} has no index over an expression of what is kept apart"));
                }
                let expression = formula.in_table(table);
                let words = self.words(table).value_of(&expression);
                format!("({})", words.map_err(|what| format!("{dialect} has no equal for {what}"))?)
            }
            PartOf::Column(id) => {
                let length = self.length(table, part);
                let fits = length.is_some_and(|length| length <= share);
                let found = self.types.get(&(table.id, *id)).and_then(|found| found.base);
                let is_text = matches!(
                    found,
                    Some(BaseType::Text | BaseType::Varchar | BaseType::Char | BaseType::Bytea | BaseType::Xml)
                );
                let name = self.column(table.id, *id);
                match (fits, self.rules.prefixes) {
                    (true, _) => name,
                    (false, true) if is_text && !index.unique => format!("{name}({})", share.min(255)),
                    (false, _) => {
                        let column = table.list_of(&[*id]);
                        return Err(format!("{dialect} can have no index over all of {column}"));
                    }
                }
            }
        };
        if part.descending && !self.is_sorted_for_references(table, index) {
            text.push_str(" DESC");
        }
        Ok(text)
    }

    /// MySQL's references rest on no index that has the greatest first.
    fn is_sorted_for_references(&self, table: &Table, index: &Index) -> bool {
        self.rules.prefixes && index.unique && self.is_rested_on(table, index)
    }

    /// Which rows are in it, where the dialect can say that. A unique one over more rows would refuse more.
    fn predicate(&self, table: &Table, index: &Index) -> Result<Option<String>, String> {
        let Some(formula) = &index.options.predicate else { return Ok(None) };
        let dialect = self.rules.dialect;
        let expression = formula.in_table(table);
        let is_possible = match self.rules.partial_indexes {
            Partial::No => false,
            Partial::Simple => expression.tree().is_some_and(is_simple),
            Partial::Yes => true,
        };
        let words = if is_possible { self.words(table).condition_of(&expression).ok() } else { None };
        match words {
            Some(words) => Ok(Some(words)),
            None if index.unique => {
                Err(format!("{dialect} has no unique index over the rows where {expression} alone"))
            }
            None => Ok(None),
        }
    }

    fn index_notes(&mut self, table: &Table, index: &Index) {
        let object = ObjectId::Index(table.id, index.id);
        let dialect = self.rules.dialect;
        let predicate = index.options.predicate.as_ref().map(|formula| formula.in_table(table));
        if let Some(expression) = predicate.filter(|it| !self.says_rows(table, it)) {
            self.note(object, format!("it is over all rows, not over those where {expression} alone"));
        }
        if !self.rules.include && !index.options.include.is_empty() {
            self.note(object, "the columns that it includes were left out");
        }
        if self.rules.prefixes && index.parts.iter().any(|part| self.length(table, part).is_none()) {
            self.note(object, "of long texts it is over the beginnings");
        }
        if index.parts.iter().any(|part| part.operator_class.is_some() || part.collation.is_some()) {
            self.note(object, "its operator classes and collations were left out");
        }
        if index.parts.iter().any(|part| part.descending) && self.is_sorted_for_references(table, index) {
            self.note(object, "that the greatest come first was left out, as references rest on it");
        }
        if index.parts.iter().any(|part| part.nulls_first.is_some()) {
            self.note(object, format!("where NULL comes was left out: {dialect} has its own order"));
        }
        if !index.options.parameters.is_empty() {
            self.note(object, "its storage settings were left out");
        }
        let is_nullable = index.columns().iter().any(|id| table.is_nullable(*id));
        if index.unique && is_nullable && index.options.predicate.is_none() {
            let (one, several) = self.rules.distinct_nulls;
            match (index.options.nulls_not_distinct, if index.parts.len() == 1 { one } else { several }) {
                (true, true) => self.note(object, format!("{dialect} lets several rows have NULL in it")),
                (false, false) => self.note(object, format!("{dialect} takes NULL for the same as NULL in it")),
                _ => {}
            }
        }
    }

    fn says_rows(&self, table: &Table, expression: &Expression) -> bool {
        let is_possible = match self.rules.partial_indexes {
            Partial::No => false,
            Partial::Simple => expression.tree().is_some_and(is_simple),
            Partial::Yes => true,
        };
        is_possible && self.words(table).condition_of(expression).is_ok()
    }
}

/// Whether columns are compared with literals alone, joined by AND: what SQL Server calls a filter.
fn is_simple(expr: &Expr) -> bool {
    let is_literal = |expr: &Expr| matches!(expr, Expr::Number(_) | Expr::String(_) | Expr::Boolean(_));
    let is_column = |expr: &Expr| matches!(expr, Expr::Column(_));
    match expr {
        Expr::Column(_) => true,
        Expr::IsNull(inner, _) => is_column(inner),
        Expr::In(inner, items, not) => is_column(inner) && !not && items.iter().all(is_literal),
        Expr::Binary(BinaryOperator::And, left, right) => is_simple(left) && is_simple(right),
        Expr::Binary(
            BinaryOperator::Equal
            | BinaryOperator::NotEqual
            | BinaryOperator::Less
            | BinaryOperator::LessOrEqual
            | BinaryOperator::Greater
            | BinaryOperator::GreaterOrEqual,
            left,
            right,
        ) => is_column(left) && is_literal(right),
        _ => false,
    }
}
