//! The second and third transaction of a commit: statements and marker in the linked database, then the revision.

use std::{pin::pin, time::Duration};

use ddl::Step;
use protocol::{CommitOutcome, Refusal};
use tokio_postgres::Error as PgError;

use super::{
    kill::{self, KillPoint},
    recover, refused, unknown,
};
use crate::{
    error::Error,
    sandbox::{
        execute, facts,
        live::{self, Live},
        marker,
    },
    state::State,
    store::{
        intent::{Ending, Intent},
        sandbox::Sandbox,
    },
};

/// How often the writer gives a sign of life; the lease lasts several of these.
const HEARTBEAT: Duration = Duration::from_millis(1500);

/// What became of the statements.
enum Applied {
    /// They are committed.
    Yes,
    /// PostgreSQL or the drift check said no, and all is as before.
    No(Refusal),
    /// Nothing was sent that could have an effect.
    NotStarted(String),
    /// Somebody settled the intent before us.
    Fenced,
    /// The connection died; the marker knows.
    Lost,
}

/// Carries an intent out and answers with what came of it.
pub(super) async fn run(state: &State, intent: &Intent, sandbox: &Sandbox) -> Result<CommitOutcome, Error> {
    let applied = {
        let mut work = pin!(apply(state, intent, sandbox));
        let mut beat = tokio::time::interval(HEARTBEAT);
        loop {
            tokio::select! {
                applied = &mut work => break applied,
                _ = beat.tick() => {
                    // A missed beat is no harm: recovery asks the marker, and the marker is exact.
                    let _ = state.store.renew_lease(intent.scope, intent.id).await;
                }
            }
        }
    };
    match applied {
        Applied::No(refusal) => {
            let outcome = CommitOutcome::Refused(refusal);
            state.store.end_intent(intent.scope, intent.id, Ending::Refused(&outcome)).await?;
            Ok(outcome)
        }
        Applied::NotStarted(message) => {
            state.store.end_intent(intent.scope, intent.id, Ending::Aborted).await?;
            Ok(refused(&message))
        }
        Applied::Yes => {
            kill::at(KillPoint::AfterCommit).await;
            let outcome = settled(state, intent).await;
            kill::at(KillPoint::AfterRevision).await;
            Ok(outcome)
        }
        Applied::Fenced | Applied::Lost => Ok(settled(state, intent).await),
    }
}

/// The outcome as the marker has it, asked for a few times.
async fn settled(state: &State, intent: &Intent) -> CommitOutcome {
    for attempt in 0..6 {
        tokio::time::sleep(Duration::from_millis(100 * attempt)).await;
        if recover::settle(state, intent.scope, intent.id).await.is_ok_and(|it| it == recover::Settled::Yes)
            && let Ok(outcome) = recover::outcome(state, intent.scope, intent.commit_id).await
        {
            return outcome;
        }
    }
    unknown()
}

async fn apply(state: &State, intent: &Intent, sandbox: &Sandbox) -> Applied {
    let name = live::writer_name(intent.id);
    let live = match state.sandboxes.connect(&sandbox.names, &sandbox.password, &name).await {
        Ok(live) => live,
        Err(error) => {
            tracing::warn!(sandbox.database = sandbox.names.database, error.message = %error, "a sandbox cannot be reached");
            return Applied::NotStarted("The sandbox database cannot be reached. Nothing was changed.".to_owned());
        }
    };
    match transaction(&live, intent, sandbox).await {
        Ok(applied) => applied,
        Err(Failure { error, step }) => match words(&error) {
            Some(postgres) if marker::is_taken(&error) && step.is_none() => {
                tracing::info!(commit.intent = %intent.id, "a commit was settled before it began: {postgres}");
                Applied::Fenced
            }
            Some(postgres) => Applied::No(refusal(step, postgres)),
            None => Applied::Lost,
        },
    }
}

/// A statement that failed, and the step that it belongs to.
struct Failure<'a> {
    error: PgError,
    step: Option<&'a Step>,
}

impl From<PgError> for Failure<'_> {
    fn from(error: PgError) -> Self {
        Self { error, step: None }
    }
}

async fn transaction<'a>(live: &Live, intent: &'a Intent, sandbox: &Sandbox) -> Result<Applied, Failure<'a>> {
    live::begin(live).await?;
    marker::lock(live).await?;
    let tables = intent.plan.locks();
    if let Err(error) = execute::lock_tables(live, &tables).await {
        // A table that is not there to be locked was dropped or renamed behind our back, which the check below says
        // better than PostgreSQL does.
        live::rollback(live).await?;
        live::begin(live).await?;
        return match drift(live, sandbox).await? {
            Some(refusal) => Ok(Applied::No(refusal)),
            None => Err(error.into()),
        };
    }
    kill::at(KillPoint::AfterLocks).await;
    if let Some(refusal) = drift(live, sandbox).await? {
        return Ok(Applied::No(refusal));
    }
    marker::insert(live, intent.id, &intent.plan_hash, &sandbox.facts).await?;
    kill::at(KillPoint::AfterMarker).await;
    for (done, step) in intent.plan.steps.iter().enumerate() {
        if done > 0 {
            kill::at(KillPoint::BetweenStatements).await;
        }
        execute::statement(live, &step.sql).await.map_err(|error| Failure { error, step: Some(step) })?;
    }
    live::check_deferred(live).await?;
    marker::finish(live, intent.id, &facts::read(live).await?).await?;
    kill::at(KillPoint::BeforeCommit).await;
    commit(live).await?;
    Ok(Applied::Yes)
}

async fn commit(live: &Live) -> Result<(), PgError> {
    let statement = live::prepare_commit(live).await?;
    let mut sent = pin!(live::send_commit(live, &statement));
    if kill::is_chosen(KillPoint::CommitSent) {
        // Long enough for the message to leave, whether or not the answer is back.
        let _ = tokio::time::timeout(Duration::from_millis(200), &mut sent).await;
        kill::at(KillPoint::CommitSent).await;
    }
    sent.await
}

/// What was changed behind our back, if anything.
async fn drift(live: &Live, sandbox: &Sandbox) -> Result<Option<Refusal>, PgError> {
    let differences = sandbox.facts.differences(&facts::read(live).await?);
    if differences.is_empty() {
        return Ok(None);
    }
    Ok(Some(Refusal {
        message: format!(
            "The database was changed outside of Crowfoot: {}. Take that change back, then commit again.",
            differences.join(", ")
        ),
        object: None,
        statement: None,
        postgres: None,
        findings: Vec::new(),
    }))
}

fn refusal(step: Option<&Step>, postgres: String) -> Refusal {
    let message = match step {
        Some(_) => "PostgreSQL refused this change, and nothing was changed.".to_owned(),
        None => "PostgreSQL could not begin or end the change, and nothing was changed.".to_owned(),
    };
    Refusal {
        message,
        object: step.map(|step| step.object),
        statement: step.map(|step| step.sql.clone()),
        postgres: Some(postgres),
        findings: Vec::new(),
    }
}

/// PostgreSQL's own words; none when it did not answer, or was ending.
fn words(error: &PgError) -> Option<String> {
    let error = error.as_db_error()?;
    if error.code().code().starts_with("57P") {
        return None;
    }
    let mut words = error.message().to_owned();
    for more in [error.detail(), error.hint()].into_iter().flatten() {
        words.push('\n');
        words.push_str(more);
    }
    Some(words)
}
