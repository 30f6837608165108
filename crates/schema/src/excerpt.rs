//! A part of a schema that stands by itself.

use crate::{Schema, TableId, TypeId};
use std::collections::BTreeSet;

impl Schema {
    /// These tables with what they cannot be without: the tables that they are parts or heirs of, the types of their
    /// columns, their namespaces, and the references among them. Views, functions, triggers and the like are not among it,
    /// since nobody knows what else they need.
    pub fn excerpt(&self, tables: &BTreeSet<TableId>) -> Self {
        let mut wanted = BTreeSet::new();
        let mut waiting: Vec<TableId> = tables.iter().copied().collect();
        while let Some(table) = waiting.pop().and_then(|id| self.table(id)) {
            if wanted.insert(table.id) {
                waiting.extend(table.options.parents());
            }
        }
        let tables = self.tables.iter().filter(|(id, _)| wanted.contains(id));
        let mut excerpt = Self { tables: tables.map(|(id, it)| (*id, it.clone())).collect(), ..Self::default() };
        let ends = self.references.iter().filter(|(_, it)| {
            let ends = [it.referencing, it.referenced];
            ends.iter().all(|end| wanted.contains(end))
        });
        excerpt.references = ends.map(|(id, it)| (*id, it.clone())).collect();
        let columns = excerpt.tables.values().flat_map(|table| &table.columns);
        let mut used: Vec<TypeId> = columns.filter_map(|column| column.data_type.user_type()).collect();
        while let Some((id, it)) = used.pop().and_then(|id| Some((id, self.user_type(id)?))) {
            if excerpt.types.insert(id, it.clone()).is_none() {
                used.extend(it.base().and_then(crate::DataType::user_type));
            }
        }
        let of_tables = excerpt.tables.values().map(|table| table.namespace);
        let namespaces: BTreeSet<_> = of_tables.chain(excerpt.types.values().map(|it| it.namespace)).collect();
        let namespaces = self.namespaces.iter().filter(|(id, _)| namespaces.contains(id));
        excerpt.namespaces = namespaces.map(|(id, it)| (*id, it.clone())).collect();
        excerpt
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{arbitrary_schema, schema_from};
    use crate::{Schema, TableId, validate};
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    /// What is in the excerpt of the tables of these names, by name.
    fn check(tables: &[&str], expect: &[&str]) {
        let schema = schema_from(
            "enum mood: ok, bad\nenum other: x\nusers\n  id integer!\n  mood mood\n  pk users_pkey(id)\norders\n  id integer!\n  \
             user_id integer\nlogs\n  id integer!\nfk orders_user_id_fkey: orders(user_id) -> users(id)",
        );
        let is_wanted = |name: &str| tables.contains(&name);
        let ids = schema.tables.values().filter(|it| is_wanted(it.name.as_str())).map(|it| it.id).collect();
        let found = schema.excerpt(&ids);
        let names = found.tables.values().map(|it| it.name.to_string());
        let types = found.types.values().map(|it| it.name.to_string());
        let references = found.references.values().map(|it| it.name.to_string());
        let namespaces = found.namespaces.values().map(|it| it.name.to_string());
        assert_eq!(namespaces.chain(types).chain(names).chain(references).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn what_is_needed_comes_along_and_nothing_else() {
        check(&[], &[]);
        check(&["logs"], &["public", "logs"]);
        check(&["users"], &["public", "mood", "users"]);
        check(&["orders"], &["public", "orders"]);
        check(&["orders", "users"], &["public", "mood", "orders", "users", "orders_user_id_fkey"]);
    }

    #[test]
    fn an_heir_comes_with_what_it_inherits_from() {
        let mut schema = schema_from("events\n  id integer!\nclicks\n  id integer!\nlogs\n  id integer!");
        let named =
            |schema: &Schema, name: &str| schema.tables.values().find(|it| it.name.as_str() == name).unwrap().id;
        let (events, clicks) = (named(&schema, "events"), named(&schema, "clicks"));
        Arc::make_mut(schema.tables.get_mut(&clicks).unwrap()).options.inherits = vec![events];
        let tables = |chosen| schema.excerpt(&BTreeSet::from([chosen])).tables.into_keys().collect::<BTreeSet<_>>();
        assert_eq!(tables(clicks), BTreeSet::from([events, clicks]));
        assert_eq!(tables(events), BTreeSet::from([events]));
    }

    proptest! {
        #[test]
        fn an_excerpt_is_a_valid_schema(schema in arbitrary_schema(), bits: u32) {
            let chosen = schema.tables.keys().enumerate().filter(|(at, _)| bits >> (at % 32) & 1 == 1);
            let chosen: BTreeSet<TableId> = chosen.map(|(_, id)| *id).collect();
            let excerpt = schema.excerpt(&chosen);
            prop_assert_eq!(validate(&excerpt), vec![]);
            prop_assert!(chosen.iter().all(|id| excerpt.tables.get(id) == schema.tables.get(id)));
            let all = schema.tables.keys().copied().collect();
            let whole = schema.excerpt(&all);
            prop_assert_eq!((&whole.tables, &whole.references), (&schema.tables, &schema.references));
        }

        #[test]
        fn an_excerpt_of_an_excerpt_is_the_same(schema in arbitrary_schema()) {
            let half: BTreeSet<TableId> = schema.tables.keys().copied().step_by(2).collect();
            let excerpt: Schema = schema.excerpt(&half);
            prop_assert_eq!(excerpt.excerpt(&half), excerpt);
        }
    }
}
