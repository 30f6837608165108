//! Types that come with a schema that was read.

use super::{Merge, Renamed, free};
use schema::{DataType, Name, NamespaceId, TypeDefinition, UserType};
use std::collections::BTreeSet;

impl Merge<'_> {
    /// Takes the types that are new. One that the diagram has by name and says the same is the diagram's; one that says
    /// something else gets another name.
    pub(super) fn types(&mut self) {
        let of_target = self.target.tables.values().map(|table| (table.namespace, table.name.clone()));
        let of_read = self
            .read
            .tables
            .values()
            .filter_map(|table| Some((self.namespaces.get(&table.namespace).copied()?, table.name.clone())));
        let mut taken: BTreeSet<(NamespaceId, Name)> = of_target.chain(of_read).collect();
        taken.extend(self.target.types.values().map(|it| (it.namespace, it.name.clone())));
        for it in self.read.types_in_order() {
            let Some(namespace) = self.namespaces.get(&it.namespace).copied() else { continue };
            let mut new = UserType { namespace, ..it.clone() };
            if let TypeDefinition::Domain(domain) = &mut new.definition {
                domain.base = self.type_here(&domain.base);
            }
            let says_the_same = |known: &&UserType| {
                (known.namespace, &known.name) == (new.namespace, &new.name) && say_the_same(known, &new)
            };
            if let Some(known) = self.target.types.values().find(says_the_same) {
                self.same_types.insert(it.id, known.id);
                continue;
            }
            if let Some(Renamed { from, to }) = free(&mut new.name, |name| taken.contains(&(namespace, name.clone()))) {
                self.remarks.push(format!("type {from} is called {to}: its name is taken"));
            }
            taken.insert((namespace, new.name.clone()));
            self.all.types.insert(new.id, new);
        }
    }

    pub(super) fn type_here(&self, data_type: &DataType) -> DataType {
        let known = data_type.user_type().and_then(|id| self.same_types.get(&id));
        known.map_or_else(|| data_type.clone(), |id| DataType::defined(*id).with_dimensions(data_type.dimensions()))
    }
}

/// Whether two types allow the same values.
fn say_the_same(one: &UserType, other: &UserType) -> bool {
    let texts = |it: &UserType| it.labels().iter().map(|label| label.text.clone()).collect::<Vec<_>>();
    match (&one.definition, &other.definition) {
        (TypeDefinition::Enum(_), TypeDefinition::Enum(_)) => texts(one) == texts(other),
        (one, other) => one == other,
    }
}
