//! Laws over any two schemas.

use ddl::{export, plan};
use proptest::prelude::*;
use schema::testing::{arbitrary_broken_schema, arbitrary_schema};

proptest! {
    #[test]
    fn equal_schemas_need_nothing(schema in arbitrary_schema()) {
        prop_assert!(plan(&schema, &schema).is_empty());
        prop_assert_eq!(export(&schema), export(&schema.clone()));
    }

    #[test]
    fn any_two_schemas_have_a_plan(base in arbitrary_broken_schema(), target in arbitrary_broken_schema()) {
        let plan = plan(&base, &target);
        for step in &plan.steps {
            prop_assert!(!step.sql.is_empty());
            // What else hangs on an object is dropped by a step of its own, or refused.
            prop_assert!(!(step.sql.contains("DROP ") && step.sql.ends_with("CASCADE")), "{}", step.sql);
        }
        export(&base);
    }

    #[test]
    fn everything_can_be_made_and_removed(schema in arbitrary_schema()) {
        let empty = schema::Schema::default();
        prop_assert_eq!(plan(&empty, &schema).refusals, vec![]);
        prop_assert_eq!(plan(&schema, &empty).refusals, vec![]);
    }
}
