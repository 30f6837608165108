//! Schemas grown from small random plans, so that a failing one shrinks to a small one.

use super::AWKWARD_NAMES;
use crate::{
    Annotation, AnnotationId, AnnotationKind, BaseType, Check, CheckId, Column, ColumnId, ColumnPair, DataType,
    Deferral, Domain, DomainCheck, Expression, Formula, Generation, Index, IndexId, IndexOptions, IndexPart, Key,
    KeyId, KeyKind, Label, Name, Namespace, NamespaceId, PartOf, Rank, Reference, ReferenceId, ReferenceOptions,
    ReferentialAction, Schema, Table, TableId, TypeDefinition, TypeId, UserType,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index as Pick;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Types of generated columns, each with defaults that fit it and checks over a column `{}` of it.
const TYPES: &[(&str, &[&str], &[&str])] = &[
    ("serial", &[], &["{} > 0"]),
    ("integer", &["0", "-1", "7 * 6"], &["{} >= 0", "{} BETWEEN 1 AND 10", "{} % 2 = 0"]),
    ("bigint", &["0"], &["{} IN (1, 2, 3)", "-{} < 5"]),
    ("text", &["''", "'it''s'", "lower('ABC')"], &["length({}) > 0", "{} <> ''", "NOT {} LIKE '%;%'"]),
    ("varchar(40)", &["'pending'"], &["{} IN ('pending', 'paid')", "{} ~ '^[a-z]*$'"]),
    ("boolean", &["false", "true", "NOT true"], &["{}", "{} IS NOT NULL"]),
    ("numeric(10, 2)", &["0", "1.5", "round(2.345, 2)"], &["{} >= 0", "({} + 1) * 2 > 0"]),
    ("uuid", &["gen_random_uuid()"], &["{} IS NOT NULL OR true"]),
    ("timestamptz", &["now()", "CURRENT_TIMESTAMP", "now() + '1 day'::interval"], &["{} > '2000-01-01'::timestamptz"]),
    ("date", &["CURRENT_DATE"], &["{} > '2000-01-01'::date"]),
    ("jsonb", &["'{}'::jsonb"], &["jsonb_typeof({}) = 'object'"]),
    ("text[]", &["'{}'::text[]"], &["cardinality({}) < 10"]),
    ("double precision", &["0.5"], &["abs({}) < 1e9"]),
    ("json", &["'[]'::json"], &[]),
    ("bytea", &[], &["octet_length({}) < 100"]),
    ("char(2)", &["'XX'"], &["upper({}) = {}"]),
];

#[derive(Debug, Clone)]
struct TablePlan {
    name: Pick,
    awkward: bool,
    namespace: Pick,
    columns: Vec<ColumnPlan>,
    primary: usize,
    unique: usize,
    unique_index: bool,
    check: Option<(Pick, Pick)>,
    note: Option<String>,
    more: More,
}

/// What most tables have not, by the roll of a die each.
#[derive(Debug, Clone)]
struct More {
    generated: u8,
    index: Option<(Pick, u8)>,
    key: u8,
    check: u8,
}

#[derive(Debug, Clone)]
struct ColumnPlan {
    name: Pick,
    awkward: bool,
    data_type: Pick,
    nullable: bool,
    default: Option<Pick>,
    kind: u8,
}

#[derive(Debug, Clone)]
struct ReferencePlan {
    referencing: Pick,
    referenced: Pick,
    key: Pick,
    actions: (Pick, Pick),
    nullable: bool,
    primary: bool,
    unique: bool,
    indexed: bool,
    options: u8,
}

/// A schema that PostgreSQL takes, and [`validate`](crate::validate) finds nothing in: up to three namespaces and six
/// tables, with keys, checks, defaults, indexes, and references that may be composite, circular or to the table itself.
pub fn arbitrary_schema() -> impl Strategy<Value = Schema> {
    (1_usize..=3, 0_u8..8, vec(table_plan(), 0..=6), vec(reference_plan(), 0..=8), 0_u8..16).prop_map(
        |(namespaces, types, tables, references, annotations)| {
            let mut grower = Grower::default();
            let mut schema = grower.grow(namespaces, types, &tables, &references);
            grower.annotations(annotations, &mut schema);
            schema
        },
    )
}

/// As [`arbitrary_schema`], without what most schemas have not: types of its own, groups and notes, and options of any
/// kind.
pub fn arbitrary_plain_schema() -> impl Strategy<Value = Schema> {
    (1_usize..=3, vec(table_plan(), 0..=6), vec(reference_plan(), 0..=8)).prop_map(
        |(namespaces, mut tables, mut references)| {
            for table in &mut tables {
                table.more = More { generated: 1, index: None, key: 0, check: 0 };
                table.columns.iter_mut().for_each(|column| column.kind = 8);
            }
            references.iter_mut().for_each(|reference| reference.options = 0);
            Grower::default().grow(namespaces, 0, &tables, &references)
        },
    )
}

/// A schema in which things are missing, doubled, or of the wrong kind.
pub fn arbitrary_broken_schema() -> impl Strategy<Value = Schema> {
    arbitrary_breakage().prop_map(|(_, broken)| broken)
}

/// A valid schema, and what becomes of it when things in it are broken. The two share what is not touched.
pub fn arbitrary_breakage() -> impl Strategy<Value = (Schema, Schema)> {
    (arbitrary_schema(), vec((0_u8..14, any::<Pick>(), any::<Pick>()), 1..5)).prop_map(|(schema, blows)| {
        let mut broken = schema.clone();
        for (kind, at, to) in blows {
            strike(&mut broken, kind, &at, &to);
        }
        (schema, broken)
    })
}

fn column_plan() -> impl Strategy<Value = ColumnPlan> {
    let named = (any::<Pick>(), prop::bool::weighted(0.2));
    (named, any::<Pick>(), any::<bool>(), any::<Option<Pick>>(), 0_u8..16).prop_map(
        |((name, awkward), data_type, nullable, default, kind)| ColumnPlan {
            name,
            awkward,
            data_type,
            nullable,
            default,
            kind,
        },
    )
}

fn table_plan() -> impl Strategy<Value = TablePlan> {
    let names = (any::<Pick>(), prop::bool::weighted(0.2), any::<Pick>());
    let keys = (0_usize..=2, 0_usize..=2, any::<bool>());
    let rest = (any::<Option<(Pick, Pick)>>(), proptest::option::weighted(0.3, "[ -~\n]{0,20}"));
    let more = (0_u8..4, proptest::option::weighted(0.4, (any::<Pick>(), 0_u8..32)), 0_u8..8, 0_u8..8)
        .prop_map(|(generated, index, key, check)| More { generated, index, key, check });
    (names, vec(column_plan(), 1..6), keys, rest, more).prop_map(
        |((name, awkward, namespace), columns, (primary, unique, unique_index), (check, note), more)| TablePlan {
            name,
            awkward,
            namespace,
            columns,
            primary,
            unique,
            unique_index,
            check,
            note,
            more,
        },
    )
}

fn reference_plan() -> impl Strategy<Value = ReferencePlan> {
    let ends = (any::<Pick>(), any::<Pick>(), any::<Pick>());
    let actions = (any::<Pick>(), any::<Pick>());
    let keys = (prop::bool::weighted(0.2), prop::bool::weighted(0.2));
    (ends, actions, any::<bool>(), keys, any::<bool>(), 0_u8..16).prop_map(
        |((referencing, referenced, key), actions, nullable, (primary, unique), indexed, options)| ReferencePlan {
            referencing,
            referenced,
            key,
            actions,
            nullable,
            primary,
            unique,
            indexed,
            options,
        },
    )
}

#[derive(Default)]
struct Grower {
    last_id: u128,
    relations: BTreeSet<Name>,
    types: Vec<UserType>,
}

impl Grower {
    fn id(&mut self) -> u128 {
        self.last_id += 1;
        self.last_id
    }

    fn grow(&mut self, namespaces: usize, types: u8, tables: &[TablePlan], references: &[ReferencePlan]) -> Schema {
        let mut schema = Schema::default();
        for text in ["public", "auth", "Weird \"one\""].iter().take(namespaces) {
            let id = NamespaceId::from_u128(self.id());
            schema.namespaces.insert(id, Namespace { id, name: Name::derive(&[], text) });
        }
        let places: Vec<NamespaceId> = schema.namespaces.keys().copied().collect();
        self.types(types, &places);
        schema.types = self.types.iter().map(|it| (it.id, it.clone())).collect();
        for plan in tables {
            let table = self.table(plan, *plan.namespace.get(&places));
            schema.tables.insert(table.id, Arc::new(table));
        }
        if !tables.is_empty() {
            for plan in references {
                self.reference(&mut schema, plan);
            }
        }
        schema
    }

    /// Up to two groups with tables in them, and a note.
    fn annotations(&mut self, which: u8, schema: &mut Schema) {
        let plans = [
            (1, AnnotationKind::Group, "shop", None),
            (2, AnnotationKind::Group, "it's \"odd\"", Some("of 'everything' \\ else")),
            (4, AnnotationKind::Note, "shop", Some("what to\n  do 'next'")),
        ];
        for (bit, kind, name, note) in plans.into_iter().filter(|(bit, ..)| which & bit != 0) {
            let id = AnnotationId::from_u128(self.id());
            let color = (which & 8 != 0 && bit != 1).then(|| "#4f46e5".to_owned());
            let note = note.map(str::to_owned);
            let name = Name::derive(&[], name);
            schema.annotations.insert(id, Annotation { id, kind, name, note, color, spot: None });
        }
        let groups: Vec<AnnotationId> = schema.annotations_of(AnnotationKind::Group).iter().map(|it| it.id).collect();
        for (at, table) in schema.tables.values_mut().enumerate() {
            if let Some(group) = groups.get(at % 3) {
                Arc::make_mut(table).group = Some(*group);
            }
        }
    }

    /// An enum and a domain, or one of them, or none.
    fn types(&mut self, which: u8, places: &[NamespaceId]) {
        let Some(namespace) = places.last().copied() else { return };
        if which & 1 != 0 {
            let texts = if which & 4 != 0 { &["sad", "it's ok", "happy"][..] } else { &["sad", "happy"] };
            // A label has the same id wherever it stands.
            let label = |text: &str| Label {
                id: uuid::Uuid::from_u128(u128::try_from(text.len()).unwrap_or_default()),
                text: text.to_owned(),
                note: None,
            };
            let definition = TypeDefinition::Enum(texts.iter().map(|text| label(text)).collect());
            self.add_type("mood", namespace, definition);
        }
        if which & 2 != 0 {
            let check = |text: &str| DomainCheck {
                name: Name::derive(&[], "domain_check"),
                expression: Expression::parse_wide(text).unwrap_or_else(|_| Expression::from_tree(crate::Expr::Null)),
                not_valid: false,
            };
            let domain = Domain {
                base: DataType::of(BaseType::Integer),
                nullable: which & 4 != 0,
                default: None,
                collation: None,
                checks: vec![check("value > 0")],
            };
            self.add_type("Positive", namespace, TypeDefinition::Domain(domain));
        }
    }

    fn add_type(&mut self, text: &str, namespace: NamespaceId, definition: TypeDefinition) {
        let id = TypeId::from_u128(self.id());
        // Tables are types as well.
        let name = self.relation_name(text);
        self.types.push(UserType { id, namespace, name, note: None, definition });
    }

    /// A name for a table, key or index, different from all others.
    fn relation_name(&mut self, wanted: &str) -> Name {
        let mut name = Name::derive(&[], wanted);
        while !self.relations.insert(name.clone()) {
            name = Name::derive(&[wanted], &self.id().to_string());
        }
        name
    }

    fn table(&mut self, plan: &TablePlan, namespace: NamespaceId) -> Table {
        let wanted = one(&plan.name, if plan.awkward { AWKWARD_NAMES } else { PLAIN_NAMES });
        let name = self.relation_name(wanted);
        let id = TableId::from_u128(self.id());
        let mut table = Table {
            id,
            namespace,
            name,
            note: plan.note.clone().filter(|note| !note.is_empty()),
            columns: Vec::new(),
            keys: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
            options: Default::default(),
            group: None,
        };
        for column in &plan.columns {
            self.column(&mut table, column);
        }
        let mut able: Vec<ColumnId> =
            table.columns.iter().filter(|column| column.data_type.can_be_key()).map(|c| c.id).collect();
        let primary: Vec<ColumnId> = able.iter().copied().take(plan.primary).collect();
        able.reverse();
        let unique: Vec<ColumnId> = able.into_iter().take(plan.unique).collect();
        if !primary.is_empty() {
            self.key(&mut table, KeyKind::Primary, "pkey", primary.clone());
        }
        if !unique.is_empty() && unique != primary {
            if plan.unique_index {
                self.index(&mut table, true, &unique);
            } else {
                self.key(&mut table, KeyKind::Unique, "key", unique);
                if let Some(key) = table.keys.last_mut() {
                    key.options.deferral = deferral(plan.more.key);
                    let others = table.columns.iter().map(|column| column.id);
                    key.options.include = others.filter(|id| !key.columns.contains(id)).take(1).collect();
                    key.options.include.retain(|_| plan.more.key & 4 != 0);
                    key.options.note = (plan.more.key == 5).then(|| "a; key's".to_owned());
                }
            }
        }
        if let Some((column, check)) = &plan.check {
            self.check(&mut table, column, check);
            if let Some(check) = table.checks.last_mut() {
                check.options.no_inherit = plan.more.check & 1 != 0;
                check.options.not_valid = plan.more.check & 6 == 6;
            }
        }
        self.generated(&mut table, plan.more.generated);
        if let Some((column, kind)) = &plan.more.index {
            self.rare_index(&mut table, column, *kind);
        }
        table
    }

    /// A column that is worked out from a text, where the table has one.
    fn generated(&mut self, table: &mut Table, kind: u8) {
        let is_text =
            |column: &&Column| column.data_type.base() == Some(BaseType::Text) && column.data_type.dimensions() == 0;
        let Some(source) = table.columns.iter().find(is_text).filter(|_| kind == 0) else { return };
        let text = format!("lower({}) || 'x'", quoted(source));
        let Ok(expression) = Expression::parse(&text) else { return };
        let column = Column {
            id: ColumnId::from_u128(self.id()),
            rank: Rank::nth(table.columns.len()),
            name: column_name(table, "generated"),
            data_type: DataType::of(BaseType::Text),
            nullable: true,
            default: None,
            note: None,
            generation: Some(Generation::Stored(Formula::bind(&expression, table))),
            collation: None,
        };
        table.columns.push(column);
    }

    fn rare_index(&mut self, table: &mut Table, column: &Pick, kind: u8) {
        let able: Vec<&Column> = table.columns.iter().filter(|column| column.data_type.can_be_key()).collect();
        if able.is_empty() {
            return;
        }
        let column = *column.get(&able);
        let is_text = column.data_type.base() == Some(BaseType::Text) && column.data_type.dimensions() == 0;
        let mut part = IndexPart::column(column.id);
        if let (true, Ok(expression)) =
            (is_text && kind & 1 != 0, Expression::parse(&format!("lower({})", quoted(column))))
        {
            part.of = PartOf::Expression(Formula::bind(&expression, table));
        }
        part.descending = kind & 2 != 0;
        part.nulls_first = (kind & 4 != 0).then_some(kind & 2 == 0);
        let predicate = Expression::parse(&format!("{} IS NOT NULL", quoted(column))).ok();
        let predicate = predicate.filter(|_| kind & 8 != 0).map(|it| Formula::bind(&it, table));
        let include =
            table.columns.iter().filter(|other| other.id != column.id).map(|other| other.id).take(1).collect();
        let include = if kind & 16 != 0 { include } else { Vec::new() };
        let name = self.relation_name(Name::derive(&[table.name.as_str()], "rare_idx").as_str());
        let options = IndexOptions { include, predicate, ..IndexOptions::default() };
        table.indexes.push(Index {
            id: IndexId::from_u128(self.id()),
            name,
            unique: false,
            parts: vec![part],
            options,
        });
    }

    fn column(&mut self, table: &mut Table, plan: &ColumnPlan) {
        let wanted = one(&plan.name, if plan.awkward { AWKWARD_NAMES } else { PLAIN_NAMES });
        let (type_text, defaults, _) = plan.data_type.get(TYPES);
        let data_type = DataType::parse(type_text).unwrap_or_else(|_| DataType::of(BaseType::Integer));
        let default = plan.default.filter(|_| !defaults.is_empty()).map(|pick| one(&pick, defaults));
        let nullable = plan.nullable && !data_type.has_sequence();
        let own = self.types.get(usize::from(plan.kind)).map(|it| DataType::defined(it.id));
        let is_own = own.is_some();
        let data_type = own.unwrap_or(data_type);
        let is_integer = data_type == DataType::of(BaseType::Integer) && plan.kind > 8;
        let default = default.filter(|_| !is_own && !is_integer);
        let generation = match plan.kind {
            9 | 10 if is_integer => Some(Generation::AlwaysIdentity),
            11.. if is_integer => Some(Generation::DefaultIdentity),
            _ => None,
        };
        let nullable = nullable && generation.is_none();
        let column = Column {
            id: ColumnId::from_u128(self.id()),
            rank: Rank::nth(table.columns.len()),
            name: column_name(table, wanted),
            data_type,
            nullable,
            default: default.and_then(|text| Expression::parse(text).ok()),
            note: None,
            generation,
            collation: None,
        };
        table.columns.push(column);
    }

    fn key(&mut self, table: &mut Table, kind: KeyKind, suffix: &str, columns: Vec<ColumnId>) {
        let name = self.relation_name(Name::derive(&[table.name.as_str()], suffix).as_str());
        table.keys.push(Key { id: KeyId::from_u128(self.id()), name, kind, columns, options: Default::default() });
    }

    fn index(&mut self, table: &mut Table, unique: bool, columns: &[ColumnId]) {
        let name = self.relation_name(Name::derive(&[table.name.as_str()], "idx").as_str());
        table.indexes.push(Index {
            id: IndexId::from_u128(self.id()),
            name,
            unique,
            parts: Index::parts_of(columns),
            options: Default::default(),
        });
    }

    fn check(&mut self, table: &mut Table, column: &Pick, check: &Pick) {
        let column = column.get(&table.columns);
        // A generated check is about a type of PostgreSQL's own.
        let type_text = column.data_type.to_string();
        let checks = TYPES.iter().find(|(text, _, _)| *text == type_text).map_or(&[][..], |(_, _, checks)| checks);
        if checks.is_empty() {
            return;
        }
        let Ok(expression) = Expression::parse(&one(check, checks).replace("{}", &quoted(column))) else {
            return;
        };
        let name = Name::derive(&[table.name.as_str(), column.name.as_str()], "check");
        table.checks.push(Check { id: CheckId::from_u128(self.id()), name, expression, options: Default::default() });
    }

    /// Adds columns to one table that name a key of another, and the reference between them.
    fn reference(&mut self, schema: &mut Schema, plan: &ReferencePlan) {
        let ids: Vec<TableId> = schema.tables.keys().copied().collect();
        let (referencing, referenced) = (*plan.referencing.get(&ids), *plan.referenced.get(&ids));
        let Some(target) = schema.tables.get(&referenced).cloned() else { return };
        let sets: Vec<Vec<ColumnId>> = target.unique_sets().filter(|set| target.is_referenceable(set)).collect();
        let Some(table) = schema.tables.get_mut(&referencing).map(Arc::make_mut) else { return };
        if sets.is_empty() {
            return;
        }
        let on_delete = *plan.actions.0.get(&ReferentialAction::ALL);
        let on_update = *plan.actions.1.get(&ReferentialAction::ALL);
        let sets_null = [on_delete, on_update].contains(&ReferentialAction::SetNull);
        let mut pairs = Vec::new();
        for key_column in plan.key.get(&sets).iter().filter_map(|id| target.column(*id)) {
            let wanted = Name::derive(&[target.name.as_str()], key_column.name.as_str());
            let column = Column {
                id: ColumnId::from_u128(self.id()),
                rank: Rank::nth(table.columns.len()),
                name: column_name(table, wanted.as_str()),
                data_type: key_column.data_type.without_sequence(),
                nullable: plan.nullable || sets_null,
                default: None,
                note: None,
                generation: None,
                collation: None,
            };
            pairs.push(ColumnPair { referencing: column.id, referenced: key_column.id });
            table.columns.push(column);
        }
        let own: Vec<ColumnId> = pairs.iter().map(|pair| pair.referencing).collect();
        if plan.primary && !sets_null && table.primary_key().is_none() {
            self.key(table, KeyKind::Primary, "pkey", own);
        } else if plan.unique {
            self.key(table, KeyKind::Unique, "key", own);
        } else if plan.indexed {
            self.index(table, false, &own);
        }
        let id = ReferenceId::from_u128(self.id());
        let name = Name::derive(&[table.name.as_str(), &self.id().to_string()], "fkey");
        let options = ReferenceOptions {
            match_full: plan.options & 4 != 0,
            deferral: deferral(plan.options),
            not_valid: plan.options & 8 != 0,
            ..ReferenceOptions::default()
        };
        let reference = Reference { id, name, referencing, referenced, pairs, on_delete, on_update, options };
        schema.references.insert(id, Arc::new(reference));
    }
}

fn deferral(kind: u8) -> Deferral {
    match kind & 3 {
        1 => Deferral::Deferrable,
        2 => Deferral::Deferred,
        _ => Deferral::Never,
    }
}

fn quoted(column: &Column) -> String {
    format!("\"{}\"", column.name.as_str().replace('"', "\"\""))
}

const PLAIN_NAMES: &[&str] =
    &["users", "orders", "items", "id", "name", "email", "status", "price", "created_at", "a", "b"];

fn one<'a>(pick: &Pick, list: &[&'a str]) -> &'a str {
    let text: &&str = pick.get(list);
    text
}

fn column_name(table: &Table, wanted: &str) -> Name {
    let mut name = Name::derive(&[], wanted);
    let mut n = 2;
    while table.column_named(name.as_str()).is_some() {
        name = Name::derive(&[wanted], &n.to_string());
        n += 1;
    }
    name
}

/// Breaks one thing.
fn strike(schema: &mut Schema, kind: u8, at: &Pick, to: &Pick) {
    let tables: Vec<TableId> = schema.tables.keys().copied().collect();
    let references: Vec<ReferenceId> = schema.references.keys().copied().collect();
    if kind < 5 {
        if !references.is_empty() {
            let id = at.get(&references);
            if let Some(reference) = schema.references.get_mut(id) {
                strike_reference(Arc::make_mut(reference), kind, to);
            }
        }
        return;
    }
    if tables.is_empty() {
        return;
    }
    let id = at.get(&tables);
    if kind == 5 {
        schema.tables.remove(id);
        return;
    }
    if kind == 6 {
        schema.namespaces.pop_first();
        return;
    }
    if let Some(table) = schema.tables.get_mut(id).map(Arc::make_mut) {
        strike_table(table, kind, to);
    }
}

fn strike_reference(reference: &mut Reference, kind: u8, to: &Pick) {
    match kind {
        0 => reference.pairs.clear(),
        1 => reference.pairs.extend_from_within(..),
        2 => std::mem::swap(&mut reference.referencing, &mut reference.referenced),
        3 => reference.on_delete = ReferentialAction::SetNull,
        _ => reference.name = Name::derive(&[], one(to, AWKWARD_NAMES)),
    }
}

fn strike_table(table: &mut Table, kind: u8, to: &Pick) {
    match kind {
        7 => table.columns.clear(),
        8 => table.columns.truncate(1),
        9 => table.name = Name::derive(&[], one(to, PLAIN_NAMES)),
        10 => {
            let data_type = DataType::parse(to.get(TYPES).0).unwrap_or_else(|_| DataType::of(BaseType::Json));
            for column in &mut table.columns {
                column.data_type = data_type.clone();
            }
        }
        11 => {
            for key in &mut table.keys {
                key.kind = KeyKind::Primary;
                key.columns.reverse();
                key.columns.extend_from_within(..);
            }
        }
        12 => {
            for column in &mut table.columns {
                column.name = Name::derive(&[], one(to, PLAIN_NAMES));
                column.default = Expression::parse("a || b").ok();
            }
        }
        _ => {
            for index in &mut table.indexes {
                index.parts.clear();
            }
        }
    }
}
