//! The dialects that can be read, and how they differ in what a token is and what a name means.

use std::fmt;

/// Whose SQL a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// PostgreSQL, by hand or by `pg_dump`, psql's own lines included.
    Postgres,
    /// MySQL and its dumps.
    MySql,
    /// MariaDB: MySQL's tokens, a few statements of its own.
    MariaDb,
    /// SQLite, the dot lines of its shell included.
    Sqlite,
    /// Oracle, the commands of SQL*Plus included.
    Oracle,
    /// SQL Server, `GO` and the lines of sqlcmd included.
    SqlServer,
}

impl Dialect {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 6] =
        [Self::Postgres, Self::MySql, Self::MariaDb, Self::Sqlite, Self::Oracle, Self::SqlServer];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
            Self::Sqlite => "SQLite",
            Self::Oracle => "Oracle",
            Self::SqlServer => "SQL Server",
        }
    }

    /// MySQL and MariaDB.
    pub(crate) fn is_my(self) -> bool {
        matches!(self, Self::MySql | Self::MariaDb)
    }

    /// The schema of a name that is written without one.
    pub(crate) fn default_schema(self) -> &'static str {
        match self {
            Self::Postgres => "public",
            Self::SqlServer => "dbo",
            Self::Sqlite => "main",
            // The name of the database or user is not in the text unless it says so.
            Self::MySql | Self::MariaDb | Self::Oracle => "",
        }
    }

    /// A name without quotes, as the database keeps it.
    pub(crate) fn fold(self, name: &str) -> String {
        match self {
            // PostgreSQL folds ASCII only, in a database that is not of one byte a character.
            Self::Postgres => name.to_ascii_lowercase(),
            Self::Oracle => name.to_uppercase(),
            Self::MySql | Self::MariaDb | Self::Sqlite | Self::SqlServer => name.to_owned(),
        }
    }

    /// What two names of tables have in common when the database takes them for the same. MySQL's are files, and
    /// `Orders` may stand beside `orders` where it mostly runs.
    pub(crate) fn key(self, name: &str) -> String {
        match self {
            Self::Postgres | Self::Oracle | Self::MySql | Self::MariaDb => name.to_owned(),
            Self::Sqlite | Self::SqlServer => name.to_lowercase(),
        }
    }

    /// Whether the database takes two names of columns, constraints or indexes for the same.
    pub(crate) fn same(self, a: &str, b: &str) -> bool {
        match self {
            Self::Postgres | Self::Oracle => a == b,
            Self::MySql | Self::MariaDb | Self::Sqlite | Self::SqlServer => {
                a.eq_ignore_ascii_case(b) || (!a.is_ascii() && a.to_lowercase() == b.to_lowercase())
            }
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
