//! English nouns in one and in many. A word may have several singulars (`cours` and `course` for `courses`), so that
//! two words are the same noun when any reading of one is a reading of the other.

use std::collections::BTreeSet;

/// Nouns whose plural follows no rule.
const IRREGULAR: [(&str, &str); 40] = [
    ("analysis", "analyses"),
    ("appendix", "appendices"),
    ("axis", "axes"),
    ("basis", "bases"),
    ("calf", "calves"),
    ("child", "children"),
    ("crisis", "crises"),
    ("criterion", "criteria"),
    ("datum", "data"),
    ("diagnosis", "diagnoses"),
    ("foot", "feet"),
    ("goose", "geese"),
    ("half", "halves"),
    ("hypothesis", "hypotheses"),
    ("index", "indices"),
    ("knife", "knives"),
    ("leaf", "leaves"),
    ("life", "lives"),
    ("loaf", "loaves"),
    ("man", "men"),
    ("matrix", "matrices"),
    ("medium", "media"),
    ("mouse", "mice"),
    ("ox", "oxen"),
    ("parenthesis", "parentheses"),
    ("person", "people"),
    ("phenomenon", "phenomena"),
    ("quiz", "quizzes"),
    ("self", "selves"),
    ("shelf", "shelves"),
    ("staff", "staves"),
    ("stimulus", "stimuli"),
    ("synopsis", "synopses"),
    ("thesis", "theses"),
    ("thief", "thieves"),
    ("tooth", "teeth"),
    ("vertex", "vertices"),
    ("wife", "wives"),
    ("wolf", "wolves"),
    ("woman", "women"),
];

/// The word itself and every noun of which it may be the plural. Two words with a reading in common are one noun, in
/// the same number or not. Only the last part of a name such as `order_items` has a number.
pub(crate) fn readings(name: &str) -> BTreeSet<String> {
    let (head, word) =
        name.rsplit_once('_').map_or(("", name), |(_, word)| (name.strip_suffix(word).unwrap_or(""), word));
    let mut readings = BTreeSet::from([word.to_owned()]);
    for (one, many) in IRREGULAR {
        if word == many {
            readings.insert(one.to_owned());
        }
        // Compounds: grandchildren, salespeople, businesswomen.
        if let Some(before) = word.strip_suffix(many).filter(|before| before.len() >= 3 && many.len() >= 5) {
            readings.insert(format!("{before}{one}"));
        }
    }
    let mut add = |ending: &str, singular: &str| {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= 2) {
            readings.insert(format!("{stem}{singular}"));
        }
    };
    add("ies", "y");
    add("ies", "ie");
    add("ves", "f");
    add("ves", "fe");
    for ending in ["ses", "xes", "zes", "ches", "shes", "oes"] {
        add(ending, ending.strip_suffix("es").unwrap_or(ending));
    }
    // News, status and address end in s without being plurals.
    if !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is") {
        add("s", "");
    }
    readings.into_iter().map(|word| format!("{head}{word}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same_noun(a: &str, b: &str) -> bool {
        !readings(a).is_disjoint(&readings(b))
    }

    #[test]
    fn plurals() {
        let pairs = "user users; order orders; category categories; company companies; address addresses; \
             status statuses; bus buses; hero heroes; course courses; house houses; case cases; database databases; \
             cache caches; warehouse warehouses; license licenses; purchase purchases; expense expenses; \
             response responses; exercise exercises; class classes; movie movies; cookie cookies; person people; \
             child children; analysis analyses; index indexes; index indices; quiz quizzes; leaf leaves; knife knives; \
             role roles; file files; invoice invoices; message messages; image images; device devices; \
             service services; employee employees; type types; page pages; article articles; box boxes; tax taxes; \
             branch branches; dish dishes; key keys; day days; city cities; country countries; potato potatoes; \
             photo photos; wife wives; man men; woman women; grandchild grandchildren; criterion criteria; \
             medium media; datum data; vertex vertices; matrix matrices; order_item order_items; \
             product_category product_categories; process processes; news news; series series; \
             size sizes; prize prizes; shoe shoes; university universities; alias aliases; campus campuses";
        let mut count = 0;
        for pair in pairs.split("; ") {
            let (one, many) = pair.split_once(' ').unwrap();
            assert!(same_noun(one, many), "{pair}");
            assert!(same_noun(many, one), "{pair}");
            count += 1;
        }
        assert!(count >= 60, "{count}");
    }

    #[test]
    fn different_nouns() {
        for (a, b) in [
            ("user", "use"),
            ("status", "stat"),
            ("address", "addres"),
            ("news", "new_item"),
            ("order", "orders_archive"),
            ("item", "order_items"),
            ("user_role", "users_role"),
            ("is", "i"),
            ("bus", "bu"),
            ("men", "women"),
        ] {
            assert!(!same_noun(a, b), "{a} {b}");
        }
    }
}
