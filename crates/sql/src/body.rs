//! Whether a semicolon ends a statement, or a part of its body.

use crate::Dialect;
use crate::lex::{Kind, Token};

/// What kind of body a statement has, by its first words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    /// None: the next semicolon ends it.
    #[default]
    Plain,
    /// A rule of PostgreSQL: semicolons in brackets are its own.
    Brackets,
    /// A routine of PostgreSQL, which may have `BEGIN ATOMIC … END`.
    Atomic,
    /// A routine, trigger or event of MySQL or SQLite: `BEGIN … END`.
    Block,
    /// A unit of PL/SQL: to the line with the slash, or to what cannot be part of it.
    PlSql,
    /// A routine of SQL Server: to the end of the batch.
    Batch,
}

impl Mode {
    /// By the first words of a statement.
    pub(crate) fn of(head: &[Token], text: &str, dialect: Dialect) -> Self {
        let mut words = head.iter().filter(|token| token.kind == Kind::Word).map(|token| token.text(text));
        let first = words.next().unwrap_or_default().to_ascii_lowercase();
        if dialect == Dialect::Oracle && (first == "declare" || first == "begin") {
            return Self::PlSql;
        }
        let alters = dialect == Dialect::SqlServer && first == "alter";
        if first != "create" && !alters {
            return Self::Plain;
        }
        for word in words {
            match word.to_ascii_lowercase().as_str() {
                "or" | "replace" | "alter" | "definer" | "current_user" | "sql" | "security" | "invoker"
                | "aggregate" | "temp" | "temporary" | "constraint" | "editionable" | "noneditionable" | "if"
                | "not" | "exists" => {}
                "rule" if dialect == Dialect::Postgres => return Self::Brackets,
                "function" | "procedure" | "proc" | "trigger" | "event" | "package" => {
                    return Self::of_routine(dialect);
                }
                "type" if dialect == Dialect::Oracle => {
                    let is_body = head.iter().any(|token| token.is_word(text, "body"));
                    return if is_body { Self::PlSql } else { Self::Plain };
                }
                _ => return Self::Plain,
            }
        }
        Self::Plain
    }

    fn of_routine(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Postgres => Self::Atomic,
            Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => Self::Block,
            Dialect::Oracle => Self::PlSql,
            Dialect::SqlServer => Self::Batch,
        }
    }
}

/// How deep in its body a statement is.
#[derive(Debug, Default)]
pub(crate) struct Body {
    mode: Mode,
    depth: u32,
    /// An END was read; the next word tells of what.
    ending: bool,
    /// The word before was BEGIN.
    begun: bool,
    /// The outermost END was followed by a semicolon.
    ended: bool,
}

impl Body {
    /// How many tokens it may take to know the mode.
    pub(crate) const HEAD: usize = 14;

    pub(crate) fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        if mode == Mode::PlSql && self.begun {
            self.depth = 1;
        }
    }

    pub(crate) fn is_special(&self) -> bool {
        self.mode != Mode::Plain
    }

    /// Whether a semicolon at this depth of brackets is part of the statement.
    pub(crate) fn holds(&mut self, brackets: u32) -> bool {
        match self.mode {
            Mode::Plain => false,
            Mode::Brackets => brackets > 0,
            Mode::Atomic | Mode::Block => {
                self.settle(None);
                self.depth > 0
            }
            Mode::PlSql | Mode::Batch => true,
        }
    }

    /// Whether a unit of PL/SQL may be over.
    pub(crate) fn has_ended(&self) -> bool {
        self.mode == Mode::PlSql && self.ended
    }

    /// Whether a routine that is no unit of PL/SQL could be over: its outermost END was read, or it has no BEGIN.
    pub(crate) fn could_end(&self) -> bool {
        let open = self.depth - u32::from(self.ending && self.depth > 0);
        matches!(self.mode, Mode::Block | Mode::Atomic) && open == 0
    }

    pub(crate) fn semicolon(&mut self) {
        let ending = self.ending;
        self.settle(None);
        self.ended = ending && self.depth == 0;
        self.begun = false;
    }

    pub(crate) fn other(&mut self) {
        if !(self.ending && self.mode == Mode::PlSql) {
            self.settle(None);
        }
        self.begun = false;
        self.ended = false;
    }

    /// An END that was waiting to know what it ends.
    fn settle(&mut self, next: Option<&str>) {
        if self.ending {
            self.ending = false;
            if !next.is_some_and(|next| matches!(next, "if" | "loop" | "while" | "repeat" | "for")) {
                self.depth = self.depth.saturating_sub(1);
            }
        }
    }

    pub(crate) fn word(&mut self, word: &str) {
        self.ended = false;
        if word.len() > 6 {
            // No word that matters is longer; of PL/SQL, `END name;` is one still.
            if self.mode != Mode::PlSql {
                self.settle(None);
            }
            self.begun = false;
            return;
        }
        let word = word.to_ascii_lowercase();
        let was_ending = self.ending;
        let name_of_end = self.mode == Mode::PlSql
            && was_ending
            && !matches!(word.as_str(), "if" | "loop" | "case" | "end" | "begin" | "then" | "when" | "else");
        if name_of_end {
            return;
        }
        self.settle(Some(&word));
        let opens = match word.as_str() {
            "begin" => self.mode != Mode::Atomic,
            "atomic" => self.mode == Mode::Atomic && self.begun,
            "case" => !was_ending && (self.depth > 0 || self.mode == Mode::PlSql),
            _ => false,
        };
        if opens {
            self.depth += 1;
        }
        self.ending = word == "end" && self.depth > 0;
        self.begun = word == "begin";
    }
}
