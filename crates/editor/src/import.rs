//! A schema that was read from text, beside what is there: what of it is new, worked out before anything is staged.

mod contents;
mod mend;
mod types;

pub use contents::contents;

use self::types::{cast_to, meaning};
use crate::{Announcement, Editor, Effect};
use edit::{Edit, Gesture, Move, apply_all, diff};
use schema::{
    Annotation, AnnotationKind, ColumnPair, DataType, Expression, Name, NamespaceId, ObjectId, Opaque, Reference,
    Schema, Table, TableId, TypeDefinition, TypeId, UserType,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What can be staged of a schema that was read. It is worked out for an editor as it is, and staged as one gesture with
/// [`crate::Input::Import`].
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    gesture: Gesture,
    /// The tables that are new, with the references among them: what a picture can show of it.
    pub taken: Schema,
    /// What is new, counted: `3 tables, 2 references, 1 view`.
    pub news: String,
    /// Tables whose names are in the diagram already. They stay as they are.
    pub known: Vec<String>,
    /// What else is left out, or is not as it was read, in sentences.
    pub remarks: Vec<String>,
}

impl Import {
    /// Works out what is new in `read` for the editor.
    ///
    /// Namespaces are matched by name, and `public` is the diagram's own. What PostgreSQL would refuse is left out, so
    /// that all that is staged can be committed.
    pub fn of(editor: &Editor, read: &Schema) -> Self {
        let mut merge = Merge::new(editor.target(), read);
        merge.namespaces();
        merge.types();
        merge.tables();
        merge.annotations();
        merge.references();
        merge.opaque();
        merge.leave_out_what_is_broken();
        merge.drop_empty_namespaces();
        merge.finish(editor)
    }

    /// Whether nothing would be staged.
    pub fn is_empty(&self) -> bool {
        self.gesture.is_empty()
    }
}

impl Editor {
    /// Stages an import as one step, and shows what has come.
    pub(crate) fn import(&mut self, import: Import) -> Vec<Effect> {
        if import.is_empty() {
            return vec![Effect::Announce(Announcement::note("Nothing to import: nothing of it is new"))];
        }
        // What is pending is folded away while a panel is open.
        let mut effects = self.close_panel();
        effects.extend(self.perform(import.gesture));
        effects.extend(self.fit(self.picture.scene.bounds_of(import.taken.tables.keys().copied())));
        effects
    }
}

impl Editor {
    /// Stages what was typed in the text beside the drawing. New tables are put where there is room; nothing is said of
    /// it, since whoever types sees it happen.
    pub(crate) fn typed(&mut self, edits: Vec<Edit>) -> Vec<Effect> {
        let mut typed = self.target().clone();
        if let Err(error) = apply_all(&mut typed, &edits) {
            let why = error.in_words(self.target());
            return vec![Effect::Announce(Announcement::failure(format!("What was typed is not staged: {why}")))];
        }
        let places = diagram::layout::complete(&typed, self.placements(), &BTreeMap::new()).into_iter().flatten();
        let new = places.filter(|(table, _)| !self.target().tables.contains_key(table));
        let moves = new.map(|(table, to)| Move { table, from: None, to: Some(to) }).collect();
        let mut effects =
            self.perform(Gesture { label: "edit the text".to_owned(), edits, moves, ..Gesture::default() });
        effects.retain(|effect| !matches!(effect, Effect::Announce(said) if said.offers_undo));
        effects
    }
}

/// The edited schema on its way to what it would be with what was read.
struct Merge<'a> {
    target: &'a Schema,
    read: &'a Schema,
    /// The edited schema with what is taken so far.
    all: Schema,
    /// Where what is in a namespace that was read goes.
    namespaces: BTreeMap<NamespaceId, NamespaceId>,
    /// Types that were read, and those that stand for them.
    types: BTreeMap<TypeId, TypeId>,
    /// Tables that were read, and those in the diagram that have their names.
    same: BTreeMap<TableId, TableId>,
    /// Types that got a number, by their names.
    retyped: Vec<(Name, Name)>,
    /// Names of tables, keys and indexes.
    relations: BTreeSet<(NamespaceId, Name)>,
    /// Names of sequences, which no table, key or index may have.
    sequences: BTreeSet<(NamespaceId, Name)>,
    known: Vec<String>,
    remarks: Vec<String>,
}

impl<'a> Merge<'a> {
    fn new(target: &'a Schema, read: &'a Schema) -> Self {
        let mut merge = Self {
            target,
            read,
            all: target.clone(),
            namespaces: BTreeMap::new(),
            types: BTreeMap::new(),
            same: BTreeMap::new(),
            retyped: Vec::new(),
            relations: BTreeSet::new(),
            sequences: BTreeSet::new(),
            known: Vec::new(),
            remarks: Vec::new(),
        };
        for table in target.tables.values() {
            merge.occupy(table);
            let inner = table.keys.iter().map(|key| &key.name).chain(table.indexes.iter().map(|index| &index.name));
            merge.relations.extend(inner.map(|name| (table.namespace, name.clone())));
        }
        merge
    }

    /// Takes the names of the table and of its sequences.
    fn occupy(&mut self, table: &Table) {
        self.relations.insert((table.namespace, table.name.clone()));
        self.sequences.extend(table.sequences().map(|(_, name)| (table.namespace, name)));
    }

    fn is_taken(&self, namespace: NamespaceId, name: &Name) -> bool {
        let key = (namespace, name.clone());
        self.relations.contains(&key) || self.sequences.contains(&key)
    }

    fn namespaces(&mut self) {
        let own = self.target.default_namespace();
        for namespace in self.read.namespaces.values() {
            let same = self.target.namespaces.values().find(|it| it.name == namespace.name).map(|it| it.id);
            let there = same.or_else(|| own.filter(|_| namespace.name.as_str() == "public"));
            self.namespaces.insert(namespace.id, there.unwrap_or(namespace.id));
            if there.is_none() {
                self.all.namespaces.insert(namespace.id, namespace.clone());
            }
        }
    }

    /// Takes the types that are new. What is called like one in the diagram and says the same is that one; what says
    /// something else gets a number.
    fn types(&mut self) {
        for it in self.read.types.values() {
            let Some(namespace) = self.namespaces.get(&it.namespace).copied() else { continue };
            let there = self.target.types.values().find(|there| there.namespace == namespace && there.name == it.name);
            let same = there.filter(|there| meaning(self.target, there) == meaning(self.read, it));
            self.types.insert(it.id, same.map_or(it.id, |there| there.id));
            if same.is_some() {
                continue;
            }
            let mut new = UserType { namespace, ..it.clone() };
            if there.is_some() {
                let names = self.all.types.values().chain(self.read.types.values()).map(|it| &it.name);
                let taken: BTreeSet<Name> = names.chain(self.relations.iter().map(|(_, name)| name)).cloned().collect();
                if let Some(Renamed { from, to }) = free(&mut new.name, |name| taken.contains(name)) {
                    self.remarks
                        .push(format!("type {from} is called {to}: the diagram's own {from} says something else"));
                    self.retyped.push((from, to));
                }
            }
            self.all.types.insert(it.id, new);
        }
        for it in self.all.types.values_mut() {
            if let TypeDefinition::Domain(domain) = &mut it.definition {
                domain.base = led_to(&self.types, &domain.base);
            }
        }
    }

    /// Takes groups and notes. A group that is called like one in the diagram is that one, and of a note with such a name
    /// nothing is taken.
    fn annotations(&mut self) {
        let mut groups = BTreeMap::new();
        for it in self.read.annotations.values() {
            let same = self.target.annotations.values().find(|there| there.kind == it.kind && there.name == it.name);
            groups.insert(it.id, same.map_or(it.id, |there| there.id));
            if same.is_none() {
                // Where it stood, something else may stand here.
                self.all.annotations.insert(it.id, Annotation { spot: None, ..it.clone() });
            }
        }
        for table in self.all.tables.values_mut() {
            let led_to = table.group.and_then(|group| groups.get(&group)).copied();
            if led_to.is_some_and(|group| table.group != Some(group)) {
                Arc::make_mut(table).group = led_to;
            }
        }
        // A group whose tables are all there already, in other groups or in none, would be empty.
        let used: BTreeSet<_> = self.all.tables.values().filter_map(|table| table.group).collect();
        let target = self.target;
        self.all.annotations.retain(|id, it| {
            it.kind == AnnotationKind::Note || target.annotations.contains_key(id) || used.contains(id)
        });
    }

    /// Takes what is kept as statements, unless the same is there, or the table that it belongs to is not new.
    fn opaque(&mut self) {
        for it in self.read.opaque.values() {
            let mut there = self.target.opaque.values();
            if there.any(|there| there.kind == it.kind && there.definition == it.definition) {
                continue;
            }
            if let Some(table) = it.table.filter(|table| !self.all.tables.contains_key(table)) {
                let label = self.read.label(ObjectId::Table(table)).unwrap_or_default();
                let why = if self.same.contains_key(&table) { "is in the diagram already" } else { "is left out" };
                self.remarks.push(format!("{} {} is left out: {label} {why}", it.kind.words(), it.name));
            } else {
                let namespace = it.namespace.map(|id| self.namespaces.get(&id).copied().unwrap_or(id));
                self.all.opaque.insert(it.id, Arc::new(Opaque { namespace, ..it.as_ref().clone() }));
            }
        }
    }

    /// Takes the tables that are new. All of them have their names before any key or index gets one.
    fn tables(&mut self) {
        let of_target = self.target.tables.values().map(|table| ((table.namespace, table.name.clone()), table.id));
        let mut by_name: BTreeMap<(NamespaceId, Name), TableId> = of_target.collect();
        let mut new: Vec<Table> = Vec::new();
        for table in self.read.tables_by_name() {
            let Some(namespace) = self.namespaces.get(&table.namespace).copied() else { continue };
            let label = self.read.display_name(table);
            let key = (namespace, table.name.clone());
            if let Some(known) = by_name.get(&key) {
                self.same.insert(table.id, *known);
                self.known.push(label);
            } else if let Some(name) = self.rival(namespace, table) {
                let remark = format!("{label} is left out: in the diagram {name} is a key, an index or a sequence");
                self.remarks.push(remark);
            } else {
                by_name.insert(key, table.id);
                new.push(Table { namespace, ..table.clone() });
            }
        }
        for table in &new {
            self.occupy(table);
        }
        for mut table in new {
            for column in &mut table.columns {
                column.data_type = led_to(&self.types, &column.data_type);
                column.default = column.default.take().map(|it| self.retyped(it));
            }
            for check in &mut table.checks {
                check.expression = self.retyped(check.expression.clone());
            }
            let parents = table.options.partition.iter_mut().map(|partition| &mut partition.parent);
            for parent in parents.chain(&mut table.options.inherits) {
                *parent = self.same.get(parent).copied().unwrap_or(*parent);
            }
            self.free_names(&mut table);
            self.all.tables.insert(table.id, Arc::new(table));
        }
    }

    /// The expression with the new names of types in its casts.
    fn retyped(&self, expression: Expression) -> Expression {
        self.retyped.iter().fold(expression, |expression, (from, to)| {
            let text = expression.to_string();
            let cast = cast_to(&text, from.as_str(), to.as_str());
            cast.and_then(|text| Expression::parse_wide(&text).ok()).unwrap_or(expression)
        })
    }

    /// A name that the table needs and something in the diagram that is no table has.
    fn rival(&self, namespace: NamespaceId, table: &Table) -> Option<Name> {
        let is_relation = |name: &Name| self.relations.contains(&(namespace, name.clone()));
        let own = Some(table.name.clone()).filter(|name| self.is_taken(namespace, name));
        own.or_else(|| table.sequences().map(|(_, name)| name).find(is_relation))
    }

    /// Gives keys, indexes and checks of a new table names that nothing else has.
    fn free_names(&mut self, table: &mut Table) {
        let namespace = table.namespace;
        let mut renamed = Vec::new();
        let keys = table.keys.iter_mut().map(|key| &mut key.name);
        for name in keys.chain(table.indexes.iter_mut().map(|index| &mut index.name)) {
            renamed.extend(free(name, |name| self.is_taken(namespace, name)));
            self.relations.insert((namespace, name.clone()));
        }
        let mut constraints: BTreeSet<Name> = table.keys.iter().map(|key| key.name.clone()).collect();
        for check in &mut table.checks {
            renamed.extend(free(&mut check.name, |name| constraints.contains(name)));
            constraints.insert(check.name.clone());
        }
        self.remarks.extend(renamed.into_iter().map(|it| it.of(&table.name)));
    }

    /// Takes the references of new tables.
    fn references(&mut self) {
        let mut names: BTreeMap<TableId, BTreeSet<Name>> = BTreeMap::new();
        for reference in self.read.references.values() {
            let Some(table) = self.all.tables.get(&reference.referencing).cloned() else { continue };
            if self.target.tables.contains_key(&table.id) {
                continue;
            }
            let taken = names.entry(table.id).or_insert_with(|| {
                let keys = table.keys.iter().map(|key| key.name.clone());
                keys.chain(table.checks.iter().map(|check| check.name.clone())).collect()
            });
            let mut new = match self.led_here(reference) {
                Ok(new) => new,
                Err(reason) => {
                    self.remarks.push(format!("{} is left out: {reason}", reference.name));
                    continue;
                }
            };
            if let Some(renamed) = free(&mut new.name, |name| taken.contains(name)) {
                self.remarks.push(renamed.of(&table.name));
            }
            taken.insert(new.name.clone());
            self.all.references.insert(new.id, Arc::new(new));
        }
    }

    /// The reference with its ends in the diagram: where a table is there already, its columns of the same names.
    fn led_here(&self, reference: &Reference) -> Result<Reference, String> {
        let Some(there) = self.same.get(&reference.referenced) else {
            return match self.all.tables.contains_key(&reference.referenced) {
                true => Ok(reference.clone()),
                false => Err("so is the table that it names".to_owned()),
            };
        };
        let (from, to) = (self.read.table(reference.referenced), self.all.table(*there));
        let (Some(from), Some(to)) = (from, to) else { return Err("the table that it names is gone".to_owned()) };
        let pair = |pair: &ColumnPair| {
            let name = from.column(pair.referenced).map_or("", |column| column.name.as_str());
            let column = to
                .column_named(name)
                .ok_or_else(|| format!("{} in the diagram has no column {name}", self.all.display_name(to)))?;
            Ok(ColumnPair { referencing: pair.referencing, referenced: column.id })
        };
        let pairs = reference.pairs.iter().map(pair).collect::<Result<Vec<_>, String>>()?;
        Ok(Reference { referenced: *there, pairs, ..reference.clone() })
    }

    /// A namespace comes with what is in it only.
    fn drop_empty_namespaces(&mut self) {
        let of_types = self.all.types.values().map(|it| it.namespace);
        let of_opaque = self.all.opaque.values().filter_map(|it| it.namespace);
        let of_tables = self.all.tables.values().map(|table| table.namespace);
        let used: BTreeSet<NamespaceId> = of_tables.chain(of_types).chain(of_opaque).collect();
        let target = self.target;
        self.all.namespaces.retain(|id, namespace| {
            let stays = used.contains(id) || target.namespaces.contains_key(id);
            if !stays {
                self.remarks.push(format!("schema {} is left out: no table of it is new", namespace.name));
            }
            stays
        });
    }

    fn finish(self, editor: &Editor) -> Import {
        let Self { target, all, known, remarks, .. } = self;
        let mut taken = all.clone();
        taken.tables.retain(|id, _| !target.tables.contains_key(id));
        taken.references.retain(|id, _| !target.references.contains_key(id));
        let mut new = taken.clone();
        new.types.retain(|id, _| !target.types.contains_key(id));
        new.opaque.retain(|id, _| !target.opaque.contains_key(id));
        let news = contents(&new);
        taken.references.retain(|_, reference| taken.tables.contains_key(&reference.referenced));
        let places = diagram::layout::complete(&all, editor.placements(), &BTreeMap::new());
        let places = places.into_iter().flatten().filter(|(table, _)| taken.tables.contains_key(table));
        let gesture = Gesture {
            label: format!("import {news}"),
            edits: diff(target, &all),
            moves: places.map(|(table, to)| Move { table, from: None, to: Some(to) }).collect(),
            ..Gesture::default()
        };
        Import { gesture, taken, news, known, remarks }
    }
}

/// The type with one of the diagram's own in the place of one that was read.
fn led_to(types: &BTreeMap<TypeId, TypeId>, data_type: &DataType) -> DataType {
    let own = data_type.user_type().and_then(|id| types.get(&id));
    own.map_or_else(|| data_type.clone(), |own| DataType::defined(*own).with_dimensions(data_type.dimensions()))
}

/// A name that was taken, and the one instead of it.
struct Renamed {
    from: Name,
    to: Name,
}

impl Renamed {
    fn of(self, table: &Name) -> String {
        format!("{} of {table} is called {}: its name is taken", self.from, self.to)
    }
}

/// Puts a number after a name that is taken.
fn free(name: &mut Name, is_taken: impl Fn(&Name) -> bool) -> Option<Renamed> {
    if !is_taken(name) {
        return None;
    }
    let numbered = |n: u32| Name::derive(&[name.as_str()], &n.to_string());
    let to = (2..).map(numbered).find(|name| !is_taken(name))?;
    Some(Renamed { from: std::mem::replace(name, to.clone()), to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Document, Facet, Input};
    use diagram::Size;
    use schema::testing::schema_from;
    use schema::{Code, validate};

    const HERE: &str = "\
users @u
  id integer!
  email text!
  pk users_pkey(id)
  index orders_pkey(email)
";

    fn editor(here: &str) -> Editor {
        let schema = schema_from(here);
        let placements = diagram::layout::arrange(&schema);
        let mut editor = Editor::open(Document { revision: 3, schema, placements }, None, 7);
        editor.handle(Input::Resized(Size::new(1_000.0, 800.0)));
        editor
    }

    #[test]
    fn types_come_with_the_tables() {
        let mut editor = editor(&format!("enum mood @m: sad\n{HERE}"));
        let there = editor.target().types.keys().next().copied().unwrap();
        let read = "enum mood: sad\nenum size: s, m\ntasks\n  id integer!\n  mood mood\n  size size = 's'\n  pk tasks_pkey(id)\n";
        let import = Import::of(&editor, &schema_from(read));
        assert_eq!(import.remarks, Vec::<String>::new());
        editor.handle(Input::Import(Box::new(import)));
        let schema = editor.target();
        assert_eq!(schema.types.len(), 2);
        let tasks = schema.tables.values().find(|table| table.name.as_str() == "tasks").unwrap();
        assert_eq!(tasks.column_named("mood").unwrap().data_type.user_type(), Some(there));
        assert_eq!(schema.type_text(&tasks.column_named("size").unwrap().data_type), "size");
        assert_eq!(editor.findings(), []);
        // Of the same name, and yet another type.
        let read = "enum mood: sad, happy\nmoods\n  id integer!\n  mood mood = 'happy'\n  pk moods_pkey(id)\n";
        let import = Import::of(&editor, &schema_from(read));
        assert_eq!(import.remarks, ["type mood is called mood_2: the diagram's own mood says something else"]);
        assert_eq!(import.news, "1 table, 1 type");
        editor.handle(Input::Import(Box::new(import)));
        let moods = editor.target().tables.values().find(|table| table.name.as_str() == "moods").unwrap();
        assert_eq!(editor.target().type_text(&moods.column_named("mood").unwrap().data_type), "mood_2");
        assert_eq!(editor.findings(), []);
    }

    /// Reads `text` beside [`HERE`]: what is taken, as labels of what the diagram has more, and what is said of the rest.
    fn check(text: &str, taken: &[&str], known: &[&str], remarks: &[&str]) {
        let mut editor = editor(HERE);
        let before = (editor.target().clone(), editor.placements().clone());
        let import = Import::of(&editor, &schema_from(text));
        assert_eq!(
            (import.known.as_slice(), import.remarks.as_slice()),
            (owned(known).as_slice(), owned(remarks).as_slice()),
            "{text}"
        );
        assert_eq!(import.is_empty(), taken.is_empty(), "{text}");
        let new_tables: Vec<TableId> = import.taken.tables.keys().copied().collect();
        let effects = editor.handle(Input::Import(Box::new(import)));
        let more: BTreeSet<String> = diff(&before.0, editor.target()).iter().flat_map(labels).collect();
        assert_eq!(more, owned(taken).into_iter().collect(), "{text}");
        assert!(editor.findings().iter().all(|it| !it.code.is_refused()), "{text}: {:?}", editor.findings());
        if taken.is_empty() {
            assert_eq!(editor.history().next_undo(), None);
            return;
        }
        assert!(effects.contains(&Effect::Changed(Facet::Camera)), "{text}: what came is shown");
        let seen = editor.view().world_rect();
        for table in &new_tables {
            let rect = editor.scene().table_box(*table).unwrap().rect;
            assert!(seen.contains_rect(rect), "{text}: {rect:?} in {seen:?}");
            let others = editor.scene().boxes().filter(|other| other.table != *table);
            assert!(others.into_iter().all(|other| !other.rect.overlaps(rect)), "{text}: nothing lies on another");
        }
        editor.handle(Input::Command(Command::Undo));
        assert_eq!((editor.target(), editor.placements()), (&before.0, &before.1), "{text}: one step of undo");
        assert!(editor.pending().is_empty() && editor.history().next_undo().is_none());
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    /// The names of everything that the edit makes.
    fn labels(edit: &Edit) -> Vec<String> {
        match edit {
            Edit::Create(edit::Object::Table(table)) => {
                let keys = table.keys.iter().map(|key| key.name.to_string());
                let indexes = table.indexes.iter().map(|index| index.name.to_string());
                let checks = table.checks.iter().map(|check| check.name.to_string());
                std::iter::once(table.name.to_string()).chain(keys).chain(indexes).chain(checks).collect()
            }
            Edit::Create(edit::Object::Reference(reference)) => vec![reference.name.to_string()],
            Edit::Create(edit::Object::Namespace(namespace)) => vec![format!("schema {}", namespace.name)],
            Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => vec![format!("{edit:?}")],
        }
    }

    #[test]
    fn what_is_new_is_staged_and_the_rest_is_said() {
        let cities = "cities @c\n  id integer!\n  pk cities_pkey(id)\n";
        check("", &[], &[], &[]);
        check(cities, &["cities", "cities_pkey"], &[], &[]);
        check("users @v\n  id bigint!\n", &[], &["users"], &[]);
        // A reference leads to the table that is there.
        check(
            "users @v\n  id integer!\n  pk users_pkey(id)\ntags @t\n  user_id integer\nfk f: tags(user_id) -> users(id)",
            &["tags", "f"],
            &["users"],
            &[],
        );
        // Nothing is added to a table that is there.
        check(
            &format!("{cities}users @v\n  city_id integer\nfk f: users(city_id) -> cities(id)"),
            &["cities", "cities_pkey"],
            &["users"],
            &[],
        );
    }

    #[test]
    fn schemas_are_matched_by_name() {
        check("auth.users @v\n  id integer!", &["schema auth", "users"], &[], &[]);
        check("namespace audit\n", &[], &[], &["schema audit is left out: no table of it is new"]);
        let mut editor = editor("shop.users @u\n  id integer!");
        let import = Import::of(&editor, &schema_from("users @v\n  id integer!\ntags @t\n  id integer!"));
        assert_eq!(import.known, ["users"], "what has no schema is in the diagram's own");
        editor.handle(Input::Import(Box::new(import)));
        assert_eq!(editor.target().namespaces.len(), 1);
        let names: Vec<String> = editor.target().tables.values().map(|it| editor.target().display_name(it)).collect();
        assert_eq!(BTreeSet::from_iter(names), BTreeSet::from(["shop.users".to_owned(), "shop.tags".to_owned()]));
    }

    #[test]
    fn names_that_are_taken_give_way() {
        check(
            "orders @o\n  id integer!\n  pk orders_pkey(id)\n  index users_pkey(id)",
            &["orders", "orders_pkey_2", "users_pkey_2"],
            &[],
            &[
                "orders_pkey of orders is called orders_pkey_2: its name is taken",
                "users_pkey of orders is called users_pkey_2: its name is taken",
            ],
        );
        check(
            "orders_pkey @o\n  id integer!",
            &[],
            &[],
            &["orders_pkey is left out: in the diagram orders_pkey is a key, an index or a sequence"],
        );
    }

    #[test]
    fn what_postgresql_would_refuse_is_left_out() {
        let to_users = |columns: &str, end: &str| {
            format!(
                "users @v\n  id integer!\n  email text!\n  name text!\ntags @t\n{columns}fk f: tags(u) -> users({end}"
            )
        };
        let cases = [
            (to_users("  u text\n", "name)"), vec!["tags"], "f is left out: users in the diagram has no column name"),
            (
                to_users("  u text\n", "email)"),
                vec!["tags"],
                "f is left out: users needs a primary key or unique constraint over exactly email",
            ),
            (
                to_users("  u text\n", "id)"),
                vec!["tags"],
                "f is left out: tags.u is text and cannot be compared with users.id, which is integer",
            ),
            (
                "tags @t\n  id integer\n  ctid integer\n  index i(ctid)".to_owned(),
                vec!["tags"],
                "tags.ctid is left out, and with it i: every table already has a hidden column of that name",
            ),
            (
                "tags @t\n  id integer = 'x'".to_owned(),
                vec!["tags"],
                "tags.id has no default: tags.id is integer and cannot default to 'x'",
            ),
            (
                "tags @t\n  id serial".to_owned(),
                vec!["tags"],
                "tags.id is NOT NULL: tags.id is serial, which is never NULL",
            ),
            (
                "tags @t\n  id integer\n  data json\n  pk tags_pkey(data)".to_owned(),
                vec!["tags"],
                "tags_pkey is left out: data is json, which cannot be indexed",
            ),
            (
                "pg_own.tags @t\n  id integer".to_owned(),
                vec![],
                "pg_own is left out, and with it pg_own.tags: schemas whose names begin with pg_ are PostgreSQL's own",
            ),
        ];
        for (text, taken, remark) in cases {
            let known: &[&str] = if text.starts_with("users") { &["users"] } else { &[] };
            check(&text, &taken, known, &[remark]);
        }
    }

    /// PostgreSQL finds out only when a row is deleted, so that schemas have it.
    #[test]
    fn what_postgresql_takes_is_taken() {
        check(
            "users @v\n  id integer!\n  pk users_pkey(id)\ntags @t\n  u integer!\nfk f: tags(u) -> users(id) on delete set null",
            &["tags", "f"],
            &["users"],
            &[],
        );
        let text = "a\n  id integer!\n  pk a_pkey(id)\nb\n  a_id integer!\nfk f: b(a_id) -> a(id) on delete set null";
        let (before, after) = (Schema::default(), schema_from(text));
        let findings: Vec<Code> = validate(&after).iter().map(|finding| finding.code).collect();
        assert_eq!(findings, [Code::SetNullOnNotNull]);
        let landed = edit::land(&before, &[], &diff(&before, &after));
        assert!(matches!(landed, Ok(edit::Landing::Fits { .. })), "{landed:?}");
    }

    #[test]
    fn what_belongs_to_a_table_that_is_there_is_said() {
        let editor = editor(HERE);
        let mut read = schema_from("users @v\n  id integer!\ntags @t\n  id integer!");
        let id = |name: &str| read.tables.values().find(|it| it.name.as_str() == name).map(|it| it.id);
        for (n, table, name) in [(1, id("users"), "touch"), (2, id("tags"), "note"), (3, None, "count_all")] {
            let id = schema::OpaqueId::from_u128(n);
            let kind = if table.is_some() { schema::OpaqueKind::Trigger } else { schema::OpaqueKind::Function };
            let definition = schema::Statement::parse(&format!("create {} {name}", kind.words())).unwrap();
            let name = Name::parse(name).unwrap();
            let rank = schema::Rank::nth(0);
            read.opaque.insert(id, Arc::new(Opaque { id, namespace: None, name, kind, table, definition, rank }));
        }
        let import = Import::of(&editor, &read);
        assert_eq!(import.remarks, ["trigger touch is left out: users is in the diagram already"]);
        assert_eq!(import.news, "1 table, 1 trigger, 1 function");
        assert_eq!(contents(&read), "2 tables, 2 triggers, 1 function");
    }

    #[test]
    fn who_only_looks_stages_nothing() {
        let mut editor = editor(HERE);
        let import = Box::new(Import::of(&editor, &schema_from("cities @c\n  id integer!")));
        editor.set_may_edit(false);
        assert!(!editor.can(Command::Import));
        editor.handle(Input::Import(import));
        assert!(editor.pending().is_empty());
    }
}
