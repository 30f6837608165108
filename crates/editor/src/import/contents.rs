//! What there is in a schema, in numbers.

use crate::pointer::counted;
use schema::Schema;

/// What a schema has, counted: `3 tables, 2 references, 1 view`. Tables are counted though there are none.
pub fn contents(schema: &Schema) -> String {
    let mut counts = vec![counted(schema.tables.len(), "table", "tables")];
    let mut kinds = vec![("reference", schema.references.len()), ("type", schema.types.len())];
    let annotations = schema.annotations.values().map(|it| it.kind.as_str());
    for kind in schema.opaque.values().map(|it| it.kind.words()).chain(annotations) {
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    // One word for several ends as one for one does.
    let plural = |kind: &str| match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{kind}s"),
    };
    let some = kinds.into_iter().filter(|(_, count)| *count > 0);
    counts.extend(some.map(|(kind, count)| counted(count, kind, &plural(kind))));
    counts.join(", ")
}
