//! Random documents. Their names mean nothing to each other, which is wrong, and read all the same.

use dbml::document::*;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

/// What documents are made of.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    /// What readers of version 8 know.
    Common,
    /// What readers of version 10 know.
    Everything,
}

impl Wanted {
    /// A list that is empty unless everything is wanted.
    fn list<T: Clone + std::fmt::Debug + 'static>(
        self,
        one: impl Strategy<Value = T> + 'static,
    ) -> BoxedStrategy<Vec<T>> {
        if self == Self::Everything { vec(one, 0..3).boxed() } else { Just(Vec::new()).boxed() }
    }

    fn flag(self) -> BoxedStrategy<bool> {
        if self == Self::Everything { any::<bool>().boxed() } else { Just(false).boxed() }
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z ]{0,8}",
        2 => any::<String>(),
        1 => Just("it's '''three''' \\ \"two\" `one`".to_owned()),
        1 => Just("line\r\n\ttwo\n\n  three\n".to_owned()),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => "[a-z_][a-z0-9_]{0,6}",
        1 => any::<String>(),
        1 => prop::sample::select(vec!["note", "Table", "as", "ref", "use", "null", "true", "1st", "größe", "from", "*", ""])
            .prop_map(str::to_owned),
    ]
}

/// A note as readers leave it: it does not begin with space.
fn note() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.trim_start().to_owned())
}

fn path() -> impl Strategy<Value = Path> {
    (vec(name(), 0..2), name()).prop_map(|(schema, name)| Path::new(schema.into_iter().filter(|s| s != "public"), name))
}

fn word() -> impl Strategy<Value = String> {
    "x[a-z0-9_]{0,5}"
}

fn number() -> impl Strategy<Value = String> {
    "-?[0-9]{1,4}(\\.[0-9]{1,3})?(e[+-]?[0-9])?"
}

fn color() -> impl Strategy<Value = String> {
    "#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"
}

fn expression() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace('`', ""))
}

/// Keys of one's own that no object has as a setting; no two alike.
fn metadata(wanted: Wanted) -> impl Strategy<Value = Vec<(String, String)>> {
    wanted.list(text()).prop_map(|values| {
        let keys = ["owner", "Data Class", "x1"].map(str::to_owned);
        keys.into_iter().zip(values).collect()
    })
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Boolean),
        number().prop_map(Value::Number),
        text().prop_map(Value::String),
        expression().prop_map(Value::Expression),
        (path(), name()).prop_map(|(path, value)| Value::Enum(path, value)),
    ]
}

fn data_type() -> impl Strategy<Value = Type> {
    let argument = prop_oneof![
        number().prop_map(TypeArgument::Number),
        text().prop_map(TypeArgument::String),
        word().prop_map(TypeArgument::Name),
    ];
    let suffix = prop_oneof![
        vec(argument, 0..3).prop_map(TypeSuffix::Arguments),
        vec("[0-9]{1,3}", 0..2).prop_map(TypeSuffix::Array),
    ];
    (of(name()), name(), vec(suffix, 0..3)).prop_map(|(schema, name, suffixes)| Type { schema, name, suffixes })
}

fn relation(wanted: Wanted) -> impl Strategy<Value = Relation> {
    let end = || (any::<bool>(), wanted.flag()).prop_map(|(many, optional)| End { many, optional });
    (end(), end()).prop_map(|(left, right)| Relation { left, right })
}

fn inline_dep() -> impl Strategy<Value = InlineDep> {
    (any::<bool>(), vec(name(), 1..4)).prop_map(|(to, target)| InlineDep {
        origin: Default::default(),
        flow: if to { Flow::To } else { Flow::From },
        target,
    })
}

fn column(wanted: Wanted) -> impl Strategy<Value = Column> {
    let reference = (relation(wanted), of(path()), name()).prop_map(|(relation, table, column)| InlineRef {
        relation,
        table,
        column,
        ..InlineRef::default()
    });
    let flags = (any::<bool>(), any::<bool>(), of(any::<bool>()), any::<bool>());
    let more = (of(value()), of(note()), vec(reference, 0..3), vec(expression(), 0..2));
    let own = (wanted.list(inline_dep()), metadata(wanted));
    (name(), data_type(), flags, more, own).prop_map(
        |(name, data_type, (primary, unique, nullable, increment), (default, note, refs, checks), (deps, metadata))| {
            Column {
                name,
                data_type,
                primary,
                unique,
                nullable,
                increment,
                default,
                note,
                refs,
                checks,
                deps,
                metadata,
                ..Column::default()
            }
        },
    )
}

fn index() -> impl Strategy<Value = Index> {
    let part = prop_oneof![name().prop_map(IndexPart::Column), expression().prop_map(IndexPart::Expression)];
    (vec(part, 1..4), of(text()), of(name()), any::<bool>(), any::<bool>(), of(text())).prop_map(
        |(parts, name, method, primary, unique, note)| Index {
            parts,
            name,
            method,
            primary,
            unique,
            note,
            ..Index::default()
        },
    )
}

fn check() -> impl Strategy<Value = Check> {
    (expression(), of(text())).prop_map(|(expression, name)| Check { expression, name, ..Check::default() })
}

fn table(wanted: Wanted) -> impl Strategy<Value = Table> {
    let item = prop_oneof![
        4 => column(wanted).prop_map(|column| TableItem::Column(Box::new(column))),
        1 => name().prop_map(|name| TableItem::Partial(PartialUse { name, ..PartialUse::default() })),
    ];
    let header = (path(), of(name()), of(color()), of(note()), metadata(wanted), wanted.list(inline_dep()));
    (header, vec(item, 1..4), vec(index(), 0..3), vec(check(), 0..2)).prop_map(
        |((path, alias, header_color, note, metadata, deps), items, indexes, checks)| Table {
            path,
            alias,
            header_color,
            note,
            metadata,
            deps,
            items,
            indexes,
            checks,
            ..Table::default()
        },
    )
}

fn partial(wanted: Wanted) -> impl Strategy<Value = Partial> {
    let content = (vec(column(wanted), 0..3), vec(index(), 0..2), vec(check(), 0..2));
    (name(), of(color()), of(note()), content).prop_map(|(name, header_color, note, (columns, indexes, checks))| {
        Partial { name, header_color, note, columns, indexes, checks, ..Partial::default() }
    })
}

fn enumeration() -> impl Strategy<Value = Enum> {
    let value = (name(), of(note())).prop_map(|(name, note)| EnumValue { name, note, ..EnumValue::default() });
    (path(), vec(value, 1..4)).prop_map(|(path, values)| Enum { path, values, ..Enum::default() })
}

fn reference(wanted: Wanted) -> impl Strategy<Value = Ref> {
    let end = || (path(), vec(name(), 1..3)).prop_map(|(table, columns)| Endpoint { table, columns });
    let action = || of(prop::sample::select(vec!["cascade", "No Action", "set null"]).prop_map(str::to_owned));
    (of(name()), relation(wanted), end(), end(), action(), action(), of(color()), any::<bool>()).prop_map(
        |(name, relation, left, right, on_delete, on_update, color, inactive)| Ref {
            name,
            relation,
            left,
            right,
            on_delete,
            on_update,
            color,
            inactive,
            ..Ref::default()
        },
    )
}

fn group(wanted: Wanted) -> impl Strategy<Value = Group> {
    (name(), of(color()), of(note()), metadata(wanted), vec(path(), 0..3)).prop_map(
        |(name, color, note, metadata, tables)| Group { name, color, note, metadata, tables, ..Group::default() },
    )
}

fn sticky_note(wanted: Wanted) -> impl Strategy<Value = StickyNote> {
    let color = of(prop_oneof![color(), Just("none".to_owned())]);
    (path(), color, metadata(wanted), note()).prop_map(|(path, color, metadata, text)| StickyNote {
        path,
        color,
        metadata,
        text,
        ..StickyNote::default()
    })
}

/// Rows; none but the first begins with a negative number, which cannot be said.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    vec(vec(value(), 1..4), 0..4).prop_map(|rows| {
        let row = |(n, mut values): (usize, Vec<Value>)| {
            if let Some(Value::Number(text)) = values.first_mut().filter(|_| n > 0) {
                *text = text.trim_start_matches('-').to_owned();
            }
            Row { values, ..Row::default() }
        };
        rows.into_iter().enumerate().map(row).collect()
    })
}

fn records(wanted: Wanted) -> impl Strategy<Value = Records> {
    (path(), vec(name(), 0..4), wanted.flag(), rows()).prop_map(|(table, columns, example, rows)| Records {
        table,
        columns: Some(columns),
        example,
        rows,
        ..Records::default()
    })
}

fn view() -> impl Strategy<Value = View> {
    let shown = || of(prop_oneof![Just(Shown::All), vec(path(), 0..3).prop_map(Shown::These)]);
    (name(), any::<bool>(), shown(), shown(), shown(), shown()).prop_map(
        |(name, everything, tables, notes, groups, schemas)| View {
            name,
            everything,
            tables,
            notes,
            groups,
            schemas,
            ..View::default()
        },
    )
}

fn dep() -> impl Strategy<Value = Dep> {
    let value = prop_oneof![text().prop_map(DepValue::Text), number().prop_map(DepValue::Number)];
    let fields = vec(value, 0..3).prop_map(|values| {
        let keys = ["owner", "x1", "priority"].map(str::to_owned);
        keys.into_iter().zip(values).collect()
    });
    let edges = vec((vec(name(), 1..4), vec(name(), 1..4)), 0..3);
    (of(name()), of(color()), of(note()), fields, edges).prop_map(|(name, color, note, fields, edges)| Dep {
        name,
        color,
        note,
        fields,
        edges,
        ..Dep::default()
    })
}

fn metadata_block() -> impl Strategy<Value = Metadata> {
    let kinds = vec![MetadataKind::Table, MetadataKind::Column, MetadataKind::Group, MetadataKind::Note];
    let fields = vec(text(), 0..3).prop_map(|values| {
        let keys = ["Owner", "x1", "pii"].map(str::to_owned);
        keys.into_iter().zip(values).collect()
    });
    (prop::sample::select(kinds), vec(name(), 1..4), fields).prop_map(|(kind, target, fields)| Metadata {
        origin: Default::default(),
        kind,
        target,
        fields,
    })
}

fn project() -> impl Strategy<Value = Project> {
    let fields = vec((word(), text()), 0..3);
    (of(name()), of(note()), fields).prop_map(|(name, note, fields)| Project {
        name,
        note,
        fields,
        ..Project::default()
    })
}

fn import() -> impl Strategy<Value = Use> {
    let item = (path(), of(path())).prop_map(|(path, alias)| UseItem { kind: "table".to_owned(), path, alias });
    (any::<bool>(), of(vec(item, 0..3)), text()).prop_map(|(passed_on, items, from)| Use {
        passed_on,
        items,
        from,
        ..Use::default()
    })
}

/// A document of a few objects of each kind.
pub(crate) fn document(wanted: Wanted) -> impl Strategy<Value = Document> {
    let first = (of(project()), vec(import(), 0..2), vec(enumeration(), 0..2), vec(partial(wanted), 0..2));
    let second = (vec(table(wanted), 0..3), vec(reference(wanted), 0..3), vec(group(wanted), 0..2));
    let third = (vec(sticky_note(wanted), 0..2), vec(records(wanted), 0..2), vec(view(), 0..2));
    let last = (wanted.list(dep()), wanted.list(metadata_block()), rows());
    (first, second, third, last).prop_map(
        |(
            (project, uses, enums, partials),
            (tables, refs, groups),
            (notes, records, views),
            (deps, metadata, rows),
        )| {
            // Rows of a table without columns of their own stand in the table.
            let own =
                tables.first().map(|table: &Table| Records { table: table.path.clone(), rows, ..Records::default() });
            let records = own.into_iter().chain(records).collect();
            Document { project, uses, enums, partials, tables, refs, groups, notes, records, views, deps, metadata }
        },
    )
}
