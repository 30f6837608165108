//! How tables are read together: the ways between them over references, the best first, each as SQL.

mod called;
mod ways;

use crate::plural::singular;
use called::call;
use ddl::{Link, Query, Source};
use schema::{Name, Reference, ReferenceId, Schema, TableId};
use std::collections::BTreeMap;
use ways::{Way, ways};

/// One way to read tables together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The references that it goes along.
    pub references: Vec<ReferenceId>,
    /// They, in words: `comments.post_id → posts.id`.
    pub title: String,
    /// The rows of all tables put together, as SQL.
    pub rows: String,
    /// How many rows of one there are for each of the other, where there may be more than one.
    pub counts: Vec<Count>,
}

/// Rows of one table counted for each row of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// `comments for each row of posts`.
    pub title: String,
    /// As SQL.
    pub sql: String,
}

/// How the tables can be joined: over as few references as possible, then over as few that may be NULL. Other ways follow,
/// as over the second of two references between the same tables; of a single table, over each reference to itself. Nothing
/// where no references lead from one to the other.
///
/// # Examples
/// ```
/// use schema::testing::schema_from;
///
/// let blog = schema_from(
///     "posts\n  id integer!\n  pk p(id)\ncomments\n  id integer!\n  post_id integer!\n  pk c(id)\n\
///      fk f: comments(post_id) -> posts(id)",
/// );
/// let tables: Vec<_> = blog.tables.keys().copied().collect();
/// let found = advise::join(&blog, &tables);
/// assert!(found[0].rows.ends_with("FROM public.comments\nJOIN public.posts ON posts.id = comments.post_id;"));
/// ```
pub fn join(schema: &Schema, tables: &[TableId]) -> Vec<Join> {
    let ways = ways(schema, tables);
    ways.iter().filter_map(|way| written(schema, way, tables)).collect()
}

/// The join of the two ends of one reference. None where it is not of the schema.
pub fn join_along(schema: &Schema, reference: &Reference) -> Option<Join> {
    written(schema, &vec![reference], &[reference.referencing, reference.referenced])
}

/// The references in words, and the queries.
fn written(schema: &Schema, way: &Way<'_>, wanted: &[TableId]) -> Option<Join> {
    let query = query(schema, way, wanted);
    let titles = way.iter().map(|reference| title(schema, reference)).collect::<Option<Vec<_>>>()?;
    let counts = match wanted_pair(&query) {
        Some((a, b)) => [(a, b), (b, a)].into_iter().filter_map(|(per, of)| count(schema, &query, per, of)).collect(),
        None => Vec::new(),
    };
    Some(Join {
        references: way.iter().map(|it| it.id).collect(),
        title: titles.join(", "),
        rows: query.rows(schema)?,
        counts,
    })
}

/// Each table once, and a second time where a reference leads from it to itself.
fn query(schema: &Schema, way: &Way<'_>, wanted: &[TableId]) -> Query {
    let mut sources: Vec<Source> = Vec::new();
    let mut numbers: BTreeMap<TableId, usize> = BTreeMap::new();
    let add = |sources: &mut Vec<Source>, table: TableId| {
        sources.push(Source { table, alias: None, is_wanted: wanted.contains(&table) });
        sources.len() - 1
    };
    let on_the_way = way.iter().flat_map(|it| [it.referencing, it.referenced]);
    for table in wanted.iter().copied().chain(on_the_way) {
        numbers.entry(table).or_insert_with(|| add(&mut sources, table));
    }
    let mut links = Vec::new();
    for reference in way {
        let number = |table| numbers.get(&table).copied().unwrap_or_default();
        let referencing = number(reference.referencing);
        let is_own = reference.referencing == reference.referenced;
        let referenced = if is_own { add(&mut sources, reference.referenced) } else { number(reference.referenced) };
        links.push(Link { reference: reference.id, referencing, referenced });
    }
    let mut query = Query { sources, links };
    call(schema, &mut query);
    query
}

/// The two sources that are wanted, where there are no more.
fn wanted_pair(query: &Query) -> Option<(usize, usize)> {
    let mut wanted = (0..query.sources.len()).filter(|at| query.sources.get(*at).is_some_and(|it| it.is_wanted));
    match (wanted.next(), wanted.next(), wanted.next()) {
        (Some(a), Some(b), None) => Some((a, b)),
        _ => None,
    }
}

fn count(schema: &Schema, query: &Query, per: usize, of: usize) -> Option<Count> {
    let called = |at: usize| {
        let source = query.sources.get(at)?;
        let table = schema.table(source.table)?;
        Some(source.alias.clone().unwrap_or_else(|| table.name.clone()))
    };
    let (of_name, per_name) = (called(of)?, called(per)?);
    let name = Name::derive(&[&singular(of_name.as_str())], "count");
    let sql = query.count(schema, per, of, &name)?;
    Some(Count { title: format!("{of_name} for each row of {per_name}"), sql })
}

/// `comments.post_id → posts.id`.
fn title(schema: &Schema, reference: &Reference) -> Option<String> {
    let end = |table: TableId, columns: Vec<schema::ColumnId>| {
        let table = schema.table(table)?;
        Some(format!("{}.{}", schema.display_name(table), table.list_of(&columns)))
    };
    let from = end(reference.referencing, reference.referencing_columns())?;
    Some(format!("{from} → {}", end(reference.referenced, reference.referenced_columns())?))
}

#[cfg(test)]
mod tests;
