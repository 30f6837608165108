//! W15: types that there are better ones for.

use super::facts::Facts;
use super::fixes::retype;
use super::{Finding, Fix, Rule, Severity};
use schema::{BaseType, Column, DataType, ObjectId, Table};

pub(super) const RULE: Rule = Rule {
    id: "W15",
    title: "Type that there is a better one for",
    why: "char(n) pads with blanks that comparisons then leave out; text or varchar does neither. A timestamp without time \
          zone means another moment for each reader. money has the currency and the decimals of the server's settings. \
          json keeps its text and cannot be compared or indexed as jsonb can. A serial is a sequence and a default that \
          belong together only by habit; an identity column is one thing. An integer key ends at 2,147,483,647.",
    severity: Severity::Style,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table t (id bigint primary key, code char(4));",
            "create table t (id bigint primary key, at timestamp);",
            "create table t (id bigint primary key, price money);",
            "create table t (id bigint primary key, body json);",
            "create table t (id bigserial primary key);",
            "create table t (id int generated always as identity primary key);",
        ],
        spares: &[
            "create table t (id bigint generated always as identity primary key, code varchar(4), flag char(1),
               at timestamptz, price numeric(12, 2), body jsonb, small smallint, kinds json[]);",
            "create table t (id int primary key);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for table in facts.tables.iter().filter(|table| !facts.is_partition(table)) {
        found.extend(table.columns.iter().filter_map(|column| told(facts, table, column)));
    }
    found
}

fn told(facts: &Facts<'_>, table: &Table, column: &Column) -> Option<Finding> {
    let data_type = &column.data_type;
    let base = data_type.base().filter(|_| data_type.dimensions() == 0)?;
    let is_small_key = column.is_numbered()
        && base.without_sequence() == BaseType::Integer
        && table.primary_key().is_some_and(|key| key.columns == [column.id]);
    let args = data_type.args();
    let (words, better) = if base == BaseType::Char && args.first().is_some_and(|length| *length > 1) {
        let better = DataType::parse(&format!("varchar({})", args.first()?)).ok();
        ("pads what is in it with blanks; use varchar or text", better)
    } else if base == BaseType::Timestamp {
        // What the moments meant that are there, nobody but their author knows.
        ("means another moment in each time zone; use timestamptz", None)
    } else if base == BaseType::Money {
        ("depends on the settings of the server; use numeric", DataType::parse("numeric(19, 2)").ok())
    } else if base == BaseType::Json {
        ("cannot be compared or indexed; use jsonb", Some(DataType::of(BaseType::Jsonb)))
    } else if is_small_key {
        ("ends at 2,147,483,647; use bigint, here and where it is referenced", None)
    } else if data_type.has_sequence() {
        ("is a sequence and a default that only belong together by habit; use an identity column", None)
    } else {
        return None;
    };
    let message =
        format!("{} is {}, which {words}", facts.place(table, &[column.id]), facts.schema.type_text(data_type));
    let fix = better.and_then(|better| fix(facts, table, column, &better));
    Some(RULE.found(vec![ObjectId::Column(table.id, column.id)], message, fix))
}

/// Only for what holds no reference: the types of its two ends go together.
fn fix(facts: &Facts<'_>, table: &Table, column: &Column, better: &DataType) -> Option<Fix> {
    let holds = facts.outgoing(table.id).iter().any(|it| it.referencing_columns().contains(&column.id));
    let edit = if holds { None } else { retype(facts, table, column.id, better) };
    Fix::of(format!("{} becomes {better}", facts.place(table, &[column.id])), edit.into_iter().collect())
}
