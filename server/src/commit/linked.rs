//! The second and third transaction of a commit: statements and marker in the linked database, then the revision.

use std::{collections::BTreeSet, convert::Infallible, future::poll_fn, pin::pin, task::Poll, time::Duration};

use ddl::Step;
use protocol::{CommitOutcome, Refusal};
use schema::Schema;
use tokio::time::{interval, timeout};
use tokio_postgres::Error as PgError;

use super::{
    Staged,
    kill::{self, KillPoint},
    recover, refused, unknown,
};
use crate::{
    error::Error,
    introspect::{differences_in_shape, introspect},
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

/// How long the statements of one commit may take together. A connection that died without a word ends here at last.
const DEADLINE: Duration = Duration::from_secs(120);

/// How long PostgreSQL may take over the commit itself before the marker is asked instead: there is nothing to wait for any
/// more but an answer, and a connection that died without a word brings none.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// More would not help anybody to find out what happened.
const MAX_NAMED: usize = 5;

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
pub(super) async fn run(state: &State, staged: &Staged) -> Result<CommitOutcome, Error> {
    let intent = &staged.intent;
    // Beside each other, so that a store which is slow to take a sign of life does not hold up the work.
    let applied = tokio::select! {
        applied = timeout(DEADLINE, apply(state, staged)) => applied.unwrap_or(Applied::Lost),
        never = give_signs_of_life(state, intent) => match never {},
    };
    match applied {
        Applied::No(refusal) => end_refused(state, intent, CommitOutcome::Refused(refusal)).await,
        Applied::NotStarted(message) => end_refused(state, intent, refused(&message)).await,
        Applied::Yes => {
            kill::at(KillPoint::AfterCommit).await;
            let outcome = settled(state, intent).await;
            kill::at(KillPoint::AfterRevision).await;
            Ok(outcome)
        }
        Applied::Fenced | Applied::Lost => Ok(settled(state, intent).await),
    }
}

async fn end_refused(state: &State, intent: &Intent, outcome: CommitOutcome) -> Result<CommitOutcome, Error> {
    if state.store.end_intent(intent.scope, intent.id, Ending::Refused(&outcome)).await? {
        return Ok(outcome);
    }
    // Recovery came first and remembers no refusal, so that a copy of the commit may still be made.
    recover::outcome(state, intent.scope, intent.commit_id).await
}

async fn give_signs_of_life(state: &State, intent: &Intent) -> Infallible {
    let mut beat = interval(HEARTBEAT);
    loop {
        beat.tick().await;
        // A missed beat is no harm: recovery asks the marker, and the marker is exact.
        let _ = state.store.renew_lease(intent.scope, intent.id).await;
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

async fn apply(state: &State, staged: &Staged) -> Applied {
    let Staged { intent, sandbox, .. } = staged;
    let name = live::writer_name(intent.id);
    let live = match state.sandboxes.connect(&sandbox.names, &sandbox.password, &name).await {
        Ok(live) => live,
        Err(error) => {
            tracing::warn!(sandbox.database = sandbox.names.database, error.message = ?error, "a sandbox cannot be reached");
            return Applied::NotStarted("The sandbox database cannot be reached.".to_owned());
        }
    };
    match transaction(&live, staged).await {
        Ok(applied) => applied,
        Err(Failure { error, step }) => match words(&error) {
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

async fn transaction<'a>(live: &Live, staged: &'a Staged) -> Result<Applied, Failure<'a>> {
    let Staged { intent, sandbox, base, target } = staged;
    if !begin(live, intent).await? {
        return Ok(Applied::Fenced);
    }
    let tables = intent.plan.locks();
    if let Err(error) = execute::lock_tables(live, &tables).await {
        // A table that is not there to be locked was dropped or renamed behind our back, which the check below says
        // better than PostgreSQL does.
        live::rollback(live).await?;
        if !begin(live, intent).await? {
            return Ok(Applied::Fenced);
        }
        return match drift(live, sandbox).await? {
            Some(refusal) => Ok(Applied::No(refusal)),
            None => Err(error.into()),
        };
    }
    kill::at(KillPoint::AfterLocks).await;
    if let Some(refusal) = drift(live, sandbox).await? {
        return Ok(Applied::No(refusal));
    }
    let unlike_before = unlike(live, base).await?;
    marker::insert(live, intent.id, &intent.plan_hash).await?;
    kill::at(KillPoint::AfterMarker).await;
    for (done, step) in intent.plan.steps.iter().enumerate() {
        if done > 0 {
            kill::at(KillPoint::BetweenStatements).await;
        }
        execute::statement(live, &step.sql).await.map_err(|error| Failure { error, step: Some(step) })?;
    }
    live::check_deferred(live).await?;
    // What was unlike the diagram all along is not this commit's doing.
    let missed: Vec<String> = unlike(live, target).await?.difference(&unlike_before).cloned().collect();
    if !missed.is_empty() {
        return Ok(Applied::No(missed_refusal(&missed)));
    }
    marker::finish(live, intent.id, &facts::read(live).await?).await?;
    kill::at(KillPoint::BeforeCommit).await;
    match timeout(ANSWER_WITHIN, commit(live)).await {
        Ok(answered) => answered.map(|()| Applied::Yes).map_err(Failure::from),
        Err(_) => Ok(Applied::Lost),
    }
}

/// Begins with all others kept out. False when somebody has settled the intent: whatever the database looks like then is
/// their business, and nothing to blame anybody for.
async fn begin(live: &Live, intent: &Intent) -> Result<bool, PgError> {
    live::begin(live).await?;
    marker::lock(live).await?;
    Ok(marker::read(live, intent.id).await?.is_none())
}

/// In what the database is not as the schema says.
async fn unlike(live: &Live, schema: &Schema) -> Result<BTreeSet<String>, PgError> {
    Ok(differences_in_shape(schema, &introspect(live.client()).await?).into_iter().collect())
}

async fn commit(live: &Live) -> Result<(), PgError> {
    let statement = live::prepare_commit(live).await?;
    let mut sent = pin!(live::send_commit(live, &statement));
    if kill::is_chosen(KillPoint::CommitSent) {
        // One turn of ours hands the message to the connection, which writes it in its own next turn: it has left then,
        // and there was no time for an answer.
        let _ = poll_fn(|context| Poll::Ready(sent.as_mut().poll(context))).await;
        tokio::task::yield_now().await;
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

fn missed_refusal(missed: &[String]) -> Refusal {
    let mut named: Vec<&str> = missed.iter().take(MAX_NAMED).map(String::as_str).collect();
    if missed.len() > MAX_NAMED {
        named.push("and more");
    }
    Refusal {
        message: format!(
            "The statements ran, but the database would not be as the diagram says: {}. They were taken back.",
            named.join("; ")
        ),
        object: None,
        statement: None,
        postgres: None,
        findings: Vec::new(),
    }
}

fn refusal(step: Option<&Step>, postgres: String) -> Refusal {
    let message = match step {
        Some(_) => "PostgreSQL refused this change.".to_owned(),
        None => "PostgreSQL could not begin or end the change.".to_owned(),
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
