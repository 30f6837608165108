//! A file into statements, whatever client it was written for.
//!
//! Besides `;` there are the lines of psql, SQL*Plus, sqlcmd and SQLite's shell, the data after a `COPY`, `DELIMITER`,
//! `GO`, Oracle's `/`, and bodies of functions and triggers with semicolons in them. SQL Server wants no semicolons at
//! all: there a statement also ends where a line begins another one.

use crate::Dialect;
use crate::body::{Body, Mode};
use crate::client::{is_count, is_sql_plus, is_sqlcmd};
use crate::lex::{Kind, Lexer, Token};
use crate::transact;
use std::ops::Range;

/// A stretch of text that is one thing to the client that would send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands, in bytes. A statement's own `;` is not part of it.
    pub span: Range<usize>,
    /// What it is.
    pub kind: PieceKind,
    /// Whether it is part of a `CREATE SCHEMA` before it, whose schema its names are in.
    pub(crate) in_schema: bool,
    /// Its tokens among those of the whole text.
    pub(crate) tokens: Range<usize>,
}

/// What a [`Piece`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// Something for the database.
    Statement,
    /// A line for the client: `\connect`, `SET ECHO OFF`, `:setvar`, `.mode`.
    ClientLine,
    /// The rows after a `COPY … FROM stdin`.
    Rows,
}

/// Longer texts are not looked at: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;

/// What is beyond so many tokens or statements is one piece that is not looked at, so that memory has a bound.
const MAX_TOKENS: usize = 16 << 20;
const MAX_PIECES: usize = 1_000_000;

/// Of a statement about rows, so many tokens are kept: they only have to tell that it is one.
const TOKENS_OF_ROWS: usize = 32;

/// Cuts a text into statements. Every byte that is neither white space, comment nor a separator is in one of them.
///
/// ```
/// use sql::{Dialect, split};
///
/// let pieces = split("create table a (b int);\n\\connect x\ncreate index on a (b)", Dialect::Postgres);
/// assert_eq!(pieces.len(), 3);
/// ```
pub fn split(text: &str, dialect: Dialect) -> Vec<Piece> {
    split_tokens(text, dialect).1
}

/// The pieces with the tokens that they are made of. A text beyond [`MAX_BYTES`] is one piece without tokens.
pub(crate) fn split_tokens(text: &str, dialect: Dialect) -> (Vec<Token>, Vec<Piece>) {
    if text.len() > MAX_BYTES {
        return (
            Vec::new(),
            vec![Piece { span: 0..text.len(), kind: PieceKind::Statement, in_schema: false, tokens: 0..0 }],
        );
    }
    let mut splitter = Splitter {
        lexer: Lexer::new(text, dialect),
        dialect,
        tokens: Vec::with_capacity(text.len() / 5),
        pieces: Vec::new(),
        begin: 0,
        depth: 0,
        cases: 0,
        body: Body::default(),
        batch: false,
        rows: false,
        in_schema: false,
    };
    splitter.run();
    (splitter.tokens, splitter.pieces)
}

struct Splitter<'a> {
    lexer: Lexer<'a>,
    dialect: Dialect,
    tokens: Vec<Token>,
    pieces: Vec<Piece>,
    /// The first token of the statement under way.
    begin: usize,
    depth: u32,
    /// How many CASE have no END yet.
    cases: u32,
    body: Body,
    /// A procedure, function or trigger of SQL Server, which goes to the end of its batch.
    batch: bool,
    /// A statement about rows.
    rows: bool,
    /// Between a `CREATE SCHEMA` and its semicolon.
    in_schema: bool,
}

impl Splitter<'_> {
    fn run(&mut self) {
        loop {
            self.lexer.skip_trivia();
            if self.lexer.at >= self.lexer.text.len() {
                break;
            }
            if self.lexer.is_first() && self.client_line() {
                continue;
            }
            if self.delimiter() {
                continue;
            }
            let Some(token) = self.lexer.next() else { break };
            if token.kind == Kind::Meta {
                self.finish();
                self.push(token.start()..token.end(), PieceKind::ClientLine);
                continue;
            }
            self.take(token);
            if self.tokens.len() >= MAX_TOKENS || self.pieces.len() >= MAX_PIECES {
                self.finish();
                self.push(self.lexer.at..self.lexer.text.len(), PieceKind::Statement);
                return;
            }
        }
        self.finish();
    }

    fn is_empty(&self) -> bool {
        self.begin == self.tokens.len()
    }

    fn current(&self) -> &[Token] {
        self.tokens.get(self.begin..).unwrap_or_default()
    }

    /// Ends the statement under way, if there is one.
    fn finish(&mut self) {
        let current = self.begin..self.tokens.len();
        if let (Some(first), Some(last)) = (self.tokens.get(current.start), self.tokens.last()) {
            let span = first.start()..last.end();
            self.pieces.push(Piece { span, kind: PieceKind::Statement, in_schema: self.in_schema, tokens: current });
        }
        self.begin = self.tokens.len();
        self.depth = 0;
        self.cases = 0;
        self.body = Body::default();
        self.batch = false;
        self.rows = false;
    }

    fn push(&mut self, span: Range<usize>, kind: PieceKind) {
        let none = self.tokens.len()..self.tokens.len();
        self.pieces.push(Piece { span, kind, in_schema: false, tokens: none });
    }

    /// Lines that mean something to a client because of where they stand. Tells whether one was taken.
    fn client_line(&mut self) -> bool {
        let rest = self.lexer.rest();
        let line = rest.lines().next().unwrap_or_default().trim_end();
        let word_end = line.find(|c: char| !(c.is_ascii_alphabetic() || c == '_')).unwrap_or(line.len());
        let word = line.get(..word_end).unwrap_or_default();
        let after = line.get(word_end..).unwrap_or_default();
        let separator = match self.dialect {
            Dialect::SqlServer => word.eq_ignore_ascii_case("go") && is_count(after),
            Dialect::Oracle => line == "/",
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => false,
        };
        if separator {
            self.lexer.skip_line();
            self.finish();
            return true;
        }
        if !self.is_empty() {
            return false;
        }
        let command = match self.dialect {
            Dialect::SqlServer => is_sqlcmd(line),
            Dialect::Sqlite => line.starts_with('.') && line.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic),
            Dialect::Oracle => is_sql_plus(line, word, after),
            Dialect::MySql | Dialect::MariaDb => {
                if word.eq_ignore_ascii_case("delimiter") && !after.trim().is_empty() {
                    self.lexer.skip_line();
                    let mark = after.split_whitespace().next().unwrap_or(";");
                    self.lexer.stop = (mark != ";").then(|| mark.to_owned());
                    return true;
                }
                word.eq_ignore_ascii_case("source") || line.starts_with("\\")
            }
            Dialect::Postgres => false,
        };
        if command {
            self.client_command(line.starts_with('@'));
        }
        command
    }

    fn client_command(&mut self, one_line: bool) {
        let start = self.lexer.at;
        let mut line = self.lexer.skip_line();
        // A command of SQL*Plus goes on after a dash at the end of its line.
        while self.dialect == Dialect::Oracle && !one_line && line.trim_end().ends_with(" -") {
            if self.lexer.at >= self.lexer.text.len() {
                break;
            }
            self.lexer.at += 1;
            line = self.lexer.skip_line();
        }
        let end = start + self.lexer.text.get(start..self.lexer.at).unwrap_or_default().trim_end().len();
        self.push(start..end, PieceKind::ClientLine);
    }

    /// The mark that `DELIMITER` has set.
    fn delimiter(&mut self) -> bool {
        let Some(stop) = &self.lexer.stop else { return false };
        if !self.lexer.rest().starts_with(stop.as_str()) {
            return false;
        }
        self.lexer.at += stop.len();
        self.finish();
        true
    }

    fn take(&mut self, token: Token) {
        let text = self.lexer.text;
        if token.is_symbol(text, ";") {
            if self.lexer.stop.is_none() && !self.batch && !self.body.holds(self.depth) {
                self.end_at_semicolon();
            } else {
                self.tokens.push(token);
                self.body.semicolon();
            }
            return;
        }
        if self.begins_element(token) {
            self.finish();
            self.in_schema = true;
        } else if self.begins_another(token) {
            self.finish();
        }
        match token.kind {
            Kind::Symbol => match token.text(text) {
                "(" => self.depth += 1,
                ")" => self.depth = self.depth.saturating_sub(1),
                _ => {}
            },
            Kind::Word => {
                let word = token.text(text);
                self.cases += u32::from(word.eq_ignore_ascii_case("case"));
                self.cases -= u32::from(word.eq_ignore_ascii_case("end") && self.cases > 0);
                self.body.word(word);
            }
            Kind::Quoted
            | Kind::DoubleQuoted
            | Kind::String
            | Kind::Number
            | Kind::Variable
            | Kind::Meta
            | Kind::Broken => self.body.other(),
        }
        let head = self.tokens.len() - self.begin + 1;
        match self.tokens.last_mut() {
            Some(last) if self.rows && head > TOKENS_OF_ROWS => *last = token,
            Some(_) | None => self.tokens.push(token),
        }
        if head == 1 {
            let words = ["insert", "update", "delete", "replace", "merge", "values"];
            self.rows = token.kind == Kind::Word && is_any(token.text(text), &words);
        }
        if head <= Body::HEAD && !self.body.is_special() {
            let mode = Mode::of(self.current(), text, self.dialect);
            self.batch = mode == Mode::Batch;
            self.body.set_mode(mode);
        }
    }

    /// Whether a token begins a table or view within `CREATE SCHEMA a CREATE TABLE b …`.
    fn begins_element(&self, token: Token) -> bool {
        let text = self.lexer.text;
        let within = || self.in_schema || self.current().get(1).is_some_and(|second| second.is_word(text, "schema"));
        let begins = self.depth == 0 && (token.is_word(text, "create") || token.is_word(text, "grant"));
        begins
            && matches!(self.dialect, Dialect::Postgres | Dialect::Oracle)
            && self.current().first().is_some_and(|first| first.is_word(text, "create") || first.is_word(text, "grant"))
            && within()
    }

    fn end_at_semicolon(&mut self) {
        self.in_schema &= !self.is_empty();
        if self.is_empty() {
            return;
        }
        let copies = self.dialect == Dialect::Postgres && is_copy_from_stdin(self.current(), self.lexer.text);
        self.finish();
        self.in_schema = false;
        if copies {
            self.rows();
        }
    }

    /// What `COPY … FROM stdin` reads: all lines up to `\.`.
    fn rows(&mut self) {
        self.lexer.skip_line();
        let from = (self.lexer.at + 1).min(self.lexer.text.len());
        let mut at = from;
        for line in self.lexer.text.get(from..).unwrap_or_default().split_inclusive('\n') {
            at += line.len();
            if line.trim_end() == "\\." {
                break;
            }
        }
        self.lexer.at = at;
        if at > from {
            self.push(from..at, PieceKind::Rows);
        }
    }

    /// Whether a token begins a statement although the one before has not ended.
    fn begins_another(&mut self, token: Token) -> bool {
        if self.is_empty() || token.kind != Kind::Word || self.batch {
            return false;
        }
        let text = self.lexer.text;
        if self.dialect == Dialect::SqlServer && self.depth == 0 {
            return transact::begins(self.current(), token, self.next_word(token), self.cases > 0, text);
        }
        if self.dialect == Dialect::Oracle && self.body.has_ended() && token.first {
            return is_any(token.text(text), &["create", "alter", "comment", "drop", "grant", "insert"]);
        }
        if !token.first {
            return false;
        }
        if self.body.is_special() {
            let makes = ["table", "definer", "procedure", "function", "index", "view"];
            return self.body.could_end()
                && self.depth == 0
                && token.is_word(text, "create")
                && is_any(self.next_word(token), &makes);
        }
        self.forgotten_semicolon(token)
    }

    /// A line that begins a statement of its own, in one that cannot contain it.
    fn forgotten_semicolon(&self, token: Token) -> bool {
        let text = self.lexer.text;
        if !is_any(token.text(text), &["create", "alter", "insert", "comment"]) {
            return false;
        }
        let Some(first) = self.current().first().filter(|first| first.kind == Kind::Word) else { return false };
        let next = self.next_word(token);
        let begins_table = token.is_word(text, "create") && next.eq_ignore_ascii_case("table")
            || token.is_word(text, "alter") && next.eq_ignore_ascii_case("table")
            || token.is_word(text, "insert") && next.eq_ignore_ascii_case("into");
        if is_any(first.text(text), &["create", "alter"]) && begins_table {
            let of = self.current().get(1).map(|second| second.text(text)).unwrap_or_default();
            return is_any(of, &["table", "index", "unique", "sequence"])
                && (self.depth == 0 || !token.is_word(text, "insert"));
        }
        let begins_other = token.is_word(text, "create") && is_any(next, &["index", "unique", "sequence", "view"])
            || token.is_word(text, "comment") && next.eq_ignore_ascii_case("on");
        let table = self.current().get(1).is_some_and(|second| second.is_word(text, "table"));
        begins_other && first.is_word(text, "create") && table && self.depth == 0
    }

    /// The word after a token that has just been read, when one follows in the same line.
    fn next_word(&self, token: Token) -> &str {
        let rest = self.lexer.text.get(token.end()..).unwrap_or_default();
        let rest = rest.trim_start_matches([' ', '\t']);
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if end == 0 { rest.get(..1).unwrap_or_default() } else { rest.get(..end).unwrap_or_default() }
    }
}

/// Whether a word is one of those; they are lower case.
pub(crate) fn is_any(word: &str, list: &[&str]) -> bool {
    list.iter().any(|other| word.eq_ignore_ascii_case(other))
}

fn is_copy_from_stdin(tokens: &[Token], text: &str) -> bool {
    tokens.first().is_some_and(|first| first.is_word(text, "copy"))
        && tokens.windows(2).any(|pair| match pair {
            [from, stdin] => from.is_word(text, "from") && stdin.is_word(text, "stdin"),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dialect: Dialect, text: &str, expect: &[&str]) {
        let pieces = split(text, dialect);
        let found: Vec<&str> = pieces.iter().map(|piece| text.get(piece.span.clone()).unwrap()).collect();
        assert_eq!(found, expect, "{dialect}: {text}");
    }

    #[test]
    fn statements_of_postgresql() {
        use Dialect::Postgres as Pg;
        check(Pg, "", &[]);
        check(Pg, " ; ;; -- nothing\n/* at /* all */ */ ;", &[]);
        check(Pg, "a;b", &["a", "b"]);
        check(
            Pg,
            "a ';' b; \"c;d\"; E'\\';'; $$ ; $$; $x$ $$;$$ $x$;e",
            &["a ';' b", "\"c;d\"", "E'\\';'", "$$ ; $$", "$x$ $$;$$ $x$", "e"],
        );
        check(Pg, "\\restrict x\nselect 1;\n\\connect y\n", &["\\restrict x", "select 1", "\\connect y"]);
        check(Pg, "select 1 \\gexec\nselect 2;", &["select 1", "\\gexec", "select 2"]);
        check(
            Pg,
            "copy a (b) from stdin;\n1\tit's;\n\\.\n\nselect 1;",
            &["copy a (b) from stdin", "1\tit's;\n\\.\n", "select 1"],
        );
        check(
            Pg,
            "create rule r as on insert to t do (select 1; select 2); select 3",
            &["create rule r as on insert to t do (select 1; select 2)", "select 3"],
        );
        check(
            Pg,
            "create function f() returns int begin atomic select case when a then 1 end; select 2; end; x",
            &["create function f() returns int begin atomic select case when a then 1 end; select 2; end", "x"],
        );
        check(Pg, "begin; commit;", &["begin", "commit"]);
        check(
            Pg,
            "create table a (x int\ncreate table b (y int);",
            &["create table a (x int", "create table b (y int)"],
        );
        check(
            Pg,
            "create table a (x int)\nCREATE INDEX i on a (x);",
            &["create table a (x int)", "CREATE INDEX i on a (x)"],
        );
        check(
            Pg,
            "create table a (x text default 'oops);\ncreate table b (y int);",
            &["create table a (x text default 'oops);", "create table b (y int)"],
        );
        check(Pg, "select :'v', :x; a::b", &["select :'v', :x", "a::b"]);
    }

    #[test]
    fn statements_of_mysql_and_sqlite() {
        use Dialect::{MySql, Sqlite};
        check(MySql, "a 'it\\'s;' # no;\n; b `x;y` -- c;\n; 5--1; /* ; */ d", &["a 'it\\'s;'", "b `x;y`", "5--1", "d"]);
        check(
            MySql,
            "/*!40101 SET x=1 */;\n/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`l`*/ table t (a int)",
            &["SET x=1", "CREATE*/ /*!50017 DEFINER=`r`@`l`*/ table t (a int)"],
        );
        check(
            MySql,
            "delimiter $$\ncreate procedure p() begin a; b; end$$\ndelimiter ;\nc;",
            &["create procedure p() begin a; b; end", "c"],
        );
        check(MySql, "/*M!999999\\- enable the sandbox mode */\na;", &["a"]);
        check(
            MySql,
            "create trigger t before insert on x for each row begin if a then b; end if; case c when 1 then d; end case; end; e;",
            &[
                "create trigger t before insert on x for each row begin if a then b; end if; case c when 1 then d; end case; end",
                "e",
            ],
        );
        check(
            MySql,
            "create definer=`a`@`b` procedure p() begin x; end; y",
            &["create definer=`a`@`b` procedure p() begin x; end", "y"],
        );
        check(MySql, "create table event (begin int); a", &["create table event (begin int)", "a"]);
        check(
            Sqlite,
            ".mode list\ncreate trigger t after insert on x begin select case when 1 then 2 end; end; a",
            &[".mode list", "create trigger t after insert on x begin select case when 1 then 2 end; end", "a"],
        );
        check(Sqlite, "create table [a;b] (x); y", &["create table [a;b] (x)", "y"]);
    }

    #[test]
    fn statements_of_oracle() {
        use Dialect::Oracle;
        check(
            Oracle,
            "rem it's\nprompt a;\nset echo off\ncreate table a (b int)\n/\ncreate table c (d int);\n",
            &["rem it's", "prompt a;", "set echo off", "create table a (b int)", "create table c (d int)"],
        );
        check(
            Oracle,
            "create or replace trigger t before insert on x for each row\nbegin\n a;\nend;\n/\nb;",
            &["create or replace trigger t before insert on x for each row\nbegin\n a;\nend;", "b"],
        );
        check(
            Oracle,
            "create function f return int is\n x int;\nbegin\n return 1;\nend f;\ncreate table t (a int);",
            &["create function f return int is\n x int;\nbegin\n return 1;\nend f;", "create table t (a int)"],
        );
        check(Oracle, "begin\n a;\nend;\n/\nx q'[it's;]';y", &["begin\n a;\nend;", "x q'[it's;]'", "y"]);
    }

    #[test]
    fn statements_of_sql_server() {
        use Dialect::SqlServer;
        check(
            SqlServer,
            "create table [a;b] (x int)\ngo\ncreate table c (d int)\nGO 5 -- x\n",
            &["create table [a;b] (x int)", "create table c (d int)"],
        );
        check(
            SqlServer,
            "create table a (x int)\ncreate table b (y int)\nalter table a add z int",
            &["create table a (x int)", "create table b (y int)", "alter table a add z int"],
        );
        check(
            SqlServer,
            "alter table a\nalter column x int\nalter table a\ndrop constraint c",
            &["alter table a\nalter column x int", "alter table a\ndrop constraint c"],
        );
        check(
            SqlServer,
            "alter table a add foreign key (x) references b on delete\nset null on\nupdate cascade",
            &["alter table a add foreign key (x) references b on delete\nset null on\nupdate cascade"],
        );
        check(
            SqlServer,
            "if not exists (select 1)\nbegin\ncreate table a (x int)\nend\ngo",
            &["if not exists (select 1)", "begin", "create table a (x int)", "end"],
        );
        check(
            SqlServer,
            "if object_id('x') is not null drop table x;",
            &["if object_id('x') is not null", "drop table x"],
        );
        check(
            SqlServer,
            "create procedure p as begin select 1; create table #t (a int) end\ngo\ncreate view v as\nselect 1\ngo",
            &["create procedure p as begin select 1; create table #t (a int) end", "create view v as\nselect 1"],
        );
        check(
            SqlServer,
            "insert into a\nselect 1\nunion all\nselect 2\nprint 'x'",
            &["insert into a\nselect 1\nunion all\nselect 2", "print 'x'"],
        );
        check(SqlServer, ":setvar x \"y\"\nuse $(x);", &[":setvar x \"y\"", "use $(x)"]);
    }
}
