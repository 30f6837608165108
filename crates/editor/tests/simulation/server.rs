//! The server of a run, over the functions that the real one uses.

use edit::{Edit, Landing, land};
use editor::Document;
use schema::Schema;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) id: Uuid,
    pub(crate) base: i64,
    pub(crate) edits: Vec<Edit>,
    /// How much the person had touched when it was made.
    pub(crate) n_touches: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Committed(i64),
    Conflict,
    /// Others have done all of it already.
    Done,
}

pub(crate) struct Server {
    pub(crate) head: Schema,
    /// Every state there has been; the revision is the index.
    pub(crate) states: Vec<Schema>,
    pub(crate) log: Vec<(Uuid, Vec<Edit>)>,
    answers: BTreeMap<Uuid, Outcome>,
}

impl Server {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self { head: schema.clone(), states: vec![schema.clone()], log: Vec::new(), answers: BTreeMap::new() }
    }

    pub(crate) fn commit(&mut self, request: &Request) -> Result<Outcome, String> {
        if let Some(answer) = self.answers.get(&request.id) {
            return Ok(answer.clone());
        }
        let base = usize::try_from(request.base).unwrap();
        let since: Vec<Vec<Edit>> = self.log.iter().skip(base).map(|(_, edits)| edits.clone()).collect();
        let landing = land(&self.head, &since, &request.edits).map_err(|error| format!("a damaged log: {error}"))?;
        let outcome = match landing {
            Landing::Fits { edits, .. } if edits.is_empty() => Outcome::Done,
            Landing::Fits { target, edits } => {
                self.head = target.clone();
                self.states.push(target);
                self.log.push((request.id, edits));
                Outcome::Committed(self.revision())
            }
            Landing::Conflicts { conflicts, .. } if conflicts.is_empty() => {
                return Err("a conflict about nothing".to_owned());
            }
            Landing::Conflicts { .. } => Outcome::Conflict,
            // Nothing is sent that is not valid by itself, and what is not valid together is a conflict.
            Landing::Invalid(findings) => return Err(format!("a valid commit is refused: {findings:?}")),
            Landing::Misfit { edit, error, .. } => return Err(format!("a misfit: {error}, {edit:?}")),
        };
        self.answers.insert(request.id, outcome.clone());
        Ok(outcome)
    }

    pub(crate) fn revision(&self) -> i64 {
        i64::try_from(self.log.len()).unwrap()
    }

    pub(crate) fn state(&self, revision: i64) -> Option<&Schema> {
        self.states.get(usize::try_from(revision).unwrap())
    }

    pub(crate) fn document(&self, revision: i64) -> Document {
        Document { revision, schema: self.state(revision).unwrap().clone(), placements: BTreeMap::new() }
    }
}
