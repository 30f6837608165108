//! The functions and value words that an expression may use. None of them reads a file, a table or a setting,
//! waits, or returns more than one row.

/// A function that an expression may call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Function {
    /// Lower case.
    pub(crate) name: &'static str,
    /// The fewest arguments.
    pub(crate) min: usize,
    /// The most arguments; [`ANY`] when there is no limit.
    pub(crate) max: usize,
}

/// As many arguments as fit into one expression. PostgreSQL's own limit for a call is 100.
const ANY: usize = 100;

const fn function(name: &'static str, min: usize, max: usize) -> Function {
    Function { name, min, max }
}

/// By name.
pub(crate) const FUNCTIONS: &[Function] = &[
    function("abs", 1, 1),
    function("array_length", 2, 2),
    function("btrim", 1, 2),
    function("cardinality", 1, 1),
    function("ceil", 1, 1),
    function("ceiling", 1, 1),
    function("char_length", 1, 1),
    function("character_length", 1, 1),
    function("clock_timestamp", 0, 0),
    function("coalesce", 1, ANY),
    function("concat", 1, ANY),
    function("date_trunc", 2, 3),
    function("floor", 1, 1),
    function("gen_random_uuid", 0, 0),
    function("greatest", 1, ANY),
    function("initcap", 1, 1),
    function("jsonb_array_length", 1, 1),
    function("jsonb_typeof", 1, 1),
    function("least", 1, ANY),
    function("left", 2, 2),
    function("length", 1, 1),
    function("lower", 1, 1),
    function("ltrim", 1, 2),
    function("md5", 1, 1),
    function("mod", 2, 2),
    function("now", 0, 0),
    function("nullif", 2, 2),
    function("num_nonnulls", 1, ANY),
    function("num_nulls", 1, ANY),
    function("octet_length", 1, 1),
    function("random", 0, 0),
    function("replace", 3, 3),
    function("right", 2, 2),
    function("round", 1, 2),
    function("rtrim", 1, 2),
    function("sign", 1, 1),
    function("starts_with", 2, 2),
    function("statement_timestamp", 0, 0),
    function("substring", 2, 3),
    function("transaction_timestamp", 0, 0),
    function("trim", 1, 2),
    function("trunc", 1, 2),
    function("upper", 1, 1),
];

/// The function of that lower-case name, when it may be used.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    let at = FUNCTIONS.binary_search_by_key(&name, |function| function.name).ok()?;
    FUNCTIONS.get(at)
}

/// Words that are values by themselves.
pub(crate) const VALUE_WORDS: &[&str] = &[
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
];

/// Whether the lower-case word is a value by itself.
pub(super) fn is_value_word(word: &str) -> bool {
    VALUE_WORDS.contains(&word)
}

impl Function {
    /// How many arguments it takes, in words.
    pub(super) fn arity(&self) -> String {
        let plural = |n| if n == 1 { "argument" } else { "arguments" };
        match (self.min, self.max) {
            (0, 0) => "no arguments".to_owned(),
            (min, ANY) => format!("at least {min} {}", plural(min)),
            (min, max) if min == max => format!("{min} {}", plural(min)),
            (min, max) => format!("{min} to {max} arguments"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(FUNCTIONS.is_sorted_by_key(|function| function.name));
        assert!(find("now").is_some() && find("pg_read_file").is_none());
    }
}
