//! One attribute of one object as a statement.

use edit::Attribute;
use schema::{
    CheckId, ColumnId, Index, IndexId, IndexPart, KeyId, NamespaceId, ObjectId, OpaqueId, ReferenceId, Schema, TableId,
    TypeId,
};
use sqlx::{PgConnection, Postgres, query::Query};
use uuid::Uuid;

use super::write::{Parts, Positions, index_columns, kept, key_columns, pairs};
use crate::{error::Error, principal::Scope};

/// Where to write: the connection, whose rows, and the schema as it is after the edit.
pub(super) struct Target<'a> {
    pub(super) conn: &'a mut PgConnection,
    pub(super) scope: Scope,
    pub(super) schema: &'a Schema,
}

/// Sets a column of the rows of an object: its value is the fourth parameter.
macro_rules! set {
    ($table:literal, $column:literal) => {
        concat!("update ", $table, " set ", $column, " = $4 where workspace_id = $1 and diagram_id = $2 and id = $3")
    };
}

/// The same for a part of a table, which is the fourth parameter; the value is the fifth.
macro_rules! set_part {
    ($table:literal, $column:literal) => {
        concat!(
            "update ",
            $table,
            " set ",
            $column,
            " = $5 ",
            "where workspace_id = $1 and diagram_id = $2 and id = $3 and table_id = $4"
        )
    };
}

type Statement<'q> = Query<'q, Postgres, sqlx::postgres::PgArguments>;

pub(super) async fn alter(target: Target<'_>, object: ObjectId, to: &Attribute) -> Result<(), Error> {
    match object {
        ObjectId::Namespace(id) => namespace(target, id, to).await,
        ObjectId::Table(id) => table(target, id, to).await,
        ObjectId::Column(table, id) => column(target, table, id, to).await,
        ObjectId::Key(table, id) => key(target, table, id, to).await,
        ObjectId::Check(table, id) => check(target, table, id, to).await,
        ObjectId::Index(table, id) => index(target, table, id, to).await,
        ObjectId::Reference(id) => reference(target, id, to).await,
        ObjectId::Type(id) => user_type(target, id, to).await,
        ObjectId::Opaque(id) => opaque(target, id, to).await,
    }
}

impl Target<'_> {
    /// A statement whose first three parameters are the workspace, the diagram and the object.
    fn of(&self, statement: &'static str, id: Uuid) -> Statement<'static> {
        sqlx::query(statement).bind(self.scope.workspace).bind(self.scope.diagram).bind(id)
    }

    async fn run(self, statement: Statement<'_>) -> Result<(), Error> {
        statement.execute(self.conn).await?;
        Ok(())
    }
}

fn no_such_attribute(object: ObjectId) -> Error {
    Error::Defect(format!("{object:?} has no such attribute, though the edit applied"))
}

async fn namespace(target: Target<'_>, id: NamespaceId, to: &Attribute) -> Result<(), Error> {
    let Attribute::Name(name) = to else { return Err(no_such_attribute(ObjectId::Namespace(id))) };
    let update = set!("namespace", "name");
    let update = target.of(update, id.0).bind(name.as_str().to_owned());
    target.run(update).await
}

#[expect(clippy::wildcard_enum_match_arm, reason = "an attribute that a table has not is a defect, whichever it is")]
async fn table(target: Target<'_>, id: TableId, to: &Attribute) -> Result<(), Error> {
    let update = match to {
        Attribute::Name(name) => target.of(set!("table_entry", "name"), id.0).bind(name.as_str().to_owned()),
        Attribute::Note(note) => target.of(set!("table_entry", "note"), id.0).bind(note.clone()),
        Attribute::TableOptions(options) => {
            target.of(set!("table_entry", "options"), id.0).bind(kept(options.as_ref()))
        }
        Attribute::Namespace(namespace) => target.of(set!("table_entry", "namespace_id"), id.0).bind(namespace.0),
        _ => return Err(no_such_attribute(ObjectId::Table(id))),
    };
    target.run(update).await
}

#[expect(clippy::wildcard_enum_match_arm, reason = "an attribute that a column has not is a defect, whichever it is")]
async fn column(target: Target<'_>, table: TableId, id: ColumnId, to: &Attribute) -> Result<(), Error> {
    let update = match to {
        Attribute::Name(name) => {
            target.of(set_part!("column_entry", "name"), id.0).bind(table.0).bind(name.as_str().to_owned())
        }
        Attribute::Note(note) => target.of(set_part!("column_entry", "note"), id.0).bind(table.0).bind(note.clone()),
        Attribute::Rank(rank) => target.of(set_part!("column_entry", "rank"), id.0).bind(table.0).bind(rank.0),
        Attribute::DataType(data_type) => {
            target.of(set_part!("column_entry", "data_type"), id.0).bind(table.0).bind(data_type.to_string())
        }
        Attribute::Nullable(nullable) => {
            target.of(set_part!("column_entry", "nullable"), id.0).bind(table.0).bind(*nullable)
        }
        Attribute::Default(default) => target
            .of(set_part!("column_entry", "default_expression"), id.0)
            .bind(table.0)
            .bind(default.as_ref().map(ToString::to_string)),
        Attribute::Generation(generation) => {
            target.of(set_part!("column_entry", "generation"), id.0).bind(table.0).bind(kept(generation))
        }
        Attribute::Collation(collation) => {
            target.of(set_part!("column_entry", "collation_name"), id.0).bind(table.0).bind(kept(collation))
        }
        _ => return Err(no_such_attribute(ObjectId::Column(table, id))),
    };
    update.execute(&mut *target.conn).await?;
    if matches!(to, Attribute::Name(_)) { follow_in_checks(target, table).await } else { Ok(()) }
}

/// Checks follow a renamed column.
async fn follow_in_checks(target: Target<'_>, table: TableId) -> Result<(), Error> {
    let checks = target.schema.table(table).map(|table| table.checks.as_slice()).unwrap_or_default();
    let ids: Vec<Uuid> = checks.iter().map(|check| check.id.0).collect();
    let expressions: Vec<String> = checks.iter().map(|check| check.expression.to_string()).collect();
    let update = target
        .of(
            "update check_entry
             set expression = now.expression
             from unnest($4::uuid[], $5::text[]) as now (id, expression)
             where workspace_id = $1 and diagram_id = $2 and table_id = $3 and check_entry.id = now.id",
            table.0,
        )
        .bind(ids)
        .bind(expressions);
    target.run(update).await
}

#[expect(clippy::wildcard_enum_match_arm, reason = "an attribute that a key has not is a defect, whichever it is")]
async fn key(target: Target<'_>, table: TableId, id: KeyId, to: &Attribute) -> Result<(), Error> {
    match to {
        Attribute::Name(name) => {
            let update = target.of(set_part!("key_entry", "name"), id.0).bind(table.0).bind(name.as_str().to_owned());
            target.run(update).await
        }
        Attribute::Columns(columns) => {
            let delete = target
                .of(
                    "delete from key_column
                     where workspace_id = $1 and diagram_id = $2 and key_id = $3 and table_id = $4",
                    id.0,
                )
                .bind(table.0);
            delete.execute(&mut *target.conn).await?;
            let mut rows = Positions::default();
            rows.push(table, id.0, columns);
            key_columns(target.conn, target.scope, rows).await
        }
        Attribute::KeyOptions(options) => {
            let update = set_part!("key_entry", "options");
            let update = target.of(update, id.0).bind(table.0).bind(kept(options.as_ref()));
            target.run(update).await
        }
        _ => Err(no_such_attribute(ObjectId::Key(table, id))),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "an attribute that a check has not is a defect, whichever it is")]
async fn check(target: Target<'_>, table: TableId, id: CheckId, to: &Attribute) -> Result<(), Error> {
    let update = match to {
        Attribute::Name(name) => {
            target.of(set_part!("check_entry", "name"), id.0).bind(table.0).bind(name.as_str().to_owned())
        }
        Attribute::Expression(expression) => {
            target.of(set_part!("check_entry", "expression"), id.0).bind(table.0).bind(expression.to_string())
        }
        Attribute::CheckOptions(options) => {
            target.of(set_part!("check_entry", "options"), id.0).bind(table.0).bind(kept(options))
        }
        _ => return Err(no_such_attribute(ObjectId::Check(table, id))),
    };
    target.run(update).await
}

#[expect(clippy::wildcard_enum_match_arm, reason = "an attribute that an index has not is a defect, whichever it is")]
async fn index(target: Target<'_>, table: TableId, id: IndexId, to: &Attribute) -> Result<(), Error> {
    match to {
        Attribute::Name(name) => {
            let update = target.of(set_part!("index_entry", "name"), id.0).bind(table.0).bind(name.as_str().to_owned());
            target.run(update).await
        }
        Attribute::Unique(unique) => {
            let update = target.of(set_part!("index_entry", "is_unique"), id.0).bind(table.0).bind(*unique);
            target.run(update).await
        }
        Attribute::Columns(columns) => index_parts(target, table, id, &Index::parts_of(columns)).await,
        Attribute::Parts(parts) => index_parts(target, table, id, parts).await,
        Attribute::IndexOptions(options) => {
            let update = set_part!("index_entry", "options");
            let update = target.of(update, id.0).bind(table.0).bind(kept(options.as_ref()));
            target.run(update).await
        }
        _ => Err(no_such_attribute(ObjectId::Index(table, id))),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "an attribute that a reference has not is a defect, whichever it is"
)]
async fn reference(target: Target<'_>, id: ReferenceId, to: &Attribute) -> Result<(), Error> {
    let update = match to {
        Attribute::Name(name) => target.of(set!("reference_entry", "name"), id.0).bind(name.as_str().to_owned()),
        Attribute::OnDelete(action) => target.of(set!("reference_entry", "on_delete"), id.0).bind(action.as_sql()),
        Attribute::OnUpdate(action) => target.of(set!("reference_entry", "on_update"), id.0).bind(action.as_sql()),
        Attribute::ReferenceOptions(options) => target.of(set!("reference_entry", "options"), id.0).bind(kept(options)),
        Attribute::Ends(referencing, referenced, _) => {
            let delete = "delete from reference_pair where workspace_id = $1 and diagram_id = $2 and reference_id = $3";
            let delete = target.of(delete, id.0);
            delete.execute(&mut *target.conn).await?;
            let update = target
                .of(
                    "update reference_entry
                     set referencing_table_id = $4, referenced_table_id = $5
                     where workspace_id = $1 and diagram_id = $2 and id = $3",
                    id.0,
                )
                .bind(referencing.0)
                .bind(referenced.0);
            update.execute(&mut *target.conn).await?;
            let Some(reference) = target.schema.references.get(&id) else {
                return Err(no_such_attribute(ObjectId::Reference(id)));
            };
            return pairs(target.conn, target.scope, reference).await;
        }
        _ => return Err(no_such_attribute(ObjectId::Reference(id))),
    };
    target.run(update).await
}

async fn index_parts(target: Target<'_>, table: TableId, id: IndexId, parts: &[IndexPart]) -> Result<(), Error> {
    let delete = target
        .of(
            "delete from index_column
             where workspace_id = $1 and diagram_id = $2 and index_id = $3 and table_id = $4",
            id.0,
        )
        .bind(table.0);
    delete.execute(&mut *target.conn).await?;
    let mut rows = Parts::default();
    rows.push(table, id.0, parts);
    index_columns(target.conn, target.scope, rows).await
}

#[expect(clippy::wildcard_enum_match_arm, reason = "an attribute that a type has not is a defect, whichever it is")]
async fn user_type(target: Target<'_>, id: TypeId, to: &Attribute) -> Result<(), Error> {
    let update = match to {
        Attribute::Name(name) => target.of(set!("type_entry", "name"), id.0).bind(name.as_str().to_owned()),
        Attribute::Note(note) => target.of(set!("type_entry", "note"), id.0).bind(note.clone()),
        Attribute::Namespace(namespace) => target.of(set!("type_entry", "namespace_id"), id.0).bind(namespace.0),
        Attribute::Definition(definition) => {
            target.of(set!("type_entry", "definition"), id.0).bind(sqlx::types::Json(definition.as_ref().clone()))
        }
        _ => return Err(no_such_attribute(ObjectId::Type(id))),
    };
    target.run(update).await
}

#[expect(clippy::wildcard_enum_match_arm, reason = "an attribute that such an object has not is a defect")]
async fn opaque(target: Target<'_>, id: OpaqueId, to: &Attribute) -> Result<(), Error> {
    let update = match to {
        Attribute::Name(name) => target.of(set!("opaque_entry", "name"), id.0).bind(name.as_str().to_owned()),
        Attribute::Statement(statement) => {
            target.of(set!("opaque_entry", "definition"), id.0).bind(statement.as_str().to_owned())
        }
        _ => return Err(no_such_attribute(ObjectId::Opaque(id))),
    };
    target.run(update).await
}
