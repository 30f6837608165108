//! Every rule on its own examples, and all of them on random schemas.

use super::*;
use interchange::{Dialect, Format};
use proptest::prelude::*;
use schema::testing::{arbitrary_broken_schema, arbitrary_schema};

/// Schemas in SQL.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cases {
    /// The rule finds something in each.
    pub(crate) finds: &'static [&'static str],
    /// The rule finds nothing in any.
    pub(crate) spares: &'static [&'static str],
}

/// The schema that a script makes.
pub(crate) fn read(sql: &str) -> Schema {
    let mut last = 0;
    let mut next = || {
        last += 1;
        last
    };
    interchange::read(sql, Format::Sql(Dialect::Postgres), &mut next).schema
}

fn of<'a>(found: &'a [Finding], rule: &Rule) -> Vec<&'a Finding> {
    found.iter().filter(|finding| finding.rule == rule.id).collect()
}

fn check(rule: &Rule) {
    let id = rule.id;
    assert!(!rule.cases.finds.is_empty() && !rule.cases.spares.is_empty(), "{id} has examples of both kinds");
    for sql in rule.cases.finds {
        let schema = read(sql);
        let before = lint(&schema);
        let own = of(&before, rule);
        assert!(!own.is_empty(), "{id} finds something in {sql}, which has {before:#?}");
        for finding in own {
            assert!(finding.severity >= rule.severity, "{id} is as bad as it says at most");
            assert!(!finding.message.ends_with('.') && !finding.objects.is_empty(), "{finding:#?}");
            let Some(fix) = &finding.fix else { continue };
            let mut fixed = schema.clone();
            edit::apply_all(&mut fixed, &fix.edits).unwrap_or_else(|error| panic!("{id} in {sql}: {error:?}"));
            let after = lint(&fixed);
            assert!(after.iter().all(|it| it.key() != finding.key()), "{id} is mended in {sql}: {after:#?}");
            assert_eq!(caused(&schema, &fixed), vec![], "the fix of {id} makes nothing worse in {sql}");
            let is_back = caused(&fixed, &schema).iter().any(|it| it.key() == finding.key());
            assert!(is_back, "{id} is caused by taking its fix back in {sql}");
        }
    }
    for sql in rule.cases.spares {
        assert_eq!(of(&lint(&read(sql)), rule), Vec::<&Finding>::new(), "{id} finds nothing in {sql}");
    }
}

#[test]
fn every_rule_finds_its_examples_and_spares_the_others() {
    RULES.iter().for_each(check);
}

#[test]
fn rules_are_in_order_and_can_be_looked_up() {
    assert!(RULES.is_sorted_by(|one, other| one.id < other.id));
    for of in RULES {
        assert_eq!(rule(of.id).map(|it| it.title), Some(of.title));
        assert!(of.why.ends_with('.') && of.why.len() > 80, "{} says why", of.id);
    }
    assert!(rule("E99").is_none());
}

/// Which rules have a fix for each of their examples.
#[test]
fn what_can_be_mended_is() {
    let has_fix = |rule: &&Rule| {
        rule.cases.finds.iter().all(|sql| of(&lint(&read(sql)), rule).iter().all(|finding| finding.fix.is_some()))
    };
    let with: Vec<&str> = RULES.iter().filter(has_fix).map(|rule| rule.id).collect();
    assert_eq!(
        with,
        [
            "E01", "E02", "E03", "E04", "E06", "E08", "W01", "W02", "W03", "W04", "W08", "W09", "W13", "W17", "W18",
            "W19"
        ]
    );
}

/// The page that lists the rules is made of what they say of themselves.
#[test]
fn the_page_says_what_the_rules_say() {
    let mut page = String::from(
        "# Lints\n\nWhat `crowfoot lint` and the list of problems in the editor find. This page is made of what the rules say \
         of themselves,\nby a test of `advise` with `UPDATE_EXPECT=1`.\n",
    );
    for rule in RULES {
        let (id, title, why, severity) = (rule.id, rule.title, rule.why, rule.severity.as_str());
        let bare = |sql: &str| sql.lines().map(str::trim).collect::<Vec<_>>().join("\n");
        let example = rule.cases.finds.first().map(|sql| bare(sql)).unwrap_or_default();
        page.push_str(&format!("\n## {id}: {title}\n\n{why} ({severity})\n\n```sql\n{example}\n```\n"));
    }
    expect_test::expect_file!["../../../../docs/lints.md"].assert_eq(&page);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_it_is_given_it_answers_the_same(schema in arbitrary_broken_schema()) {
        prop_assert_eq!(lint(&schema), lint(&schema));
        prop_assert_eq!(caused(&schema, &schema), vec![]);
    }

    #[test]
    fn every_fix_applies_and_mends(schema in arbitrary_schema()) {
        for finding in lint(&schema) {
            let Some(fix) = &finding.fix else { continue };
            let mut fixed = schema.clone();
            prop_assert_eq!(edit::apply_all(&mut fixed, &fix.edits), Ok(()));
            prop_assert!(lint(&fixed).iter().all(|it| it.key() != finding.key()), "{:#?}", finding);
        }
    }
}
