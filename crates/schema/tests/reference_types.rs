//! Which types may reference which, against what PostgreSQL itself answered for each pair.

use schema::DataType;

/// Every type of the list, and arrays of many: what PostgreSQL 15 lets reference a unique column of the type. A line is
/// the referenced type and, after a tab, the referencing ones.
const ALL_TYPES: &str = include_str!("data/reference_types.tsv");

#[test]
fn postgresql_agrees_on_every_type_of_the_list() {
    let rows: Vec<(&str, Vec<&str>)> = ALL_TYPES
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(to, from)| (to, from.split('|').collect()))
        .collect();
    let mut wrong = Vec::new();
    for (to_text, accepted) in &rows {
        let to = DataType::parse(to_text).unwrap();
        for (from_text, _) in &rows {
            let from = DataType::parse(from_text).unwrap();
            // Arrays of what has no order are accepted by PostgreSQL too, which then refuses every row.
            let expect = accepted.contains(from_text) && to.can_be_key();
            if from.can_reference(&to) != expect {
                wrong.push(format!("{from_text} -> {to_text}: PostgreSQL says {expect}"));
            }
        }
    }
    assert!(rows.len() > 70 && wrong.is_empty(), "{}", wrong.join("\n"));
}
