//! What could stand at a place of a text.

use crate::document::{Document, Path, Table};
use crate::lexer::{self, Token, TokenKind};
use crate::names::Names;
use crate::quote;
use crate::span::Span;

/// Something that could stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is shown, and put in.
    pub text: String,
    /// What it is, in a word or two.
    pub detail: &'static str,
    /// What it replaces: the word that is begun, or nothing.
    pub replaces: Span,
}

const ELEMENTS: [&str; 9] =
    ["Table", "Ref", "Enum", "TableGroup", "TablePartial", "Note", "Records", "DiagramView", "Project"];
const IN_TABLE: [&str; 4] = ["indexes", "checks", "Note", "records"];
const COLUMN_SETTINGS: [&str; 9] = ["pk", "not null", "null", "unique", "increment", "default", "note", "ref", "check"];
const TYPES: [&str; 14] = [
    "integer",
    "bigint",
    "smallint",
    "text",
    "varchar",
    "boolean",
    "numeric",
    "timestamptz",
    "timestamp",
    "date",
    "uuid",
    "jsonb",
    "real",
    "bytea",
];
const ACTIONS: [&str; 5] = ["cascade", "restrict", "set null", "set default", "no action"];

/// What could stand at an offset, with what is begun there as its beginning, in any case.
///
/// ```
/// let text = "Table users { id int }\nRef: orders.user_id > us";
/// let found = dbml::complete(text, text.len() as u32);
/// assert_eq!(found[0].text, "users");
/// ```
pub fn complete(text: &str, offset: u32) -> Vec<Completion> {
    let (document, _) = crate::parse(text);
    let lexed = lexer::lex(text, &mut Vec::new());
    let inside = lexed.comments.iter().any(|span| span.start < offset && offset < span.end);
    let quoted = [TokenKind::String, TokenKind::Expression];
    let in_string =
        |token: &Token| quoted.contains(&token.kind) && token.span.start < offset && offset < token.span.end;
    if inside || lexed.tokens.iter().any(in_string) {
        return Vec::new();
    }
    let place = Place::at(text, &lexed.tokens, offset);
    let names = Names::of(&document);
    let candidates = Candidates { document: &document, names: &names, place: &place, found: Vec::new() }.collect();
    let begun = place.replaces.of(text).to_lowercase();
    let fits = |(text, _): &(String, &'static str)| text.to_lowercase().trim_start_matches('"').starts_with(&begun);
    let completion = |(text, detail)| Completion { text, detail, replaces: place.replaces };
    candidates.into_iter().filter(fits).map(completion).collect()
}

/// An open bracket, and what stands before it in its statement.
struct Frame {
    open: TokenKind,
    head: Vec<String>,
}

/// Where an offset is.
struct Place {
    frames: Vec<Frame>,
    /// The words and marks of the statement or setting that is being written, up to the offset.
    line: Vec<String>,
    replaces: Span,
}

impl Place {
    fn at(text: &str, tokens: &[Token], offset: u32) -> Self {
        let mut place = Self { frames: Vec::new(), line: Vec::new(), replaces: Span { start: offset, end: offset } };
        for token in tokens.iter().take_while(|token| token.span.start < offset) {
            if token.span.end >= offset && matches!(token.kind, TokenKind::Identifier | TokenKind::Quoted) {
                place.replaces = token.span;
                break;
            }
            place.pass(text, token);
            let bracketed = place.frames.last().is_some_and(|frame| frame.open != TokenKind::OpenBrace);
            let ended = text.get(token.span.end as usize..offset as usize).is_some_and(|gap| gap.contains('\n'));
            if token.ends_line && ended && !bracketed {
                place.line.clear();
            }
        }
        place
    }

    fn pass(&mut self, text: &str, token: &Token) {
        match token.kind {
            TokenKind::OpenBrace | TokenKind::OpenBracket | TokenKind::OpenParen => {
                let head = std::mem::take(&mut self.line);
                self.frames.push(Frame { open: token.kind, head });
            }
            TokenKind::CloseBrace | TokenKind::CloseBracket | TokenKind::CloseParen => {
                let frame = self.frames.pop();
                let goes_on = token.kind != TokenKind::CloseBrace;
                self.line = frame.filter(|_| goes_on).map(|frame| frame.head).unwrap_or_default();
            }
            TokenKind::Comma => self.line.clear(),
            TokenKind::Identifier
            | TokenKind::Quoted
            | TokenKind::String
            | TokenKind::Expression
            | TokenKind::Number
            | TokenKind::Color
            | TokenKind::Operator
            | TokenKind::Wildcard
            | TokenKind::Colon
            | TokenKind::Semicolon
            | TokenKind::End => self.line.push(lexer::value(text, token).into_owned()),
        }
    }

    /// The word that begins the element in whose braces this is, outermost last.
    fn elements(&self) -> Vec<String> {
        let braces = self.frames.iter().rev().filter(|frame| frame.open == TokenKind::OpenBrace);
        braces.filter_map(|frame| frame.head.first()).map(|word| word.to_lowercase()).collect()
    }

    /// The names before a point at the end of what is written.
    fn qualifier(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut rest = self.line.as_slice();
        while let [before @ .., name, point] = rest {
            if point != "." {
                break;
            }
            names.push(name.clone());
            rest = before;
        }
        names.reverse();
        names
    }
}

struct Candidates<'a> {
    document: &'a Document,
    names: &'a Names<'a>,
    place: &'a Place,
    found: Vec<(String, &'static str)>,
}

impl Candidates<'_> {
    fn collect(mut self) -> Vec<(String, &'static str)> {
        let elements = self.place.elements();
        let inner = elements.first().map(String::as_str);
        match self.place.frames.last().map(|frame| frame.open) {
            Some(TokenKind::OpenBracket) => self.setting(inner),
            Some(TokenKind::OpenParen) => self.columns_of_head(inner),
            Some(_) => self.line(inner),
            None => self.top(),
        }
        self.found
    }

    fn words(&mut self, words: &[&str], detail: &'static str) {
        self.found.extend(words.iter().map(|word| ((*word).to_owned(), detail)));
    }

    fn top(&mut self) {
        let line = &self.place.line;
        let first = line.first().map(|word| word.to_lowercase());
        match first.as_deref() {
            None => self.words(&ELEMENTS, "element"),
            Some("ref") if line.iter().any(|word| word == ":") => self.end_of_ref(),
            Some("records") => self.tables(),
            Some(_) => {}
        }
    }

    /// At a place within the braces of an element.
    fn line(&mut self, inner: Option<&str>) {
        let length = self.place.line.len();
        match inner {
            Some("table" | "tablepartial") => match length {
                0 => self.words(&IN_TABLE, "part of a table"),
                1 if self.place.line.first().is_some_and(|word| word == "~") => self.partials(),
                1 => self.types(),
                _ => {}
            },
            Some("ref") => self.end_of_ref(),
            Some("tablegroup" | "tables") => self.tables(),
            Some("indexes") if length == 0 => self.own_columns(),
            Some("diagramview") => self.words(&["Tables", "Notes", "TableGroups", "Schemas"], "part of a view"),
            Some("tablegroups") => {
                let groups = self.document.groups.iter().map(|group| (quote::name(&group.name), "group"));
                self.found.extend(groups);
            }
            Some("notes") => {
                let notes = self.document.notes.iter().map(|note| (quote::name(&note.path.name), "note"));
                self.found.extend(notes);
            }
            Some(_) | None => {}
        }
    }

    /// At a place within the brackets of settings.
    fn setting(&mut self, inner: Option<&str>) {
        let key = self.place.line.split(|word| word == ":").next().unwrap_or_default().join(" ").to_lowercase();
        if self.place.line.iter().any(|word| word == ":") {
            match key.as_str() {
                "ref" => self.end_of_ref(),
                "delete" | "update" => self.words(&ACTIONS, "action"),
                "default" => self.default(),
                "type" => self.words(&["btree", "hash", "gin", "gist"], "type of an index"),
                _ => {}
            }
            return;
        }
        let head = self.place.frames.last().and_then(|frame| frame.head.first()).map(|word| word.to_lowercase());
        match (inner, head.as_deref()) {
            (Some("table" | "tablepartial"), _) => self.words(&COLUMN_SETTINGS, "setting of a column"),
            (Some("indexes"), _) => self.words(&["pk", "unique", "name", "type", "note"], "setting of an index"),
            (Some("checks"), _) => self.words(&["name"], "setting of a check"),
            (Some("enum"), _) => self.words(&["note"], "setting of a value"),
            (Some("ref"), _) | (None, Some("ref")) => {
                self.words(&["delete", "update", "color", "inactive"], "setting of a ref");
            }
            (None, Some("table" | "tablepartial")) => self.words(&["headercolor", "note"], "setting of a table"),
            (None, Some("tablegroup")) => self.words(&["color", "note"], "setting of a group"),
            (None, Some("note")) => self.words(&["color"], "setting of a note"),
            (Some(_) | None, _) => {}
        }
    }

    fn end_of_ref(&mut self) {
        let names = self.place.qualifier();
        match self.table(&names).cloned() {
            Some(table) => self.columns(&table),
            None => self.tables(),
        }
    }

    fn default(&mut self) {
        let names = self.place.qualifier();
        if names.is_empty() {
            self.words(&["true", "false", "null"], "value");
            return self.enums();
        }
        let path = names.split_last().map(|(name, schema)| Path::new(schema.to_vec(), name.clone()));
        if let Some(found) = path.and_then(|path| self.names.enumeration(&path)) {
            self.found.extend(found.values.iter().map(|value| (quote::name(&value.name), "value of an enum")));
        }
    }

    fn table(&self, names: &[String]) -> Option<&'_ Table> {
        let (name, schema) = names.split_last()?;
        self.names.table(&Path::new(schema.to_vec(), name.clone()))
    }

    /// Tables, or those of the schema whose name is written already.
    fn tables(&mut self) {
        let qualifier = self.place.qualifier();
        let wanted: Vec<&Table> = self
            .document
            .tables
            .iter()
            .filter(|table| qualifier.is_empty() || table.path.schema == qualifier)
            .collect();
        for table in wanted {
            let schemas = table.path.schema.iter().filter(|_| qualifier.is_empty());
            let names = schemas.chain([&table.path.name]).map(|name| quote::name(name));
            self.found.push((names.collect::<Vec<_>>().join("."), "table"));
        }
    }

    fn columns(&mut self, table: &Table) {
        let own = table.columns();
        let partials = table.partials().filter_map(|partial| self.names.partial(&partial.name));
        let taken_over = partials.flat_map(|partial| &partial.columns);
        let names: Vec<String> = own.chain(taken_over).map(|column| quote::name(&column.name)).collect();
        self.found.extend(names.into_iter().map(|name| (name, "column")));
    }

    /// The columns of the table in whose braces this is.
    fn own_columns(&mut self) {
        let braces = self.place.frames.iter().rev().filter(|frame| frame.open == TokenKind::OpenBrace);
        let mut heads = braces.map(|frame| frame.head.as_slice());
        let of_table = |head: &&[String]| head.first().is_some_and(|word| word.eq_ignore_ascii_case("table"));
        let Some([_, head @ ..]) = heads.find(of_table) else { return };
        let names: Vec<String> = head.iter().filter(|word| *word != ".").cloned().collect();
        let found = (1..=names.len()).rev().find_map(|length| self.table(names.get(..length)?));
        if let Some(table) = found.cloned() {
            self.columns(&table);
        }
    }

    /// In parentheses: the columns of the table that is named before them, or of the one around them.
    fn columns_of_head(&mut self, inner: Option<&str>) {
        if inner == Some("indexes") {
            return self.own_columns();
        }
        let head = self.place.frames.last().map(|frame| frame.head.clone()).unwrap_or_default();
        let before = Place { frames: Vec::new(), line: head.clone(), replaces: Span::default() };
        let mut names = before.qualifier();
        if names.is_empty() {
            names = head.iter().skip(1).filter(|word| *word != ".").cloned().collect();
        }
        if let Some(table) = self.table(&names).cloned() {
            self.columns(&table);
        }
    }

    fn enums(&mut self) {
        for one in &self.document.enums {
            let names = one.path.schema.iter().chain([&one.path.name]).map(|name| quote::name(name));
            self.found.push((names.collect::<Vec<_>>().join("."), "enum"));
        }
    }

    fn partials(&mut self) {
        let partials = self.document.partials.iter().map(|partial| (quote::name(&partial.name), "partial"));
        self.found.extend(partials);
    }

    fn types(&mut self) {
        self.words(&TYPES, "type");
        self.enums();
    }
}
