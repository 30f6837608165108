//! Types of the same name: whether they are the same, and what becomes of casts to one that is not.

use schema::{Schema, TypeDefinition, UserType, is_bare};

/// What a type says, without its ids: its labels, or what it rests on and its rules.
pub(super) fn meaning(schema: &Schema, it: &UserType) -> Vec<String> {
    match &it.definition {
        TypeDefinition::Enum(labels) => labels.iter().map(|label| format!("label {}", label.text)).collect(),
        TypeDefinition::Domain(domain) => {
            let mut said = vec![
                schema.type_text(&domain.base),
                domain.nullable.to_string(),
                domain.default.as_ref().map(ToString::to_string).unwrap_or_default(),
                format!("{:?}", domain.collation),
            ];
            let mut checks: Vec<String> = domain.checks.iter().map(|check| check.expression.to_string()).collect();
            checks.sort();
            said.extend(checks);
            said
        }
    }
}

/// The text with another type's name in its casts; none when there is no such cast.
pub(super) fn cast_to(text: &str, from: &str, to: &str) -> Option<String> {
    let quoted =
        |name: &str| if is_bare(name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) };
    let (from, to) = (quoted(from), quoted(to));
    let mut out = String::new();
    let mut rest = text;
    let mut is_in_text = false;
    while let Some(c) = rest.chars().next() {
        let behind = rest.strip_prefix("::").filter(|_| !is_in_text).and_then(|behind| {
            let behind = behind.strip_prefix("public.").unwrap_or(behind).strip_prefix(from.as_str())?;
            let is_whole = !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'));
            is_whole.then_some(behind)
        });
        if let Some(behind) = behind {
            out.push_str(&format!("::{to}"));
            rest = behind;
        } else {
            is_in_text ^= c == '\'';
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    (out != text).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types_are_found_in_casts() {
        for (text, expect) in [
            ("'sad'::mood", Some("'sad'::mood_2")),
            ("a = ANY (ARRAY['sad'::public.mood, 'x'::moods])", Some("a = ANY (ARRAY['sad'::mood_2, 'x'::moods])")),
            ("'{}'::mood[]", Some("'{}'::mood_2[]")),
            ("'it''s ::mood'", None),
            ("1", None),
        ] {
            assert_eq!(cast_to(text, "mood", "mood_2").as_deref(), expect, "{text}");
        }
    }
}
