//! Enums and domains, out of a database's catalog.

use super::{Reader, expression};
use schema::{Domain, DomainCheck, Label, Name, NamespaceId, TypeDefinition, TypeId, UserType};
use tokio_postgres::Row;
use uuid::Uuid;

impl Reader {
    pub(super) fn user_type(&mut self, row: &Row) {
        let oid: u32 = row.get("oid");
        let Some(name) = self.name(&row.get::<_, String>("typname")) else { return };
        let definition = match row.get::<_, String>("typtype").as_str() {
            "e" => TypeDefinition::Enum(labels(&row.get::<_, String>("labels"))),
            _ => match self.domain(&name, row) {
                Some(domain) => TypeDefinition::Domain(domain),
                None => return,
            },
        };
        let id = TypeId::from_u128(oid.into());
        let namespace = NamespaceId::from_u128(row.get::<_, u32>("typnamespace").into());
        self.schema.types.insert(id, UserType { id, namespace, name, note: row.get("note"), definition });
    }

    fn domain(&mut self, name: &Name, row: &Row) -> Option<Domain> {
        let text: String = row.get("base_text");
        let dimensions = i16::try_from(row.get::<_, i32>("typndims")).unwrap_or_default();
        let element = row.get::<_, Option<u32>>("element").unwrap_or_default();
        let Some(base) = self.data_type(row.get("base"), element, dimensions, &text) else {
            self.unread.push(format!("{name} rests on the type {text}"));
            return None;
        };
        let value: Option<String> = row.get("value");
        let default = value.and_then(|value| match expression::read_default(&value, &base) {
            Ok(default) => Some(default),
            Err(error) => {
                self.unread.push(format!("{name} has the default {value}: {error}"));
                None
            }
        });
        let checks = self.domain_checks(name, &row.get::<_, String>("checks"));
        let collation = self.collation(row);
        Some(Domain { base, nullable: row.get("nullable"), default, collation, checks })
    }

    fn domain_checks(&mut self, domain: &Name, stored: &str) -> Vec<DomainCheck> {
        let rows: Vec<(String, String, bool)> = serde_json::from_str(stored).unwrap_or_default();
        let mut checks = Vec::new();
        for (name, text, not_valid) in rows {
            let Some(name) = self.name(&name) else { continue };
            match expression::read_domain_check(&text) {
                Ok(expression) => checks.push(DomainCheck { name, expression, not_valid }),
                Err(error) => self.unread.push(format!("{domain} checks {text}: {error}")),
            }
        }
        checks
    }
}

/// Labels with ids of the catalog's own numbers, as all that is read has.
fn labels(stored: &str) -> Vec<Label> {
    let rows: Vec<(u64, String)> = serde_json::from_str(stored).unwrap_or_default();
    rows.into_iter().map(|(id, text)| Label { id: Uuid::from_u128(id.into()), text, note: None }).collect()
}
