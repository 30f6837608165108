//! What a script makes in schemas other than `public`, and mentions without them because its search path finds it there.
//! A schema that is exported has no search path, so that the schema has to be said.

use super::quoted;
use crate::Dialect;
use crate::catalog::Catalog;
use crate::lex::{Kind, Lexer, Token, unquote_name};
use crate::script::ObjectName;
use std::collections::BTreeMap;

/// Names that mean something in one schema only, which is not the default one, with that schema.
#[derive(Debug, Default)]
pub(super) struct Known {
    functions: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
    relations: BTreeMap<String, String>,
    collations: BTreeMap<String, String>,
}

/// What kind of text is rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextKind {
    /// An expression over the columns of a table.
    Expression,
    /// A whole statement.
    Statement,
    /// A whole statement with arguments or fields, and maybe a body that is a string.
    Signature,
}

/// Words before the name of a table, view or sequence.
const BEFORE_RELATION: [&str; 11] =
    ["from", "join", "on", "into", "update", "table", "references", "view", "only", "sequence", "to"];
/// Words before the name of a type.
const BEFORE_TYPE: [&str; 4] = ["type", "domain", "as", "of"];

impl Known {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut known = Self::default();
        if catalog.dialect != Dialect::Postgres || catalog.schemas.iter().all(|schema| schema.name == "public") {
            return known;
        }
        let objects = |kinds: &'static [&'static str]| {
            let objects = catalog.objects.iter().filter(move |object| kinds.contains(&object.kind.as_str()));
            objects.filter(|object| !object.alters).filter_map(|object| object.name.as_ref())
        };
        known.functions = outside(objects(&["function", "procedure", "aggregate"]));
        let own = catalog.enums.iter().map(|it| &it.name).chain(catalog.domains.iter().map(|it| &it.name));
        known.types = outside(own.chain(objects(&["type"])));
        let tables = catalog.tables.iter().map(|it| &it.name).chain(catalog.sequences.iter().map(|it| &it.name));
        known.collations = outside(objects(&["collation"]));
        known.relations = outside(tables.chain(objects(&["view", "materialized view", "foreign table"])));
        known
    }

    /// The schema that has to be said of a type.
    pub(super) fn schema_of_type(&self, name: &str) -> Option<&str> {
        self.types.get(name).map(String::as_str)
    }

    /// The schema that has to be said of a collation.
    pub(super) fn schema_of_collation(&self, name: &str) -> Option<&str> {
        self.collations.get(name).map(String::as_str)
    }

    /// The text with schemas where they have to be said.
    pub(super) fn qualified(&self, text: &str, kind: TextKind) -> String {
        let all = [&self.functions, &self.types, &self.relations, &self.collations];
        if all.iter().all(|names| names.is_empty()) {
            return text.to_owned();
        }
        let (mut out, mut end) = (String::with_capacity(text.len()), 0);
        let mut lexer = Lexer::new(text, Dialect::Postgres);
        let (mut before, mut token) = (None, lexer.next());
        while let Some(current) = token {
            let next = lexer.next();
            if let Some(schema) = self.schema_for(text, before, current, next, kind) {
                out.push_str(text.get(end..current.start()).unwrap_or_default());
                out.push_str(&format!("{}.", quoted(schema)));
                end = current.start();
            }
            before = Some(current);
            token = next;
        }
        out.push_str(text.get(end..).unwrap_or_default());
        out
    }

    fn schema_for(
        &self,
        text: &str,
        before: Option<Token>,
        token: Token,
        next: Option<Token>,
        kind: TextKind,
    ) -> Option<&str> {
        let name = match token.kind {
            Kind::Word => Dialect::Postgres.fold(token.text(text)),
            Kind::DoubleQuoted => unquote_name(token.text(text)),
            Kind::Quoted | Kind::String | Kind::Number | Kind::Variable | Kind::Symbol | Kind::Meta | Kind::Broken => {
                return None;
            }
        };
        let is_point = |token: Option<Token>| token.is_some_and(|token| token.is_symbol(text, "."));
        if is_point(before) || is_point(next) {
            return None;
        }
        let follows = |words: &[&str]| words.iter().any(|word| before.is_some_and(|it| it.is_word(text, word)));
        let after = |symbol: &str| before.is_some_and(|it| it.is_symbol(text, symbol));
        if follows(&["collate"]) {
            return self.schema_of_collation(&name);
        }
        let is_call = next.is_some_and(|next| next.is_symbol(text, "("));
        let is_statement = kind != TextKind::Expression;
        let is_operand = kind == TextKind::Signature && after("=");
        let function = self.functions.get(&name);
        if let Some(schema) = function.filter(|_| is_call || is_operand || follows(&["function", "procedure"])) {
            return Some(schema);
        }
        // An argument or field has its type behind its name, or nothing before it.
        let is_of_signature = kind == TextKind::Signature
            && (after("(")
                || after(",")
                || before.is_some_and(|it| matches!(it.kind, Kind::Word | Kind::DoubleQuoted)));
        let is_type = after("::") || is_of_signature || is_statement && follows(&BEFORE_TYPE);
        if let Some(schema) = self.types.get(&name).filter(|_| is_type) {
            return Some(schema);
        }
        // Tables are types as well.
        let ends = [",", ")", "["].iter().any(|symbol| next.is_some_and(|next| next.is_symbol(text, symbol)));
        let is_row = is_of_signature && (ends || follows(&["returns", "setof"]));
        let is_relation = is_statement && follows(&BEFORE_RELATION) || is_row;
        self.relations.get(&name).filter(|_| is_relation).map(String::as_str)
    }
}

/// The names that are in one schema only, and not in the default one.
fn outside<'a>(names: impl Iterator<Item = &'a ObjectName>) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    for name in names {
        let schema = name.schema.clone().filter(|schema| schema != "public");
        let known = found.entry(name.name.clone()).or_insert_with(|| schema.clone());
        if *known != schema {
            *known = None;
        }
    }
    found.into_iter().filter_map(|(name, schema)| Some((name, schema?))).collect()
}
