//! Whatever is read as an expression is written as one that reads back equal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use schema::{Expression, Name};

fuzz_target!(|text: &str| {
    match Expression::parse(text) {
        Ok(expression) => {
            let written = expression.to_string();
            assert_eq!(Expression::parse(&written).as_ref(), Ok(&expression), "{written}");
            assert!(!written.contains(['\0', '\n', '\u{202E}']), "{written}");
            if let (Some(from), Ok(to)) = (expression.columns().first(), Name::parse("a \"b\"")) {
                let renamed = expression.with_column_renamed(from, &to);
                assert_eq!(Expression::parse(&renamed.to_string()), Ok(renamed));
            }
        }
        Err(error) => {
            assert!(error.offset <= text.len() && text.is_char_boundary(error.offset), "{error:?}");
            assert!(!error.message.is_empty() && error.message.len() < 500, "{error:?}");
        }
    }
});
