//! W02: a reference whose column holds fewer values than the key that it names.

use super::facts::Facts;
use super::fixes::retype;
use super::{Finding, Fix, Rule, Severity};
use schema::{BaseType, Column, ColumnPair, DataType, ObjectId, Table};

pub(super) const RULE: Rule = Rule {
    id: "W02",
    title: "Reference narrower than its key",
    why: "The two columns can be compared, and one day there are keys that the referencing column cannot hold: an \
          integer that names a bigint ends at 2,147,483,647, a shorter text is cut off, and a timestamp is compared \
          with a timestamptz in whatever time zone the session has. Give it the type of the key. A column that is wider \
          than its key loses nothing and is not told.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id bigint primary key);
             create table orders (id bigint primary key, user_id int references users (id));
             create index on orders (user_id);",
            "create table lands (code varchar(10) primary key);
             create table towns (id bigint primary key, land varchar(2) references lands (code));
             create index on towns (land);",
        ],
        spares: &[
            "create table users (id int primary key);
             create table orders (id bigint primary key, user_id bigint references users (id));
             create index on orders (user_id);",
            "create domain code as varchar(10);
             create table lands (code code primary key);
             create table towns (id bigint primary key, land text references lands (code));
             create index on towns (land);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for reference in &facts.references {
        let Some((table, referenced)) = facts.ends(reference) else { continue };
        for ColumnPair { referencing, referenced: key } in &reference.pairs {
            let (Some(mine), Some(theirs)) = (table.column(*referencing), referenced.column(*key)) else { continue };
            let types = [mine, theirs].map(|column| facts.schema.underlying(&column.data_type));
            let [narrow, wide] = &types;
            if !narrow.can_reference(wide) || !is_narrower(narrow, wide) {
                continue;
            }
            let message = format!(
                "{} is {} and names {}, which is {} and has values that do not fit; give both one type",
                facts.place(table, &[mine.id]),
                facts.schema.type_text(&mine.data_type.without_sequence()),
                facts.place(referenced, &[theirs.id]),
                facts.schema.type_text(&theirs.data_type.without_sequence()),
            );
            let objects = vec![ObjectId::Column(table.id, mine.id), ObjectId::Reference(reference.id)];
            found.push(RULE.found(objects, message, fix(facts, table, mine, theirs)));
        }
    }
    found
}

fn fix(facts: &Facts<'_>, table: &Table, mine: &Column, theirs: &Column) -> Option<Fix> {
    let edit = retype(facts, table, mine.id, &theirs.data_type)?;
    let becomes = facts.schema.type_text(&theirs.data_type.without_sequence());
    Fix::of(format!("{} becomes {becomes}", facts.place(table, &[mine.id])), vec![edit])
}

/// Whether some values of `wide` are none of `narrow`, or not the same ones.
fn is_narrower(narrow: &DataType, wide: &DataType) -> bool {
    let (Some(mine), Some(theirs)) = (narrow.base(), wide.base()) else { return false };
    if narrow.dimensions() > 0 || mine == theirs && mine == BaseType::Char {
        return false;
    }
    let moments = [BaseType::Date, BaseType::Timestamp, BaseType::TimestampTz];
    if moments.contains(&mine) && moments.contains(&theirs) {
        return mine != theirs;
    }
    match (rank(mine), rank(theirs)) {
        (Some(mine), Some(theirs)) if mine != theirs => mine < theirs,
        (Some(_), Some(_)) => false,
        _ => {
            let (limit, other) = (length(narrow), length(wide));
            limit.is_some_and(|limit| other.is_none_or(|other| limit < other))
        }
    }
}

/// The whole numbers, by how many there are.
fn rank(base: BaseType) -> Option<u8> {
    [BaseType::SmallInt, BaseType::Integer, BaseType::BigInt, BaseType::Numeric]
        .into_iter()
        .zip(0..)
        .find(|(other, _)| *other == base)
        .map(|(_, rank)| rank)
}

/// How many characters a text can have at most.
fn length(data_type: &DataType) -> Option<i32> {
    let is_limited = matches!(data_type.base(), Some(BaseType::Varchar | BaseType::Char));
    data_type.args().first().copied().filter(|_| is_limited)
}
