//! The meaning of a text: its tree becomes a [`Document`], and what cannot be meant is said.
//!
//! Reading goes through the elements once. Names that mention other objects are kept as [`Want`]s and looked up when
//! all is read (`bind`); what is only wrong in a text that is otherwise right comes last (`rules`).

mod bind;
mod column;
mod data_type;
mod index;
mod lineage;
mod object;
mod records;
mod reference;
mod rules;
mod setting;
mod table;
mod uses;
mod view;

pub(crate) use bind::Mention;
pub(crate) use lineage::{Builtin, builtin};

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::document::{Document, Path};
use crate::quote::shown;
use crate::span::{Origin, Span};
use crate::syntax::{Element, NodeId, NodeKind, Tree};
use bind::{Scopes, Want};
use std::fmt;

/// Reads a text: the best document that can be made of it, and all that is wrong with it, in the order of the text.
///
/// ```
/// let (document, diagnostics) = dbml::parse("Table users { id int [pk] }\nRef: users.id > teams.id");
/// assert_eq!(document.tables[0].path.name, "users");
/// assert_eq!(diagnostics[0].code.name(), "BINDING_ERROR");
/// ```
pub fn parse(text: &str) -> (Document, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut parser = crate::syntax::parser(text, &mut diagnostics);
    let nothing = Tree::empty(text);
    let mut reader = Reader::new(&nothing);
    while let Some(node) = parser.next_element() {
        let mut here = reader.at(parser.tree());
        here.top(node);
        reader = here.at(&nothing);
        parser.forget();
    }
    reader.finish(diagnostics)
}

/// Reads a tree, as [`parse`] does. `diagnostics` are those of making the tree.
pub fn read(tree: &Tree<'_>, diagnostics: Vec<Diagnostic>) -> (Document, Vec<Diagnostic>) {
    Reader::of(tree).finish(diagnostics)
}

/// Reads a tree: the document, and what it mentions.
pub(crate) fn read_with_mentions(tree: &Tree<'_>) -> (Document, Vec<Mention>) {
    let mut reader = Reader::of(tree);
    reader.complete();
    let mentions = reader.mentioned();
    (reader.document, mentions)
}

/// Where an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parent {
    Top,
    Project,
    Table,
    Partial,
    Group,
    Dep,
    Other,
}

struct Reader<'t, 'a> {
    tree: &'t Tree<'a>,
    diagnostics: Vec<Diagnostic>,
    document: Document,
    scopes: Scopes<'a>,
    wants: Vec<Want<'a>>,
    /// Tables of groups, and where the groups name them.
    members: Vec<(usize, Span)>,
    /// What is wrong only if nothing else is.
    late: Vec<Diagnostic>,
    /// Whether it is passed on, the kind, name and place of what is imported.
    imports: Vec<(bool, String, Path, Span)>,
}

/// What a message is about. It is put into words only when there is a message.
#[derive(Clone, Copy)]
enum Of<'x> {
    /// Something without a name: `this ref`.
    This(&'static str),
    /// A kind of object, and its name.
    Name(&'static str, &'x str),
    /// A kind of object, and its name with schemas.
    Path(&'static str, &'x Path),
}

impl fmt::Display for Of<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::This(text) => f.write_str(text),
            Self::Name(what, name) => write!(f, "{what} {}", shown(name)),
            Self::Path(what, path) => write!(f, "{what} {}", shown(&path.to_string())),
        }
    }
}

/// The first part of a line, and those after it.
#[derive(Clone, Copy)]
struct Line<'t> {
    callee: NodeId,
    args: &'t [NodeId],
}

/// The lines of a block, and the elements in it.
struct Body {
    lines: Vec<NodeId>,
    elements: Vec<NodeId>,
}

impl<'t, 'a> Reader<'t, 'a> {
    fn new(tree: &'t Tree<'a>) -> Self {
        Self {
            tree,
            diagnostics: Vec::new(),
            document: Document::default(),
            scopes: Scopes::default(),
            wants: Vec::new(),
            members: Vec::new(),
            late: Vec::new(),
            imports: Vec::new(),
        }
    }

    /// A reader that has been through the whole tree.
    fn of(tree: &'t Tree<'a>) -> Self {
        let mut reader = Self::new(tree);
        for node in tree.top() {
            reader.top(*node);
        }
        reader
    }

    /// The same reader with another tree of the same text.
    fn at<'u>(self, tree: &'u Tree<'a>) -> Reader<'u, 'a> {
        let Self { diagnostics, document, scopes, wants, members, late, imports, .. } = self;
        Reader { tree, diagnostics, document, scopes, wants, members, late, imports }
    }

    /// All elements have been read.
    fn complete(&mut self) {
        self.declare_imports();
        self.document.records.sort_by_key(|records| records.columns.is_some());
    }

    /// Looks up what is mentioned and checks the rules. `syntax` is what is wrong with the form of the text.
    fn finish(mut self, syntax: Vec<Diagnostic>) -> (Document, Vec<Diagnostic>) {
        self.complete();
        self.bind();
        let is_error = |found: &Diagnostic| found.severity == Severity::Error;
        if !syntax.iter().any(is_error) && !self.diagnostics.iter().any(is_error) {
            self.check_rules();
        }
        let Self { document, mut diagnostics, .. } = self;
        diagnostics.extend(syntax);
        diagnostics.sort_by_key(|found| (found.span, found.code));
        diagnostics.dedup();
        (document, diagnostics)
    }

    fn top(&mut self, node: NodeId) {
        if let NodeKind::Use(declaration) = self.tree.kind(node) {
            self.read_use(node, declaration);
        } else if let NodeKind::Metadata(metadata) = self.tree.kind(node) {
            self.read_metadata(node, metadata);
        } else {
            self.element(node, Parent::Top);
        }
    }

    /// Reads an element. One that stands where it may not is read for what is wrong in it, and left out.
    fn element(&mut self, node: NodeId, parent: Parent) {
        let tree: &'t Tree<'a> = self.tree;
        let NodeKind::Element(element) = tree.kind(node) else { return };
        if element.kind.is_none() {
            return;
        }
        match tree.element_kind(element).as_str() {
            "table" => self.read_table(node, element, parent),
            "tablepartial" => self.read_partial(node, element, parent),
            "enum" => self.read_enum(node, element, parent),
            "ref" => self.read_ref(node, element, parent),
            "tablegroup" => self.read_group(node, element, parent),
            "note" if parent == Parent::Top => self.read_sticky_note(node, element),
            "note" => {
                self.read_note(node, element, parent);
            }
            "indexes" => {
                self.read_indexes(node, element, parent, None);
            }
            "checks" => {
                self.read_checks(node, element, parent);
            }
            "records" => self.read_records(node, element, parent, None),
            "project" => self.read_project(node, element, parent),
            "diagramview" => self.read_view(node, element, parent),
            "dep" => self.read_dep(node, element, parent),
            _ => {
                self.read_custom(node, element, parent);
            }
        }
    }

    // Saying what is wrong.

    fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(code, span, message));
    }

    fn error_at(&mut self, code: Code, node: NodeId, message: impl Into<String>) {
        self.error(code, self.tree.span(node), message);
    }

    /// The text of a node as a message may quote it.
    fn quoted(&self, node: NodeId) -> String {
        shown(self.tree.span(node).of(self.tree.text()))
    }

    // What all elements have in common.

    fn origin(&self, node: NodeId) -> Origin {
        Origin(self.tree.span(node))
    }

    /// Says so when the element does not stand at the top.
    fn must_be_top(&mut self, node: NodeId, parent: Parent, code: Code, what: &str) {
        if parent != Parent::Top {
            self.error_at(code, node, format!("{what} cannot stand within something else; move it to the top level"));
        }
    }

    /// A name with schemas, which must be there. `what` is the kind of object with its article.
    fn required_path(&mut self, node: NodeId, element: &Element, what: &str) -> Option<Path> {
        let Some(name) = element.name else {
            self.error_at(Code::NameNotFound, node, format!("{what} needs a name; write it before the brace"));
            return None;
        };
        let path = self.tree.path(name);
        if path.is_none() {
            let space = if matches!(self.tree.kind(name), NodeKind::Index(..)) {
                "; put a space before the ["
            } else {
                "; write it as name or schema.name"
            };
            let message = format!("“{}” is not the name of {what}{space}", self.quoted(name));
            self.error_at(Code::InvalidName, name, message);
        }
        path.map(|path| self.path_of(&path))
    }

    /// A single name, which must be there.
    fn required_name(&mut self, node: NodeId, element: &Element, what: &str) -> Option<String> {
        if element.name.is_none() {
            self.error_at(Code::NameNotFound, node, format!("{what} needs a name; write it before the brace"));
        }
        self.optional_name(element, what)
    }

    /// A single name, if there is one.
    fn optional_name(&mut self, element: &Element, what: &str) -> Option<String> {
        let node = element.name?;
        let name = self.tree.name(node);
        if name.is_none() {
            let message =
                format!("“{}” is not the name of {what}; write a single name, quoted if need be", self.quoted(node));
            self.error_at(Code::InvalidName, node, message);
        }
        name.map(Into::into)
    }

    fn no_name(&mut self, element: &Element, what: &str) {
        let Some(name) = element.name else { return };
        let code =
            if matches!(self.tree.kind(name), NodeKind::Wildcard) { Code::InvalidName } else { Code::UnexpectedName };
        self.error_at(code, name, format!("{what} has no name; remove “{}”", self.quoted(name)));
    }

    fn no_alias(&mut self, element: &Element, what: &str) {
        if let Some(alias) = element.alias {
            self.error_at(
                Code::UnexpectedAlias,
                alias,
                format!("{what} has no alias; remove “as {}”", self.quoted(alias)),
            );
        }
    }

    fn no_settings(&mut self, element: &Element, what: &str) {
        if let Some(settings) = element.settings {
            self.error_at(Code::UnexpectedSettings, settings, format!("{what} has no settings; remove the brackets"));
        }
    }

    /// The body as a block; one after a colon is refused.
    fn block_body(&mut self, element: &Element, what: &str) -> Body {
        if let Some(body) = element.body.filter(|body| !matches!(self.tree.kind(*body), NodeKind::Block(_))) {
            self.error_at(Code::UnexpectedSimpleBody, body, format!("{what} needs braces instead of a colon"));
            return Body { lines: Vec::new(), elements: Vec::new() };
        }
        self.any_body(element)
    }

    /// The body, in braces or after a colon.
    fn any_body(&self, element: &Element) -> Body {
        let Some(body) = element.body else { return Body { lines: Vec::new(), elements: Vec::new() } };
        if !matches!(self.tree.kind(body), NodeKind::Block(_)) {
            return Body { lines: vec![body], elements: Vec::new() };
        }
        let items = self.tree.items(Some(body)).iter().copied();
        let (elements, lines) = items.partition(|item| matches!(self.tree.kind(*item), NodeKind::Element(_)));
        Body { lines, elements }
    }

    /// The first part of a line and those after it.
    fn line(&self, node: NodeId) -> Option<Line<'t>> {
        let tree: &'t Tree<'a> = self.tree;
        let NodeKind::Statement(statement) = tree.kind(node) else { return None };
        Some(Line { callee: statement.callee, args: tree.list(statement.args) })
    }

    /// The parts of a line, and the settings at its end.
    fn parts(&self, statement: Line<'_>) -> (Vec<NodeId>, Option<NodeId>) {
        let mut parts = vec![statement.callee];
        parts.extend(statement.args);
        let settings = parts.pop_if(|last| matches!(self.tree.kind(*last), NodeKind::List(_)));
        (parts, settings)
    }

    /// The text of a name node.
    fn name_of(&self, node: NodeId) -> String {
        self.tree.name(node).map(Into::into).unwrap_or_default()
    }

    fn names_of(&self, nodes: &[NodeId]) -> Vec<String> {
        nodes.iter().map(|node| self.name_of(*node)).collect()
    }

    /// Names as a path, the last of them being the object's own.
    fn path_of(&self, nodes: &[NodeId]) -> Path {
        if let [only] = nodes {
            return Path::local(self.name_of(*only));
        }
        let mut names = self.names_of(nodes);
        let name = names.pop().unwrap_or_default();
        Path::new(names, name)
    }
}

/// The text of a note: without empty lines before it, and without the indentation that all its lines share.
pub(crate) fn note_text(text: &str) -> String {
    if !text.contains('\n') {
        let trimmed = text.trim_start();
        return if trimmed.is_empty() { text } else { trimmed }.to_owned();
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let is_blank = |line: &&str| line.trim_start().is_empty();
    let first = lines.iter().position(|line| !is_blank(line)).unwrap_or(lines.len().saturating_sub(1));
    let lines = lines.get(first..).unwrap_or_default();
    let indent = |line: &&str| line.chars().take_while(|c| c.is_whitespace()).count();
    let shared = lines.iter().filter(|line| !is_blank(line)).map(indent).min().unwrap_or_default();
    let cut = |line: &&str| line.chars().skip(shared).collect::<String>();
    lines.iter().map(cut).collect::<Vec<_>>().join("\n")
}
