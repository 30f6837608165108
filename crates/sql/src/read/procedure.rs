//! What SQL Server says by calling a procedure: descriptions, new names, types.

use super::cursor::{Cursor, Read};
use crate::lex::{Kind, Lexer, unquote_string};
use crate::script::{
    AlterIndex, AlterTable, Alteration, Body, Comment, CommentTarget, CreateDomain, ObjectKind, ObjectName, Rename,
};
use std::collections::BTreeMap;

impl Cursor<'_> {
    /// From after `EXEC`.
    pub(crate) fn procedure(&mut self) -> Read<Body> {
        if self.is_symbol("(") {
            return Ok(self.program());
        }
        if self.kind() == Some(Kind::Variable) && self.is_symbol_at(1, "=") {
            self.at += 2;
        }
        let name = self.object_name()?.name.to_lowercase();
        let of_interest = matches!(
            name.as_str(),
            "sp_addextendedproperty" | "sp_updateextendedproperty" | "sp_rename" | "sp_addtype"
        );
        if !of_interest {
            return Ok(if name == "sp_executesql" {
                self.program()
            } else {
                Body::Session(format!("procedure {name}"))
            });
        }
        let body = match name.as_str() {
            "sp_rename" => {
                let arguments = self.arguments(&["objname", "newname", "objtype"]);
                self.rename_by_procedure(&arguments)
            }
            "sp_addtype" => {
                let arguments = self.arguments(&["typename", "phystype", "nulltype"]);
                self.type_by_procedure(&arguments)
            }
            _ => {
                let names = [
                    "name",
                    "value",
                    "level0type",
                    "level0name",
                    "level1type",
                    "level1name",
                    "level2type",
                    "level2name",
                ];
                description(&self.arguments(&names))
            }
        };
        self.at = self.tokens.len();
        body.ok_or_else(|| self.wanted("what the procedure is about"))
    }

    /// The arguments of a call by name.
    fn arguments(&mut self, names: &[&'static str]) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let mut place = 0;
        while !self.is_end() {
            let mut name = names.get(place).copied().unwrap_or_default().to_owned();
            if self.kind() == Some(Kind::Variable) && self.is_symbol_at(1, "=") {
                name = self.peek(0).trim_start_matches('@').to_lowercase();
                self.at += 2;
            }
            let value = match self.kind() {
                Some(Kind::String) => Some(unquote_string(self.peek(0), self.dialect)),
                Some(Kind::Word) if self.is("null") => None,
                Some(Kind::Word | Kind::Quoted | Kind::DoubleQuoted) => self.name().ok().inspect(|_| self.at -= 1),
                Some(Kind::Number | Kind::Variable | Kind::Symbol | Kind::Meta | Kind::Broken) | None => None,
            };
            if let Some(value) = value {
                found.insert(name, value);
            }
            self.skip_element();
            if !self.eat_symbol(",") {
                break;
            }
            place += 1;
        }
        found
    }

    fn rename_by_procedure(&self, arguments: &BTreeMap<String, String>) -> Option<Body> {
        let (object, to) = (arguments.get("objname")?, arguments.get("newname")?);
        let mut parts = self.name_in_string(object)?;
        let kind = arguments.get("objtype").map(|kind| kind.to_lowercase()).unwrap_or_default();
        let last = parts.pop()?;
        if kind == "column" {
            let table = ObjectName { name: parts.pop()?, schema: parts.pop() };
            let actions = vec![Alteration::RenameColumn(last, to.clone())];
            return Some(Body::AlterTable(AlterTable { table, if_exists: false, only: false, actions }));
        }
        if kind == "index" {
            let _table = parts.pop();
            return Some(Body::AlterIndex(AlterIndex::Rename(ObjectName::bare(last), to.clone())));
        }
        let from = ObjectName { schema: parts.pop(), name: last };
        let to = ObjectName { schema: from.schema.clone(), name: to.clone() };
        Some(Body::Rename(vec![Rename { kind: ObjectKind::Table, from, to }]))
    }

    fn type_by_procedure(&self, arguments: &BTreeMap<String, String>) -> Option<Body> {
        let (name, written) = (arguments.get("typename")?, arguments.get("phystype")?);
        let not_null = arguments.get("nulltype").is_some_and(|kind| kind.eq_ignore_ascii_case("not null"));
        let data_type = self.inner(written, |cursor| cursor.type_text())?;
        let name = ObjectName::bare(name.clone());
        let domain = CreateDomain { name, data_type, not_null, default: None, collation: None, checks: Vec::new() };
        Some(Body::CreateDomain(Box::new(domain)))
    }

    fn name_in_string(&self, text: &str) -> Option<Vec<String>> {
        self.inner(text, |cursor| cursor.parts())
    }

    /// Reads a text of its own, such as a name in a string.
    fn inner<T>(&self, text: &str, read: impl FnOnce(&mut Cursor<'_>) -> Read<T>) -> Option<T> {
        let mut lexer = Lexer::new(text, self.dialect);
        let mut tokens = Vec::new();
        while let Some(token) = lexer.next() {
            tokens.push(token);
        }
        read(&mut Cursor::new(text, &tokens, self.dialect, (1, 0))).ok()
    }
}

/// A description that SQL Server keeps as a property.
fn description(arguments: &BTreeMap<String, String>) -> Option<Body> {
    let get = |name: &str| arguments.get(name).map(String::as_str);
    if !get("name").is_some_and(|name| name.eq_ignore_ascii_case("ms_description")) {
        return Some(Body::Session("an extended property".to_owned()));
    }
    let level = |n: usize| {
        let kind = get(&format!("level{n}type")).unwrap_or_default().to_lowercase();
        (kind, get(&format!("level{n}name")).map(str::to_owned))
    };
    let ((kind0, name0), (kind1, name1), (kind2, name2)) = (level(0), level(1), level(2));
    let text = Some(get("value").unwrap_or_default().to_owned());
    let table = || name1.clone().map(|name| ObjectName { schema: name0.clone(), name });
    let in_schema = matches!(kind0.as_str(), "schema" | "user");
    let target = match (kind1.as_str(), kind2.as_str()) {
        ("", _) if in_schema => CommentTarget::Schema(name0.clone()?),
        ("table", "") if in_schema => CommentTarget::Table(table()?),
        ("table", "column") if in_schema => CommentTarget::Column(table()?, name2?),
        ("table", "constraint") if in_schema => CommentTarget::Constraint(table()?, name2?),
        ("table", "index") if in_schema => CommentTarget::Index(ObjectName { schema: name0.clone(), name: name2? }),
        ("type", "") if in_schema => CommentTarget::Type(table()?),
        (kind1, kind2) => {
            let kind = [kind2, kind1, &kind0].into_iter().find(|kind| !kind.is_empty()).unwrap_or("database");
            let name = name2.or(name1).or(name0).unwrap_or_default();
            CommentTarget::Other(kind.to_owned(), name)
        }
    };
    Some(Body::Comment(Comment { target, text }))
}
