//! Small texts of each dialect with the forms that are odd.

mod mysql;
mod oracle;
mod postgres;
mod sql_server;
mod sqlite;

use crate::describe::everything;
use sql::Dialect;

fn check(dialect: Dialect, text: &str, expect: &str) {
    assert_eq!(everything(text, dialect), expect, "{text}");
}
