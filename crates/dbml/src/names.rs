//! Finding what names mean in a document.

use crate::document::{Document, Enum, Partial, Path, Table, Type};
use std::collections::BTreeMap;

/// The objects of a document by name, aliases included. Of several with one name, the first counts.
#[derive(Debug, Clone)]
pub struct Names<'a> {
    tables: BTreeMap<&'a Path, &'a Table>,
    aliases: BTreeMap<&'a str, &'a Table>,
    enums: BTreeMap<&'a Path, &'a Enum>,
    partials: BTreeMap<&'a str, &'a Partial>,
}

impl<'a> Names<'a> {
    /// The names of a document.
    pub fn of(document: &'a Document) -> Self {
        let mut names = Self {
            tables: BTreeMap::new(),
            aliases: BTreeMap::new(),
            enums: BTreeMap::new(),
            partials: BTreeMap::new(),
        };
        for table in &document.tables {
            names.tables.entry(&table.path).or_insert(table);
            if let Some(alias) = &table.alias {
                names.aliases.entry(alias).or_insert(table);
            }
        }
        for one in &document.enums {
            names.enums.entry(&one.path).or_insert(one);
        }
        for partial in &document.partials {
            names.partials.entry(&partial.name).or_insert(partial);
        }
        names
    }

    /// The table that a name or an alias means.
    pub fn table(&self, path: &Path) -> Option<&'a Table> {
        let by_alias = || path.schema.is_empty().then(|| self.aliases.get(path.name.as_str())).flatten();
        self.tables.get(path).or_else(by_alias).copied()
    }

    /// The table's own name; the name itself when there is no such table.
    pub fn table_path(&self, path: &Path) -> Path {
        self.table(path).map_or_else(|| path.clone(), |table| table.path.clone())
    }

    /// The enum of that name.
    pub fn enumeration(&self, path: &Path) -> Option<&'a Enum> {
        self.enums.get(path).copied()
    }

    /// The enum that a type is, if it is one.
    pub fn enum_of(&self, data_type: &Type) -> Option<&'a Enum> {
        self.enumeration(&Path::new(data_type.schema.clone(), data_type.text()))
    }

    /// The partial of that name.
    pub fn partial(&self, name: &str) -> Option<&'a Partial> {
        self.partials.get(name).copied()
    }
}
