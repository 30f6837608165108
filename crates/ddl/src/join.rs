//! Queries that read tables together, along the references between them.

use crate::names::Names;
use crate::quote::quote_name;
use schema::{
    ColumnId, Deferral, EndMarker, Ends, KeyKind, Name, ObjectId, Reference, ReferenceId, Schema, Table, TableId,
};
use std::collections::{BTreeSet, VecDeque};

/// Tables and the references along which they are joined: a tree, of which each link has a source at each end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What is read.
    pub sources: Vec<Source>,
    /// What holds it together.
    pub links: Vec<Link>,
}

/// A table, as often as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which.
    pub table: TableId,
    /// What it is called in the query; by its own name otherwise. No two sources may be called the same.
    pub alias: Option<Name>,
    /// Whether its columns are wanted, or it is only on the way to others.
    pub is_wanted: bool,
}

/// A reference between two sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub reference: ReferenceId,
    /// The number of the source that names the other.
    pub referencing: usize,
    /// The number of the one that is named.
    pub referenced: usize,
}

impl Query {
    /// A SELECT of what is wanted, row by row. It begins with the table from which the others are found without looking for
    /// rows that name it, as far as there is one; what may be missing is joined with LEFT JOIN. None for what is no tree, or
    /// not of the schema.
    pub fn rows(&self, schema: &Schema) -> Option<String> {
        let writer = Writer { schema, names: Names::new(schema, schema), query: self };
        let trees = (0..self.sources.len()).filter_map(|root| writer.steps(root).map(|steps| (root, steps)));
        let (root, steps) = trees.min_by_key(|(root, steps)| {
            let count = |is_such: fn(&Step<'_>) -> bool| steps.iter().filter(|step| is_such(step)).count();
            let is_passed = self.sources.get(*root).is_some_and(|source| !source.is_wanted);
            (count(|step| !step.is_forward), count(|step| step.is_outer), is_passed)
        })?;
        let wanted = (0..self.sources.len()).filter(|at| self.sources.get(*at).is_some_and(|source| source.is_wanted));
        let columns = wanted.map(|at| Some(format!("{}.*", writer.handle(at)?))).collect::<Option<Vec<_>>>()?;
        Some(format!("{}{};", select(&columns), writer.from(root, &steps)?))
    }

    /// A SELECT that counts the rows of one source for each row of another, also where there is none. The columns of the
    /// other that name further tables are left out. None where there is at most one row to be counted.
    pub fn count(&self, schema: &Schema, per: usize, of: usize, name: &Name) -> Option<String> {
        let writer = Writer { schema, names: Names::new(schema, schema), query: self };
        let way = way(&writer.steps(per)?, of);
        let (first, last) = (way.first()?, way.last()?);
        let turn = way.iter().position(|step| !step.is_forward && step.is_many)?;
        let is_repeated = way.iter().skip(turn).any(|step| step.is_forward);
        let counted = writer.counted(last, is_repeated)?;

        let table = writer.table(per)?;
        let linked: Vec<ColumnId> = first.pairs().map(|(from, _)| from).collect();
        let (listed, grouped) = match grouping_key(table) {
            Some(key) => (listed(schema, table, &key), key),
            None => (linked.clone(), linked),
        };
        let mut columns = writer.columns(per, &listed)?;
        let grouped = writer.columns(per, &grouped)?;
        columns.push(format!("{counted} AS {}", quote_name(name.as_str())));
        Some(format!("{}{}\nGROUP BY {};", select(&columns), writer.from(per, &way)?, grouped.join(", ")))
    }
}

/// One source joined to those before it.
#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    from: usize,
    to: usize,
    reference: &'a Reference,
    /// Whether `from` names `to`.
    is_forward: bool,
    /// Whether there may be no row of `to`.
    is_outer: bool,
    /// Whether more than one row may name the same.
    is_many: bool,
}

impl Step<'_> {
    /// The columns that are equal, of `from` and of `to`.
    fn pairs(&self) -> impl Iterator<Item = (ColumnId, ColumnId)> {
        let is_forward = self.is_forward;
        let pairs = self.reference.pairs.iter();
        pairs.map(move |it| if is_forward { (it.referencing, it.referenced) } else { (it.referenced, it.referencing) })
    }
}

struct Writer<'a> {
    schema: &'a Schema,
    names: Names<'a>,
    query: &'a Query,
}

impl<'a> Writer<'a> {
    fn table(&self, at: usize) -> Option<&'a Table> {
        self.schema.table(self.query.sources.get(at)?.table)
    }

    /// What the source is called.
    fn handle(&self, at: usize) -> Option<String> {
        let alias = self.query.sources.get(at)?.alias.as_ref();
        Some(quote_name(alias.unwrap_or(&self.table(at)?.name).as_str()))
    }

    fn column(&self, at: usize, column: ColumnId) -> Option<String> {
        let table = self.table(at)?;
        table.column(column)?;
        Some(format!("{}.{}", self.handle(at)?, self.names.quoted(ObjectId::Column(table.id, column))))
    }

    fn columns(&self, at: usize, columns: &[ColumnId]) -> Option<Vec<String>> {
        columns.iter().map(|column| self.column(at, *column)).collect()
    }

    /// How all sources are reached from one, the nearest first. None where one is not.
    fn steps(&self, root: usize) -> Option<Vec<Step<'a>>> {
        let mut steps: Vec<Step<'a>> = Vec::new();
        let mut outer = BTreeSet::new();
        let mut seen = BTreeSet::from([root]);
        let mut waiting = VecDeque::from([root]);
        while let Some(from) = waiting.pop_front() {
            for link in &self.query.links {
                let to = match (link.referencing == from, link.referenced == from) {
                    (true, _) => link.referenced,
                    (_, true) => link.referencing,
                    (false, false) => continue,
                };
                if !seen.insert(to) {
                    continue;
                }
                let reference = self.schema.references.get(&link.reference)?.as_ref();
                let is_forward = link.referencing == from;
                let ends = Ends::of(self.schema, reference);
                let may_miss = !is_forward || ends.referenced == EndMarker::ZeroOrOne;
                let is_outer = may_miss || outer.contains(&from);
                if is_outer {
                    outer.insert(to);
                }
                let is_many = ends.referencing == EndMarker::ZeroOrMany;
                steps.push(Step { from, to, reference, is_forward, is_outer, is_many });
                waiting.push_back(to);
            }
        }
        (seen.len() == self.query.sources.len()).then_some(steps)
    }

    /// `FROM` and the joins.
    fn from(&self, root: usize, steps: &[Step<'_>]) -> Option<String> {
        let mut text = format!("\nFROM {}", self.named(root)?);
        for step in steps {
            let equal = |(from, to)| Some(format!("{} = {}", self.column(step.to, to)?, self.column(step.from, from)?));
            let condition = step.pairs().map(equal).collect::<Option<Vec<String>>>()?.join(" AND ");
            let join = if step.is_outer { "LEFT JOIN" } else { "JOIN" };
            text.push_str(&format!("\n{join} {} ON {condition}", self.named(step.to)?));
        }
        Some(text)
    }

    fn named(&self, at: usize) -> Option<String> {
        let source = self.query.sources.get(at)?;
        let table = self.names.table(source.table);
        Some(match &source.alias {
            Some(alias) => format!("{table} AS {}", quote_name(alias.as_str())),
            None => table,
        })
    }

    /// The number of rows of the last table on the way; of those that come up repeatedly, each counts once.
    fn counted(&self, last: &Step<'_>, is_repeated: bool) -> Option<String> {
        let key = self.table(last.to)?.primary_key().map(|key| key.columns.clone());
        let joined = || last.pairs().map(|(_, to)| to).collect::<Vec<_>>();
        // What is named is unique; of what names something, nothing but a key tells rows apart.
        let told_apart = key.clone().or_else(|| last.is_forward.then(joined));
        let columns = if is_repeated { told_apart? } else { key.unwrap_or_else(joined) };
        let columns = self.columns(last.to, &columns)?;
        Some(match (columns.as_slice(), is_repeated) {
            ([], _) => return None,
            ([first, ..], false) => format!("count({first})"),
            ([only], true) => format!("count(DISTINCT {only})"),
            // A row of nothing but NULL is not NULL, and would be counted.
            ([first, ..], true) => {
                format!("count(DISTINCT ({})) FILTER (WHERE {first} IS NOT NULL)", columns.join(", "))
            }
        })
    }
}

fn select(columns: &[String]) -> String {
    format!("SELECT\n    {}", columns.join(",\n    "))
}

/// The steps that lead to a source.
fn way<'a>(steps: &[Step<'a>], to: usize) -> Vec<Step<'a>> {
    let mut way = VecDeque::new();
    let mut at = to;
    while let Some(step) = steps.iter().find(|step| step.to == at) {
        way.push_front(*step);
        at = step.from;
    }
    way.into()
}

/// The key by which PostgreSQL knows what the other columns of a group are: a primary key that always holds.
fn grouping_key(table: &Table) -> Option<Vec<ColumnId>> {
    let key = table.keys.iter().find(|key| key.kind == KeyKind::Primary)?;
    (key.options.deferral == Deferral::Never && !key.columns.is_empty()).then(|| key.columns.clone())
}

/// The columns in which a row says something of its own, in order.
fn listed(schema: &Schema, table: &Table, key: &[ColumnId]) -> Vec<ColumnId> {
    let own = schema.references.values().filter(|it| it.referencing == table.id);
    let naming: BTreeSet<ColumnId> = own.flat_map(|it| it.referencing_columns()).collect();
    let columns = table.columns.iter().map(|column| column.id);
    columns.filter(|column| key.contains(column) || !naming.contains(column)).collect()
}
