//! Laws that hold for every input.

use proptest::prelude::*;
use schema::testing::{
    arbitrary_breakage, arbitrary_broken_schema, arbitrary_data_type, arbitrary_expression, arbitrary_schema, name,
};
use schema::{DataType, Diagnostic, Expression, Name, Schema, validate, validate_change};
use std::collections::BTreeSet;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn an_expression_reads_back_as_it_was(expression in arbitrary_expression()) {
        let text = expression.to_string();
        prop_assert_eq!(Expression::parse(&text), Ok(expression), "{}", text);
    }

    #[test]
    fn what_is_written_is_written_the_same_again(text in "[-a-c0-9 '\"()=<>!~|+*/%,:.]{0,20}") {
        if let Ok(expression) = Expression::parse(&text) {
            let written = expression.to_string();
            let again = Expression::parse(&written);
            prop_assert_eq!(again.as_ref(), Ok(&expression), "{} -> {}", text, written);
        }
    }

    #[test]
    fn a_wide_expression_is_written_the_same_again(text in r#"[-a-cE0-9 '"()=<>!~|+*/%,:.$\[\]\\\n]{0,20}"#) {
        if let Ok(expression) = Expression::parse_wide(&text) {
            let written = expression.to_string();
            let again = Expression::parse_wide(&written);
            prop_assert_eq!(again.as_ref(), Ok(&expression), "{} -> {}", text, written);
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,60}", cut in any::<prop::sample::Index>()) {
        let _ = (Expression::parse(&text), Expression::parse_wide(&text), DataType::parse(&text), Name::parse(&text));
        let at = (0..=cut.index(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let _ = Expression::parse(&text[at..]);
    }

    #[test]
    fn an_error_points_into_the_text(text in "[a-z'\"(); $äß日\u{202E}\0-]{0,20}") {
        if let Err(error) = Expression::parse(&text) {
            prop_assert!(error.offset <= text.len() && text.is_char_boundary(error.offset), "{error:?}");
            prop_assert!(!error.message.contains(['\u{202E}', '\0']), "{error:?}");
        }
    }

    #[test]
    fn renaming_a_column_renames_it_everywhere(expression in arbitrary_expression(), to in name()) {
        for from in expression.columns() {
            let renamed = expression.with_column_renamed(&from, &to);
            let mut expected = expression.columns();
            expected.remove(&from);
            expected.insert(to.clone());
            prop_assert_eq!(renamed.columns(), expected);
            prop_assert_eq!(Expression::parse(&renamed.to_string()), Ok(renamed));
        }
    }

    #[test]
    fn a_type_reads_back_as_it_was(data_type in arbitrary_data_type()) {
        prop_assert_eq!(DataType::parse(&data_type.to_string()), Ok(data_type));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_generated_schema_is_valid(schema in arbitrary_schema()) {
        prop_assert_eq!(validate(&schema), vec![]);
    }

    #[test]
    fn a_change_is_judged_like_the_whole((before, after) in arbitrary_breakage()) {
        let sorted = |mut findings: Vec<Diagnostic>| {
            findings.sort_by(|one, other| (one.code, one.object, &one.message).cmp(&(other.code, other.object, &other.message)));
            findings
        };
        prop_assert_eq!(sorted(validate_change(&before, &after)), sorted(validate(&after)));
    }

    #[test]
    fn a_schema_reads_back_as_it_was(schema in arbitrary_schema()) {
        let text = serde_json::to_string(&schema).unwrap();
        prop_assert_eq!(serde_json::from_str::<Schema>(&text).unwrap(), schema);
    }

    #[test]
    fn a_broken_schema_is_judged_without_panic(schema in arbitrary_broken_schema()) {
        let findings = validate(&schema);
        let distinct: BTreeSet<String> = findings.iter().map(|one| format!("{one:?}")).collect();
        prop_assert_eq!(distinct.len(), findings.len(), "a finding is told twice: {:#?}", findings);
    }
}
