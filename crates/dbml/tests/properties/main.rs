//! Laws over random documents and random texts.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod documents;

use dbml::{Version, parse, print_for};
use documents::{Wanted, document};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Everything that DBML can say is read as it was meant.
    #[test]
    fn what_is_printed_is_read(document in document(Wanted::Everything)) {
        let printed = print_for(&document, Version::Ten);
        prop_assert_eq!(&printed.left_out, &vec![]);
        prop_assert_eq!(&parse(&printed.text).0, &document, "{}", printed.text);
    }

    /// Without what only version 10 knows, nothing is left out for readers of version 8.
    #[test]
    fn version_8_loses_nothing_that_it_knows(document in document(Wanted::Common)) {
        let printed = print_for(&document, Version::Eight);
        prop_assert_eq!(&printed.left_out, &vec![]);
        let (again, _) = parse(&printed.text);
        prop_assert_eq!(&again, &document, "{}", printed.text);
        prop_assert_eq!(&print_for(&again, Version::Eight), &printed);
    }

    /// What is left out for version 8 is left out for good, and nothing else changes.
    #[test]
    fn printing_is_stable(document in document(Wanted::Everything)) {
        let text = dbml::print(&document);
        let (again, _) = parse(&text);
        prop_assert_eq!(&dbml::print(&again), &text);
    }

    /// Whatever is read has a schema whose objects are found under their own ids.
    #[test]
    fn every_document_has_a_schema(document in document(Wanted::Everything)) {
        let mut last = 0;
        let lowered = dbml::lower(&document, || { last += 1; last });
        for (id, table) in &lowered.schema.tables {
            prop_assert_eq!(*id, table.id);
            prop_assert!(table.columns.is_sorted_by_key(|column| column.rank));
            prop_assert!(lowered.schema.namespaces.contains_key(&table.namespace));
        }
    }

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        let (document, diagnostics) = parse(&text);
        for found in diagnostics {
            prop_assert!(text.get(found.span.start as usize..found.span.end as usize).is_some());
        }
        dbml::print(&document);
    }
}
