//! Hostile names, types and expressions: refused with a message, or kept as harmless values. The lists stand in
//! `data/hostile`, where the tests of other parts read them too; lines are decoded as `schema::testing::hostile` says.

use schema::testing::hostile;
use schema::{DataType, Expression, Name};

fn has_readable_message(message: &str) -> bool {
    let hidden = |c: char| {
        c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    !message.is_empty() && message.len() < 300 && !message.contains(hidden)
}

#[test]
fn hostile_expressions_are_refused() {
    for text in hostile::REFUSED_EXPRESSIONS.iter() {
        let read = Expression::parse(&text);
        assert!(read.as_ref().is_err_and(|error| has_readable_message(&error.message)), "{text:?}: {read:?}");
    }
}

#[test]
fn some_are_refused_however_wide() {
    for text in hostile::REFUSED_WIDE.iter() {
        let read = Expression::parse_wide(&text);
        assert!(read.as_ref().is_err_and(|error| has_readable_message(&error.message)), "{text:?}: {read:?}");
    }
    // What the grammar refuses and this does not is one value all the same, and reads back as it was.
    for text in hostile::REFUSED_EXPRESSIONS.iter() {
        let Ok(read) = Expression::parse_wide(&text) else { continue };
        assert_eq!(Expression::parse_wide(&read.to_string()).as_ref(), Ok(&read), "{text:?} was written as {read}");
    }
}

#[test]
fn harmless_expressions_stay_one_value() {
    for text in hostile::HARMLESS_EXPRESSIONS.iter() {
        let read = Expression::parse(&text);
        assert!(read.is_ok(), "{text:?}: {read:?}");
        let written = read.clone().map(|expression| expression.to_string()).unwrap_or_default();
        assert_eq!(Expression::parse(&written), read, "{text:?} was written as {written:?}");
    }
}

#[test]
fn hostile_types_are_refused() {
    for text in hostile::REFUSED_TYPES.iter() {
        let read = DataType::parse(&text);
        let message = read.as_ref().map_or_else(ToString::to_string, ToString::to_string);
        assert!(read.is_err() && has_readable_message(&message), "{text:?}: {message:?}");
        let cast = Expression::parse(&format!("'x'::{text}"));
        assert!(cast.is_err(), "{text:?} was read as {cast:?}");
    }
}

#[test]
fn hostile_names_are_refused() {
    for text in hostile::REFUSED_NAMES.iter() {
        let read = Name::parse(&text);
        assert!(read.as_ref().is_err_and(|error| has_readable_message(&error.to_string())), "{text:?}: {read:?}");
    }
}

#[test]
fn harmless_names_are_kept() {
    for text in hostile::HARMLESS_NAMES.iter() {
        assert_eq!(Name::parse(&text).map(String::from), Ok(text.clone()));
        let quoted = format!("\"{}\" IS NULL", text.replace('"', "\"\""));
        let columns = Expression::parse(&quoted).map(|read| (read.columns(), Expression::parse(&read.to_string())));
        let columns = columns.map(|(columns, again)| (columns.first().map(ToString::to_string), again.is_ok()));
        assert_eq!(columns, Ok((Some(text.clone()), true)), "{quoted}");
    }
}
