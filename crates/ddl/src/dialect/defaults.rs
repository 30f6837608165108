//! Defaults of columns: literals as the type of the column wants them, and what each dialect calls this moment.
#![expect(clippy::wildcard_enum_match_arm, reason = "few types want their literals otherwise than as they are")]

use super::calls::Moment;
use super::types::ColumnType;
use super::{Dialect, Writer};
use schema::{BaseType, Column, Expr, Expression, ObjectId, Table, TypeDefinition, UnaryOperator};

impl Writer<'_> {
    /// What stands behind DEFAULT, if there is a default that the dialect can say.
    pub(super) fn default_of(&mut self, table: &Table, column: &Column) -> Option<String> {
        let default = column.default.as_ref().or_else(|| self.default_of_domain(column))?.clone();
        let found = self.types.get(&(table.id, column.id))?.clone();
        match self.default_text(table, &default, &found) {
            Ok(text) => text,
            Err(what) => {
                let what =
                    format!("its default {default} was left out: {} has no equal for {what}", self.rules.dialect);
                self.note(ObjectId::Column(table.id, column.id), what);
                None
            }
        }
    }

    fn default_of_domain(&self, column: &Column) -> Option<&Expression> {
        let mut at = self.schema.user_type(column.data_type.user_type()?)?;
        for _ in 0..16 {
            let TypeDefinition::Domain(domain) = &at.definition else { return None };
            if domain.default.is_some() {
                return domain.default.as_ref();
            }
            at = self.schema.user_type(domain.base.user_type()?)?;
        }
        None
    }

    fn default_text(&self, table: &Table, default: &Expression, found: &ColumnType) -> Result<Option<String>, String> {
        let mut tree = default.tree().ok_or("what only PostgreSQL knows")?;
        // The column has the type that a literal is cast to, or one that it fits.
        while let Expr::Cast(inner, _) = tree
            && matches!(**inner, Expr::String(_) | Expr::Null | Expr::Number(_) | Expr::Cast(..))
        {
            tree = inner;
        }
        let bracketed = |text: String| if self.rules.bracketed_defaults { format!("({text})") } else { text };
        let literal = |text: String| if found.is_large && self.is_my() { format!("({text})") } else { text };
        Ok(Some(match tree {
            Expr::Null => return Ok(None),
            Expr::String(text) => literal(self.literal_for(text, found)?),
            Expr::Boolean(value) if found.is_boolean() => self.boolean(*value),
            Expr::Number(text) => literal(text.clone()),
            Expr::Unary(UnaryOperator::Minus, inner) if matches!(**inner, Expr::Number(_)) => {
                literal(self.words(table).value(tree)?)
            }
            Expr::Call(name, _) | Expr::Keyword(name) => match Moment::of(name) {
                Some(moment) => self.moment(moment, found)?,
                None => bracketed(self.words(table).value(tree)?),
            },
            _ => bracketed(self.words(table).value(tree)?),
        }))
    }

    fn is_my(&self) -> bool {
        matches!(self.rules.dialect, Dialect::MySql | Dialect::MariaDb)
    }

    fn boolean(&self, value: bool) -> String {
        match self.rules.booleans {
            true => value.to_string().to_ascii_uppercase(),
            false => u8::from(value).to_string(),
        }
    }

    /// A text as a value of the type.
    fn literal_for(&self, text: &str, found: &ColumnType) -> Result<String, String> {
        let dialect = self.rules.dialect;
        let quoted = || Ok((self.rules.literal)(text));
        if found.is_array {
            return if text == "{}" { Ok((self.rules.literal)("[]")) } else { Err("an array".to_owned()) };
        }
        if text.is_empty() && dialect == Dialect::Oracle {
            return Err("an empty text".to_owned());
        }
        let Some(base) = found.base else { return quoted() };
        match base {
            BaseType::Boolean => match text.to_ascii_lowercase().as_str() {
                "t" | "true" | "y" | "yes" | "on" | "1" => Ok(self.boolean(true)),
                "f" | "false" | "n" | "no" | "off" | "0" => Ok(self.boolean(false)),
                _ => Err("this value".to_owned()),
            },
            base if base.is_number() => {
                let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
                if is_number { Ok(text.trim().to_owned()) } else { Err("this value".to_owned()) }
            }
            BaseType::Date | BaseType::Timestamp | BaseType::TimestampTz | BaseType::Time => {
                if !is_moment(text, base) {
                    return Err("this value".to_owned());
                }
                match (dialect, base) {
                    (Dialect::Oracle, BaseType::Date) => Ok(format!("DATE '{text}'")),
                    (Dialect::Oracle, BaseType::Timestamp | BaseType::TimestampTz) if text.len() == 10 => {
                        Ok(format!("TIMESTAMP '{text} 00:00:00'"))
                    }
                    (Dialect::Oracle, BaseType::Timestamp | BaseType::TimestampTz) => Ok(format!("TIMESTAMP '{text}'")),
                    _ => quoted(),
                }
            }
            BaseType::Bytea => self.bytes(text),
            BaseType::Uuid if dialect == Dialect::Oracle => Err("this value".to_owned()),
            BaseType::Point | BaseType::Polygon if self.is_my() => Err("this value".to_owned()),
            BaseType::Bit => Err("this value".to_owned()),
            _ => quoted(),
        }
    }

    /// `\x0a` in the dialect's way.
    fn bytes(&self, text: &str) -> Result<String, String> {
        let digits = text.strip_prefix("\\x").filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let digits = digits.filter(|it| it.len().is_multiple_of(2)).ok_or("these bytes")?;
        Ok(match self.rules.dialect {
            Dialect::MySql | Dialect::MariaDb => format!("(X'{digits}')"),
            Dialect::Sqlite => format!("X'{digits}'"),
            Dialect::SqlServer => format!("0x{digits}"),
            Dialect::Oracle => format!("HEXTORAW('{digits}')"),
        })
    }

    fn moment(&self, moment: Moment, found: &ColumnType) -> Result<String, String> {
        use Dialect::{MariaDb, MySql, Oracle, SqlServer, Sqlite};
        let refused = || "this value".to_owned();
        let base = found.base.ok_or_else(refused)?;
        let digits =
            found.text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(digits, _)| digits);
        let is_text = matches!(base, BaseType::Text | BaseType::Varchar | BaseType::Char);
        let text = match (moment, base, self.rules.dialect) {
            (Moment::Now, BaseType::Timestamp | BaseType::TimestampTz, MySql | MariaDb) => {
                return Ok(format!("CURRENT_TIMESTAMP({digits})"));
            }
            (Moment::Now, BaseType::TimestampTz, SqlServer) => "SYSDATETIMEOFFSET()",
            (Moment::Now, BaseType::Timestamp, SqlServer) => "SYSDATETIME()",
            (Moment::Now, BaseType::TimestampTz | BaseType::Timestamp, Oracle) => "SYSTIMESTAMP",
            (Moment::Now, BaseType::TimestampTz | BaseType::Timestamp, Sqlite) => "CURRENT_TIMESTAMP",
            (Moment::Now | Moment::Today, BaseType::Date, MySql | MariaDb) => "(CURRENT_DATE)",
            (Moment::Now | Moment::Today, BaseType::Date, Sqlite) => "CURRENT_DATE",
            (Moment::Now | Moment::Today, BaseType::Date, SqlServer) => "(CAST(SYSDATETIME() AS DATE))",
            (Moment::Now | Moment::Today, BaseType::Date, Oracle) => "TRUNC(SYSDATE)",
            (Moment::Now | Moment::TimeOfDay, BaseType::Time, MySql | MariaDb) => "(CURRENT_TIME)",
            (Moment::Now | Moment::TimeOfDay, BaseType::Time, Sqlite) => "CURRENT_TIME",
            (Moment::Now | Moment::TimeOfDay, BaseType::Time, SqlServer) => "(CAST(SYSDATETIME() AS TIME))",
            (Moment::Uuid, BaseType::Uuid, MySql | MariaDb) => "(UUID())",
            (Moment::Uuid, BaseType::Uuid, SqlServer) => "NEWID()",
            (Moment::Uuid, BaseType::Uuid, Oracle) => "SYS_GUID()",
            (Moment::Uuid, BaseType::Uuid, Sqlite) => {
                "(LOWER(HEX(RANDOMBLOB(4)) || '-' || HEX(RANDOMBLOB(2)) || '-4' || SUBSTR(HEX(RANDOMBLOB(2)), 2) || '-' \
                 || SUBSTR('89AB', ABS(RANDOM() % 4) + 1, 1) || SUBSTR(HEX(RANDOMBLOB(2)), 2) || '-' || \
                 HEX(RANDOMBLOB(6))))"
            }
            (Moment::User, _, MariaDb | MySql) if is_text => "(CURRENT_USER())",
            (Moment::User, _, SqlServer) if is_text => "SUSER_SNAME()",
            (Moment::User, _, Oracle) if is_text => "USER",
            (Moment::Random, _, MySql | MariaDb) if base.is_number() => "(RAND())",
            (Moment::Random, _, SqlServer) if base.is_number() => "(RAND())",
            _ => return Err(refused()),
        };
        Ok(text.to_owned())
    }
}

/// Whether the text is a date, time or both as every database reads it: `2000-01-31`, `12:00:00`, `2000-01-31 12:00:00`.
pub(super) fn is_moment(text: &str, base: BaseType) -> bool {
    let is_shaped = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                other => byte == other,
            })
    };
    let parts_of =
        |text: &str| text.split(':').filter_map(|part| part.parse::<u8>().ok()).collect::<Vec<_>>().into_iter();
    let parts = |at: std::ops::Range<usize>| text.get(at).and_then(|part| part.parse::<u8>().ok()).unwrap_or(0);
    let is_date = |text: &str| {
        is_shaped(text, "0000-00-00") && (1..=12).contains(&parts(5..7)) && (1..=31).contains(&parts(8..10))
    };
    let is_time = |text: &str| is_shaped(text, "00:00:00") && text < "24" && parts_of(text).all(|part| part < 60);
    match base {
        BaseType::Time => is_time(text),
        BaseType::Date => is_date(text),
        _ => is_date(text) || text.split_once(' ').is_some_and(|(date, time)| is_date(date) && is_time(time)),
    }
}
