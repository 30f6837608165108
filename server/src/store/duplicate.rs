//! A diagram once more: the same schema and places under another name, and nothing of its history.

use protocol::DiagramId;
use uuid::Uuid;

use super::{Store, diagram::require_room};
use crate::{
    error::Error,
    principal::{Authorized, Edit},
};

/// How long a diagram's name is at most, in characters.
const LONGEST: usize = 100;

/// Copies the rows of a diagram in one statement a table. Whatever columns a table has, `diagram_id` alone differs; what
/// lies within a diagram is keyed by it, and keeps its ids.
macro_rules! copies {
    ($($table:literal),* $(,)?) => {
        [$((
            $table,
            concat!(
                "insert into ", $table, "
                 select copy.*
                 from ", $table, " as original
                 cross join lateral jsonb_populate_record(original, jsonb_build_object('diagram_id', $3::uuid)) as copy
                 where original.workspace_id = $1 and original.diagram_id = $2"
            ),
        )),*]
    };
}

/// The tables that a committed schema and its places lie in, each after those that it refers to, with the statement that
/// copies it.
pub const COPIES: [(&str, &str); 14] = copies![
    "namespace",
    "table_entry",
    "column_entry",
    "key_entry",
    "key_column",
    "check_entry",
    "index_entry",
    "index_column",
    "reference_entry",
    "reference_pair",
    "type_entry",
    "opaque_entry",
    "annotation_entry",
    "placement",
];

impl Store {
    /// Makes a diagram with the same committed schema and places, in the same workspace and folder. It begins at revision
    /// 0 and is linked to no database.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the workspace has no room.
    pub async fn duplicate_diagram(&self, diagram: Authorized<Edit>) -> Result<DiagramId, Error> {
        let scope = diagram.scope();
        let copy = Uuid::now_v7();
        let mut tx = self.begin_unhurried().await?;
        // All parts are of one moment, and nobody who commits meanwhile has to wait.
        sqlx::query("set transaction isolation level repeatable read").execute(&mut *tx).await?;
        let names: Vec<(String, bool)> = sqlx::query_as(
            "select name, id = $2
             from diagram
             where workspace_id = $1 and deleted_at is null",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .fetch_all(&mut *tx)
        .await?;
        let original = names.iter().find(|(_, is_original)| *is_original).ok_or(Error::NotFound)?;
        let name = name_of_copy(&original.0, &names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
        require_room(&mut tx, scope.workspace).await?;
        sqlx::query(
            "insert into diagram (workspace_id, id, name, folder_id, layout_number)
             select workspace_id, $3, $4, folder_id, layout_number
             from diagram
             where workspace_id = $1 and id = $2",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(copy)
        .bind(name)
        .execute(&mut *tx)
        .await?;
        for (_, statement) in COPIES {
            sqlx::query(statement).bind(scope.workspace).bind(scope.diagram).bind(copy).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(DiagramId(copy))
    }
}

/// `Copy of X`, or `Copy of X (2)` where that is taken. The copy of a copy is one of the same original.
fn name_of_copy(name: &str, taken: &[&str]) -> String {
    let stem = name.strip_prefix("Copy of ").unwrap_or(name);
    let stem = without_number(stem);
    let stem = if stem.is_empty() { name } else { stem };
    let numbered = |ending: &str| {
        let room = LONGEST - "Copy of ".len() - ending.len();
        let shortened: String = stem.chars().take(room).collect();
        format!("Copy of {}{ending}", shortened.trim_end())
    };
    let mut number = 1;
    loop {
        let candidate = if number == 1 { numbered("") } else { numbered(&format!(" ({number})")) };
        if !taken.contains(&candidate.as_str()) {
            return candidate;
        }
        number += 1;
    }
}

/// Without the ` (2)` at its end.
fn without_number(name: &str) -> &str {
    let number = name.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    match number {
        Some((stem, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        Some(_) | None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_have_names_of_their_own() {
        let long = "ü".repeat(LONGEST);
        let cut = format!("Copy of {}", "ü".repeat(LONGEST - 8));
        let cut_again = format!("Copy of {} (2)", "ü".repeat(LONGEST - 12));
        for (name, taken, expect) in [
            ("Shop", &["Shop"][..], "Copy of Shop"),
            ("Shop", &["Shop", "Copy of Shop"], "Copy of Shop (2)"),
            ("Copy of Shop", &["Copy of Shop"], "Copy of Shop (2)"),
            ("Copy of Shop (2)", &["Copy of Shop", "Copy of Shop (2)"], "Copy of Shop (3)"),
            ("Shop (draft)", &[], "Copy of Shop (draft)"),
            ("Copy of ", &[], "Copy of Copy of"),
            ("(2)", &[], "Copy of (2)"),
            (&long, &[], &cut),
            (&long, &[&cut], &cut_again),
        ] {
            let copy = name_of_copy(name, taken);
            assert_eq!(copy, expect, "{name}");
            assert!(copy.chars().count() <= LONGEST, "{copy}");
        }
    }
}
