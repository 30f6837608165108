//! The list of problems: what the lints find in the edited schema, the worst first, with the buttons that mend it.

mod list;
mod muted;

pub use list::ProblemsPanel;

use crate::{platform::sleep, sidebar, workbench::Workbench};
use advise::{Finding, Severity};
use editor::Input;
use leptos::{prelude::*, task::spawn_local};
use schema::Schema;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// How long the schema stays as it is before it is looked through again.
const PAUSE: Duration = Duration::from_millis(500);

/// What is known to be wrong. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Problems {
    /// What is found, the worst first; none until it has been looked for.
    found: RwSignal<Option<Arc<Vec<Finding>>>>,
    /// Rules that are switched off for the diagram, with the reasons why.
    muted: RwSignal<BTreeMap<String, String>>,
    /// What was looked through last.
    looked_through: StoredValue<Option<Schema>>,
    /// Counts up with every change, so that only the last one is followed.
    turn: StoredValue<u64>,
}

impl Default for Problems {
    fn default() -> Self {
        Self {
            found: RwSignal::new(None),
            muted: RwSignal::new(BTreeMap::new()),
            looked_through: StoredValue::new(None),
            turn: StoredValue::new(0),
        }
    }
}

impl Problems {
    /// How many errors and warnings there are, of rules that are not switched off.
    pub fn count(self) -> usize {
        let found = self.found.get();
        let is_bad = |it: &&Finding| it.severity <= Severity::Warning && !self.is_muted(it.rule);
        found.iter().flat_map(|found| found.iter()).filter(is_bad).count()
    }

    /// Whether the rule is switched off.
    pub fn is_muted(self, rule: &str) -> bool {
        self.muted.with(|muted| muted.contains_key(rule))
    }
}

/// Goes to the list, or back from it to the tables.
pub fn toggle(bench: Workbench) {
    sidebar::toggle(bench, sidebar::PROBLEMS, vec![".problem-main".to_owned(), "#problems-title".to_owned()]);
}

/// Looks through the schema once it has stayed as it is for a moment. Where tables stand does not matter.
fn look_soon(bench: Workbench, pause: Duration) {
    let problems = bench.problems;
    problems.turn.update_value(|turn| *turn += 1);
    let turn = problems.turn.get_value();
    spawn_local(async move {
        sleep(pause).await;
        if problems.turn.try_get_value() != Some(turn) || !bench.is_alive() {
            return;
        }
        let schema = bench.peek(|editor| editor.target().clone());
        // Tables are shared between copies, so that comparing costs only what differs.
        if problems.looked_through.with_value(|last| last.as_ref() == Some(&schema)) {
            return;
        }
        bench.send(Input::Rested);
        problems.found.set(Some(Arc::new(advise::lint(&schema))));
        problems.looked_through.set_value(Some(schema));
    });
}
