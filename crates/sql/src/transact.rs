//! Where a statement of SQL Server begins without a semicolon before it.

use crate::lex::{Kind, Token};
use crate::split::is_any;

/// Words that begin a statement.
const STARTERS: [&str; 41] = [
    "create",
    "alter",
    "drop",
    "insert",
    "update",
    "delete",
    "set",
    "use",
    "exec",
    "execute",
    "if",
    "else",
    "begin",
    "end",
    "print",
    "declare",
    "grant",
    "deny",
    "revoke",
    "select",
    "truncate",
    "merge",
    "bulk",
    "raiserror",
    "return",
    "while",
    "commit",
    "rollback",
    "backup",
    "restore",
    "throw",
    "goto",
    "dbcc",
    "checkpoint",
    "reconfigure",
    "waitfor",
    "open",
    "fetch",
    "close",
    "deallocate",
    "disable",
];

/// Whether a word begins a statement after these tokens of another, at no depth of brackets. `next` is the word after
/// it in the same line.
pub(crate) fn begins(current: &[Token], token: Token, next: &str, in_case: bool, text: &str) -> bool {
    let word = token.text(text);
    if !is_any(word, &STARTERS) {
        return false;
    }
    let at = |index: usize| {
        let token = current.get(index).filter(|token| token.kind == Kind::Word);
        token.map(|token| token.text(text).to_ascii_lowercase()).unwrap_or_default()
    };
    let (first, second, previous) = (at(0), at(1), at(current.len().wrapping_sub(1)));
    let (first, second, previous) = (first.as_str(), second.as_str(), previous.as_str());
    if is_control(first) {
        return !belongs_to_control(first, previous, word, current.len());
    }
    if !token.first || matches!(previous, "on" | "with" | "for" | "as" | "after" | "of" | "grant" | "deny" | "revoke") {
        return false;
    }
    let last = current.last().map(|token| token.text(text)).unwrap_or_default();
    if matches!(last, "," | "=" | "." | "+") {
        return false;
    }
    match word.to_ascii_lowercase().as_str() {
        "set" => {
            !(matches!(previous, "delete" | "update" | "default")
                || matches!(first, "update" | "merge" | "with")
                || first == "alter" && second == "database"
                || next == "(")
        }
        "alter" => !(first == "alter" && next.eq_ignore_ascii_case("column")),
        "drop" => !(first == "alter" && is_any(next, &["constraint", "column", "period"])),
        "select" => {
            !(matches!(first, "insert" | "with" | "declare" | "create" | "merge")
                || matches!(previous, "union" | "all" | "except" | "intersect"))
        }
        "insert" | "update" | "delete" | "merge" => {
            !(first == "with" || previous == "then" || matches!(first, "grant" | "deny" | "revoke"))
        }
        "exec" | "execute" => first != "insert",
        "if" => first != "drop",
        // The end of a CASE, or of a BEGIN that is a statement of its own.
        "end" | "else" => !in_case,
        _ => true,
    }
}

fn is_control(first: &str) -> bool {
    matches!(first, "if" | "else" | "while" | "begin" | "end")
}

/// Words that go on with `IF`, `BEGIN` and the like.
fn belongs_to_control(first: &str, previous: &str, word: &str, tokens: usize) -> bool {
    let alone = tokens == 1;
    match first {
        "if" | "while" => alone || matches!(previous, "not" | "and" | "or") && is_any(word, &["update"]),
        _ => false,
    }
}
