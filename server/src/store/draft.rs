//! Staged edits as their owner's browsers back them up. Nobody else can read them: every statement asks for the one who
//! is authorised, never for an id that came with the request.

use protocol::{DiagramId, DraftStored, StoredDraft};

use super::{
    Store,
    hint::{self, Hint},
};
use crate::{
    error::Error,
    principal::{Authorized, Edit, View},
};

/// The largest draft that is kept, in bytes. A thousand new tables with the way to undo them are about half of it.
pub const MAX_DRAFT_BYTES: usize = 4 * 1024 * 1024;

impl Store {
    /// What the one who asks has staged in the diagram, if anything.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load_draft(&self, diagram: Authorized<View>) -> Result<Option<StoredDraft>, Error> {
        let scope = diagram.scope();
        let row: Option<(i64, String)> = sqlx::query_as(
            "select sequence, body
             from draft
             where workspace_id = $1 and diagram_id = $2 and principal_id = $3",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(diagram.principal().id())
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(|(sequence, body)| StoredDraft { sequence, body }))
    }

    /// Stores what is staged, unless another device has stored something since `expected`, which is 0 for nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is too large.
    pub async fn store_draft(
        &self,
        diagram: Authorized<Edit>,
        expected: i64,
        body: &str,
    ) -> Result<DraftStored, Error> {
        if body.is_empty() || body.len() > MAX_DRAFT_BYTES || body.contains('\0') {
            let most = MAX_DRAFT_BYTES / (1024 * 1024);
            return Err(Error::Invalid(format!("what is staged can be backed up to a size of {most} MB")));
        }
        let (scope, principal) = (diagram.scope(), diagram.principal().id());
        let mut tx = self.begin().await?;
        // Comparing and writing are one statement. A draft that is gone has nobody's edits to overwrite.
        let stored: Option<(i64,)> = sqlx::query_as(
            "insert into draft (workspace_id, diagram_id, principal_id, sequence, body)
             values ($1, $2, $3, greatest($4, 0) + 1, $5)
             on conflict (workspace_id, diagram_id, principal_id) do update
             set sequence = draft.sequence + 1, body = excluded.body, updated_at = now()
             where draft.sequence = $4
             returning sequence",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(principal)
        .bind(expected.min(i64::MAX - 1))
        .bind(body)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some((sequence,)) = stored {
            hint::tell(&mut tx, Hint::Draft(DiagramId(scope.diagram), principal, sequence)).await?;
            tx.commit().await?;
            return Ok(DraftStored::Done(sequence));
        }
        tx.rollback().await?;
        match self.load_draft(diagram.to_view()).await? {
            Some(theirs) => Ok(DraftStored::Beaten(theirs)),
            // It went in between, and the access with it or not; the next call finds out.
            None => Err(Error::NotFound),
        }
    }
}
