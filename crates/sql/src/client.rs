//! Lines that are for a client and not for the database.

use crate::split::is_any;

/// What may follow `GO`: how many times, and a comment.
pub(crate) fn is_count(after: &str) -> bool {
    let after = after.trim().trim_end_matches(';').trim_end();
    let count = after.trim_start_matches(|c: char| c.is_ascii_digit());
    count.is_empty() || count.trim_start().starts_with("--")
}

/// Commands of sqlcmd.
pub(crate) fn is_sqlcmd(line: &str) -> bool {
    let Some(command) = line.strip_prefix(':') else { return line.starts_with("!!") };
    let end = command.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(command.len());
    let names = [
        "setvar",
        "r",
        "on",
        "connect",
        "out",
        "error",
        "quit",
        "exit",
        "list",
        "listvar",
        "reset",
        "xml",
        "serverlist",
    ];
    is_any(command.get(..end).unwrap_or_default(), &names)
}

/// Commands of SQL*Plus, which end with their line.
pub(crate) fn is_sql_plus(line: &str, word: &str, after: &str) -> bool {
    if line.starts_with('@') || line.starts_with('!') {
        return true;
    }
    if !(after.is_empty() || after.starts_with([' ', '\t', ';'])) {
        return false;
    }
    let of_sql = ["role", "transaction", "constraint", "constraints"];
    let next = after.split_whitespace().next().unwrap_or_default();
    if word.eq_ignore_ascii_case("set") {
        return !is_any(next, &of_sql);
    }
    let commands = [
        "rem",
        "remark",
        "prompt",
        "spool",
        "whenever",
        "define",
        "undefine",
        "accept",
        "column",
        "col",
        "connect",
        "conn",
        "exit",
        "quit",
        "show",
        "start",
        "host",
        "ttitle",
        "btitle",
        "variable",
        "var",
        "exec",
        "execute",
        "pause",
        "clear",
        "break",
        "disconnect",
        "print",
        "timing",
        "describe",
        "desc",
        "store",
        "repheader",
        "compute",
    ];
    is_any(word, &commands)
}
