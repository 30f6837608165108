//! English nouns in one and in many. A word may have several singulars (`cours` and `course` for `courses`), so that
//! two words are the same noun when any reading of one is a reading of the other.

use std::collections::BTreeSet;

/// Nouns whose plural follows no rule.
const IRREGULAR: [(&str, &str); 69] = [
    ("alumnus", "alumni"),
    ("analysis", "analyses"),
    ("appendix", "appendices"),
    ("axis", "axes"),
    ("bacterium", "bacteria"),
    ("basis", "bases"),
    ("cactus", "cacti"),
    ("calf", "calves"),
    ("child", "children"),
    ("corpus", "corpora"),
    ("crisis", "crises"),
    ("criterion", "criteria"),
    ("curriculum", "curricula"),
    ("datum", "data"),
    ("diagnosis", "diagnoses"),
    ("dwarf", "dwarves"),
    ("elf", "elves"),
    ("erratum", "errata"),
    ("foot", "feet"),
    ("formula", "formulae"),
    ("fungus", "fungi"),
    ("genus", "genera"),
    ("goose", "geese"),
    ("guru", "gurus"),
    ("half", "halves"),
    ("hoof", "hooves"),
    ("hypothesis", "hypotheses"),
    ("index", "indices"),
    ("knife", "knives"),
    ("larva", "larvae"),
    ("leaf", "leaves"),
    ("lens", "lenses"),
    ("life", "lives"),
    ("loaf", "loaves"),
    ("locus", "loci"),
    ("man", "men"),
    ("matrix", "matrices"),
    ("maximum", "maxima"),
    ("medium", "media"),
    ("menu", "menus"),
    ("millennium", "millennia"),
    ("minimum", "minima"),
    ("mouse", "mice"),
    ("nebula", "nebulae"),
    ("nucleus", "nuclei"),
    ("oasis", "oases"),
    ("ox", "oxen"),
    ("parenthesis", "parentheses"),
    ("person", "people"),
    ("phenomenon", "phenomena"),
    ("quiz", "quizzes"),
    ("radius", "radii"),
    ("schema", "schemata"),
    ("self", "selves"),
    ("shelf", "shelves"),
    ("staff", "staves"),
    ("stimulus", "stimuli"),
    ("stratum", "strata"),
    ("syllabus", "syllabi"),
    ("synopsis", "synopses"),
    ("terminus", "termini"),
    ("thesis", "theses"),
    ("thief", "thieves"),
    ("tooth", "teeth"),
    ("vertex", "vertices"),
    ("wharf", "wharves"),
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
        if let Some(before) =
            word.strip_suffix(many).filter(|before| before.len() >= 3 && (many.len() >= 5 || many == "men"))
        {
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

/// The likeliest singular of a name, of which only the last part has a number. What is none in many stays as it is.
pub(crate) fn singular(name: &str) -> String {
    const STAY: [&str; 2] = ["series", "species"];
    const DROP_S: [&str; 8] = ["cookies", "movies", "zombies", "selfies", "caches", "niches", "shoes", "toes"];
    let word = name.rsplit('_').next().unwrap_or(name);
    let lower = word.to_lowercase();
    let head = name.strip_suffix(word).unwrap_or_default();
    if let Some((one, _)) = IRREGULAR.iter().find(|(_, many)| *many == lower) {
        return format!("{head}{one}");
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let (cut, put) = if STAY.contains(&lower.as_str()) || ends(&["ss", "us", "is"]) || !ends(&["s"]) {
        (0, "")
    } else if DROP_S.contains(&lower.as_str()) || ends(&["ouses", "auses"]) {
        (1, "")
    } else if ends(&["ies"]) && lower.len() > 4 {
        (3, "y")
    } else if ends(&["sses", "buses", "nuses", "puses", "ruses", "tuses", "xes", "ches", "shes", "zzes", "oes"]) {
        (2, "")
    } else {
        (1, "")
    };
    let kept = word.len().saturating_sub(cut);
    format!("{head}{}{put}", word.get(..kept).unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singulars() {
        let pairs = "comment comments; category categories; address addresses; status statuses; status status; \
             box boxes; branch branches; house houses; course courses; case cases; clause clauses; movie movies; \
             person people; child children; order_item order_items; OrderItem OrderItems; hero heroes; tie ties; \
             news_item news_items; series series; analysis analysis; staff staff; cache caches; user users; class classes; bonus bonuses";
        for pair in pairs.split("; ") {
            let (one, many) = pair.trim().split_once(' ').unwrap();
            assert_eq!(singular(many), one);
        }
    }

    fn same_noun(a: &str, b: &str) -> bool {
        !readings(a).is_disjoint(&readings(b))
    }

    #[test]
    fn plurals() {
        let pairs = "user users; order orders; category categories; company companies; address addresses; \
             status statuses; bus buses; hero heroes; course courses; house houses; case cases; \
             database databases; cache caches; warehouse warehouses; license licenses; purchase purchases; \
             expense expenses; response responses; exercise exercises; class classes; movie movies; \
             cookie cookies; person people; child children; analysis analyses; index indexes; index indices; \
             quiz quizzes; leaf leaves; knife knives; role roles; file files; invoice invoices; \
             message messages; image images; device devices; service services; employee employees; type types; \
             page pages; article articles; box boxes; tax taxes; branch branches; dish dishes; key keys; \
             day days; city cities; country countries; potato potatoes; photo photos; wife wives; man men; \
             woman women; grandchild grandchildren; criterion criteria; medium media; datum data; \
             vertex vertices; matrix matrices; order_item order_items; product_category product_categories; \
             process processes; news news; series series; size sizes; prize prizes; shoe shoes; \
             university universities; alias aliases; campus campuses; account accounts; activity activities; \
             agency agencies; agenda agendas; agent agents; agreement agreements; airline airlines; \
             album albums; alert alerts; allergy allergies; ally allies; answer answers; appendix appendices; \
             appendix appendixes; apple apples; appliance appliances; approach approaches; artist artists; \
             asset assets; assignee assignees; attendee attendees; audit audits; author authors; \
             authority authorities; axis axes; badge badges; balance balances; bank banks; basis bases; \
             basket baskets; batch batches; battery batteries; bench benches; bill bills; board boards; \
             body bodies; bonus bonuses; book books; booking bookings; boss bosses; brand brands; \
             bridge bridges; browser browsers; brush brushes; budget budgets; building buildings; \
             bundle bundles; business businesses; cactus cacti; calendar calendars; calf calves; \
             campaign campaigns; candidate candidates; carrier carriers; cart carts; century centuries; \
             certificate certificates; chairman chairmen; change changes; channel channels; charge charges; \
             choice choices; church churches; circus circuses; claim claims; cliff cliffs; clause clauses; \
             clinic clinics; coach coaches; code codes; colony colonies; comment comments; \
             commodity commodities; compass compasses; component components; condition conditions; \
             contact contacts; contract contracts; corpus corpora; coupon coupons; crash crashes; crew crews; \
             crisis crises; currency currencies; curriculum curricula; curve curves; customer customers; \
             cycle cycles; deadline deadlines; delivery deliveries; department departments; \
             dependency dependencies; diagnosis diagnoses; diary diaries; directory directories; \
             discipline disciplines; discount discounts; dose doses; draft drafts; drive drives; duty duties; \
             dwarf dwarves; echo echoes; edge edges; elf elves; embargo embargoes; enemy enemies; \
             enquiry enquiries; entity entities; entry entries; enzyme enzymes; episode episodes; error errors; \
             event events; exam exams; exchange exchanges; factory factories; faculty faculties; \
             fallacy fallacies; family families; fax faxes; fee fees; field fields; fix fixes; flash flashes; \
             fleet fleets; flight flights; focus focuses; foot feet; formula formulae; formula formulas; \
             franchise franchises; frequency frequencies; fungus fungi; galaxy galaxies; gallery galleries; \
             game games; gas gases; genre genres; genus genera; glass glasses; goose geese; grade grades; \
             group groups; guess guesses; half halves; hash hashes; head heads; history histories; \
             holiday holidays; hoof hooves; horse horses; hotel hotels; hypothesis hypotheses; \
             identity identities; industry industries; ingredient ingredients; inquiry inquiries; \
             inventory inventories; issue issues; item items; job jobs; journey journeys; judge judges; \
             language languages; larva larvae; lecture lectures; lens lenses; library libraries; life lives; \
             line lines; link links; list lists; loaf loaves; lobby lobbies; locus loci; loss losses; \
             lunch lunches; machine machines; manager managers; mango mangoes; mass masses; match matches; \
             maximum maxima; measure measures; memory memories; menu menus; merchandise merchandise; \
             method methods; mouse mice; movement movements; nebula nebulae; node nodes; note notes; \
             notice notices; nucleus nuclei; oasis oases; offer offers; office offices; option options; ox oxen; \
             package packages; parenthesis parentheses; party parties; pass passes; patch patches; payee payees; \
             payment payments; penny pennies; permission permissions; phase phases; phenomenon phenomena; \
             piece pieces; place places; playlist playlists; pass_code pass_codes; policy policies; \
             policeman policemen; port ports; price prices; priority priorities; privilege privileges; \
             product products; profile profiles; property properties; province provinces; query queries; \
             quantity quantities; queue queues; race races; radius radii; ratio ratios; receipt receipts; \
             region regions; release releases; reply replies; report reports; request requests; \
             resource resources; revenue revenues; review reviews; route routes; rule rules; salary salaries; \
             salesperson salespeople; sale sales; schedule schedules; schema schemas; schema schemata; \
             season seasons; sequence sequences; shelf shelves; ship ships; shipment shipments; \
             society societies; source sources; species species; speech speeches; spouse spouses; staff staves; \
             stage stages; state states; statistic statistics; stimulus stimuli; stock stocks; store stores; \
             story stories; strategy strategies; stratum strata; street streets; student students; \
             studio studios; success successes; summary summaries; supply supplies; survey surveys; \
             switch switches; syllabus syllabi; synopsis synopses; table tables; tag tags; task tasks; \
             team teams; territory territories; terminus termini; thesis theses; thief thieves; ticket tickets; \
             tomato tomatoes; tooth teeth; topic topics; track tracks; transaction transactions; \
             trolley trolleys; truck trucks; update updates; user_process user_processes; vacancy vacancies; \
             valley valleys; value values; variety varieties; vehicle vehicles; venue venues; veto vetoes; \
             virus viruses; visit visits; voice voices; waltz waltzes; warranty warranties; watch watches; \
             wharf wharves; wish wishes; witness witnesses; wolf wolves; workman workmen; zone zones; \
             bacterium bacteria; erratum errata; millennium millennia; alumnus alumni; self selves; \
             bookshelf bookshelves; housewife housewives; midwife midwives";
        let mut count = 0;
        for pair in pairs.split("; ") {
            let (one, many) = pair.split_once(' ').unwrap();
            assert!(same_noun(one, many), "{pair}");
            assert!(same_noun(many, one), "{pair}");
            count += 1;
        }
        assert!(count >= 300, "{count}");
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
