//! Names as people read them: the words of a name, what its last word says about it, and which words are one noun.

use crate::plural::readings;
use std::collections::BTreeMap;

/// What a name says about its column beside the thing that it is about: `user_id` is an id, of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// `user_id`, `userId`, `id_user`, `user_oid`.
    Id,
    /// `user_uuid`, `user_guid`.
    Uuid,
    /// `user_fk`, `fk_user`, `user_ref`.
    Reference,
    /// `user_key`.
    Key,
    /// `country_code`.
    Code,
    /// `dept_no`, `dept_number`.
    Number,
    /// `owner`: nothing.
    Bare,
}

const CLASSES: [(&str, Class); 23] = [
    ("id", Class::Id),
    ("ids", Class::Id),
    ("oid", Class::Id),
    ("iid", Class::Id),
    ("rid", Class::Id),
    ("pid", Class::Id),
    ("uuid", Class::Uuid),
    ("guid", Class::Uuid),
    ("uid", Class::Uuid),
    ("fk", Class::Reference),
    ("fkey", Class::Reference),
    ("ref", Class::Reference),
    ("reference", Class::Reference),
    ("key", Class::Key),
    ("pk", Class::Key),
    ("sk", Class::Key),
    ("code", Class::Code),
    ("cd", Class::Code),
    ("no", Class::Number),
    ("nr", Class::Number),
    ("num", Class::Number),
    ("nbr", Class::Number),
    ("number", Class::Number),
];

/// Words that say the same as another in names of columns, shortened.
const SHORT: [(&str, &str); 40] = [
    ("acct", "account"),
    ("acc", "account"),
    ("addr", "address"),
    ("app", "application"),
    ("attr", "attribute"),
    ("auth", "authority"),
    ("cat", "category"),
    ("cfg", "configuration"),
    ("config", "configuration"),
    ("cntry", "country"),
    ("comp", "company"),
    ("cont", "contact"),
    ("curr", "currency"),
    ("cust", "customer"),
    ("dept", "department"),
    ("dir", "directory"),
    ("dist", "district"),
    ("div", "division"),
    ("doc", "document"),
    ("emp", "employee"),
    ("env", "environment"),
    ("grp", "group"),
    ("img", "image"),
    ("inv", "invoice"),
    ("lang", "language"),
    ("lib", "library"),
    ("loc", "location"),
    ("mgr", "manager"),
    ("msg", "message"),
    ("obj", "object"),
    ("org", "organization"),
    ("perm", "permission"),
    ("pkg", "package"),
    ("prod", "product"),
    ("proj", "project"),
    ("repo", "repository"),
    ("spec", "specification"),
    ("tx", "transaction"),
    ("usr", "user"),
    ("whse", "warehouse"),
];

/// What the word stands for, when it is a usual short form.
pub(super) fn written_out(word: &str) -> Option<&'static str> {
    SHORT.iter().find(|(short, _)| *short == word).map(|(_, long)| *long)
}

/// The words of a name in lower case: `billingAddress_id2` is `billing`, `address`, `id` and `2`.
pub(super) fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|before| chars.get(before)).copied();
        let after = chars.get(at + 1).copied();
        if before.is_some_and(|before| begins_a_word(before, c, after)) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether a word begins at `c`: after a separator, at a capital behind a small letter or before one (`HTTPServer`), and
/// where letters and digits meet.
fn begins_a_word(before: char, c: char, after: Option<char>) -> bool {
    !c.is_alphanumeric()
        || before.is_lowercase() && c.is_uppercase()
        || before.is_uppercase() && c.is_uppercase() && after.is_some_and(char::is_lowercase)
        || before.is_numeric() != c.is_numeric() && before.is_alphanumeric()
}

/// Takes what the name says about itself off its words: the class, and how many of the words say it.
pub(super) fn class_of(words: &[String]) -> (Class, std::ops::Range<usize>) {
    let named = |word: Option<&String>| {
        word.and_then(|word| CLASSES.iter().find(|(text, _)| text == word)).map(|(_, class)| *class)
    };
    let mut stem = 0..words.len();
    let mut class = Class::Bare;
    if let Some(found) = named(words.last()) {
        class = found;
        stem.end -= 1;
        // `order_id_fk` says it twice; `gpg_key_id` is the id of a key.
        let before = named(words.get(stem.clone()).and_then(<[String]>::last));
        if class == Class::Reference && matches!(before, Some(Class::Id | Class::Uuid)) {
            stem.end -= 1;
        }
    }
    let first = words.first().map(String::as_str);
    let leads = matches!(first, Some("id" | "fk" | "cod"));
    if class == Class::Bare && leads && stem.len() > 1 {
        class = if first == Some("fk") { Class::Reference } else { Class::Id };
        stem.start += 1;
    } else if first == Some("fk") && stem.len() > 1 {
        stem.start += 1;
    }
    // `address_1_id` and `address_id2` are two addresses.
    while stem.len() > 1 && words.get(stem.end - 1).is_some_and(|word| word.chars().all(char::is_numeric)) {
        stem.end -= 1;
        while stem.len() > 1 && class == Class::Bare {
            let Some(found) = named(words.get(stem.end - 1)) else { break };
            class = found;
            stem.end -= 1;
        }
    }
    (class, stem)
}

/// What a column's name says beside its class, as one name: `billing_address` for `billingAddressId`.
pub(crate) fn stem_of(name: &str) -> Option<String> {
    let words = split(name);
    let (_, stem) = class_of(&words);
    words.get(stem).filter(|stem| !stem.is_empty()).map(|stem| stem.join("_"))
}

/// Numbers that stand for nouns: the same for one and many, and for whatever else can be read as the same word.
#[derive(Debug, Default)]
pub(super) struct Nouns {
    numbers: BTreeMap<String, usize>,
    /// What each number was found to be the same as; itself at the end of a chain.
    same: Vec<usize>,
}

/// A noun, whichever of its forms was written.
pub(super) type Noun = usize;

impl Nouns {
    /// The noun of a word, which is learned if it is new.
    pub(super) fn learn(&mut self, word: &str) -> Noun {
        if let Some(number) = self.numbers.get(word) {
            return self.root(*number);
        }
        let number = self.number(word.to_owned());
        for reading in readings(word) {
            let other = self.number(reading);
            let (a, b) = (self.root(number), self.root(other));
            if let Some(root) = self.same.get_mut(a.max(b)) {
                *root = a.min(b);
            }
        }
        self.root(number)
    }

    fn number(&mut self, word: String) -> usize {
        let next = self.same.len();
        let number = *self.numbers.entry(word).or_insert(next);
        if number == next {
            self.same.push(next);
        }
        number
    }

    /// The noun of a word that was learned.
    pub(super) fn get(&self, word: &str) -> Option<Noun> {
        self.numbers.get(word).map(|number| self.root(*number))
    }

    fn root(&self, mut number: usize) -> usize {
        while let Some(next) = self.same.get(number).copied().filter(|next| *next != number) {
            number = next;
        }
        number
    }
}

/// Words for what a row of the same table is to this one.
pub(super) fn is_of_itself(word: &str) -> bool {
    const WORDS: [&str; 28] = [
        "parent",
        "root",
        "ancestor",
        "descendant",
        "child",
        "sibling",
        "previous",
        "prev",
        "next",
        "predecessor",
        "successor",
        "superior",
        "supervisor",
        "manager",
        "mgr",
        "boss",
        "reports",
        "reply",
        "replied",
        "duplicate",
        "original",
        "superseded",
        "replaced",
        "replacement",
        "master",
        "moved",
        "merged",
        "forked",
    ];
    WORDS.contains(&word)
}

/// Little words that join others: `in_reply_to`.
pub(super) fn is_joint(word: &str) -> bool {
    ["in", "of", "to", "from", "into", "by", "as", "on", "for", "at", "the", "is", "was", "with"].contains(&word)
}

/// Words for what a person is to a row: `author`, `assignee`.
pub(super) fn is_person(word: &str) -> bool {
    const WORDS: [&str; 52] = [
        "actor",
        "admin",
        "administrator",
        "agent",
        "approver",
        "assignee",
        "assigner",
        "attendee",
        "author",
        "borrower",
        "buyer",
        "contributor",
        "coordinator",
        "coach",
        "creator",
        "driver",
        "editor",
        "evaluator",
        "examiner",
        "follower",
        "host",
        "inspector",
        "instructor",
        "invitee",
        "inviter",
        "lead",
        "leader",
        "manager",
        "mentor",
        "moderator",
        "operator",
        "organizer",
        "owner",
        "participant",
        "performer",
        "poster",
        "publisher",
        "receiver",
        "recipient",
        "reporter",
        "rep",
        "representative",
        "requester",
        "reviewer",
        "seller",
        "sender",
        "submitter",
        "supervisor",
        "teacher",
        "updater",
        "uploader",
        "voter",
    ];
    WORDS.contains(&word)
}

/// Whether the word looks like one for who does something, or has it done to them: `revoker`, `payee`.
pub(super) fn is_agent(word: &str) -> bool {
    // A `customer_id` where there are no customers is of another system.
    word.len() >= 5 && people_rank(word).is_none() && ["er", "or", "ee"].iter().any(|ending| word.ends_with(ending))
}

/// How likely a table of that name is the one of the people who use the product; less is likelier.
pub(super) fn people_rank(word: &str) -> Option<usize> {
    const WORDS: [&str; 12] = [
        "user", "employee", "person", "account", "member", "staff", "profile", "people", "customer", "contact",
        "party", "usr",
    ];
    WORDS.iter().position(|it| *it == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a name, its stem in brackets, and its class.
    fn check(name: &str, expect: &str) {
        let words = split(name);
        let (class, stem) = class_of(&words);
        let mut shown: Vec<String> = words.clone();
        if let Some(first) = shown.get_mut(stem.start) {
            first.insert(0, '[');
        }
        if let Some(last) = stem.end.checked_sub(1).and_then(|end| shown.get_mut(end)) {
            last.push(']');
        }
        assert_eq!(format!("{} {class:?}", shown.join(" ")), expect, "{name}");
    }

    #[test]
    fn names_are_words_and_a_class() {
        for (name, expect) in [
            ("user_id", "[user] id Id"),
            ("userId", "[user] id Id"),
            ("UserID", "[user] id Id"),
            ("USER_ID", "[user] id Id"),
            ("billing address id", "[billing address] id Id"),
            ("id_user", "id [user] Id"),
            ("fk_user", "fk [user] Reference"),
            ("fk_user_id", "fk [user] id Id"),
            ("user_id_fk", "[user] id fk Reference"),
            ("country_code", "[country] code Code"),
            ("dept_no", "[dept] no Number"),
            ("HTTPServerId", "[http server] id Id"),
            ("address1_id", "[address] 1 id Id"),
            ("address_id2", "[address] id 2 Id"),
            ("account_uuid", "[account] uuid Uuid"),
            ("date_key", "[date] key Key"),
            ("owner", "[owner] Bare"),
            ("parent_ref", "[parent] ref Reference"),
            ("gpg_key_id", "[gpg key] id Id"),
            ("country_code_id", "[country code] id Id"),
            ("größeId", "[größe] id Id"),
            ("AO_563AEE_ACTOR", "[ao 563 aee actor] Bare"),
        ] {
            check(name, expect);
        }
    }

    #[test]
    fn names_without_a_stem() {
        for name in ["id", "ID", "uuid", "_id", "", "--", "2", "id2"] {
            let words = split(name);
            let (_, stem) = class_of(&words);
            assert!(words.get(stem).is_none_or(|stem| stem.iter().all(|it| it == "2" || it == "id")), "{name}");
        }
    }

    #[test]
    fn one_noun_in_any_form() {
        let mut nouns = Nouns::default();
        for (a, b, is_same) in [
            ("users", "user", true),
            ("categories", "category", true),
            ("people", "person", true),
            ("courses", "course", true),
            ("user", "category", false),
            ("status", "statuses", true),
            ("status", "stat", false),
        ] {
            assert_eq!(nouns.learn(a) == nouns.learn(b), is_same, "{a} {b}");
        }
        assert_eq!(nouns.get("persons"), None);
    }
}
