#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod align;
mod apply;
mod commit;
mod conflict;
mod conflict_words;
mod diff;
mod drop;
mod edit;
mod history;
mod involve;
mod meaning;
mod names;
mod option_words;
mod pending;
mod placement;
mod rebase;
mod replay;
mod touch;
mod words;

pub use align::{PerhapsRenamed, align, perhaps_renamed};
pub use apply::{EditError, apply, apply_all};
pub use commit::{Landing, land};
pub use conflict::{Choice, Conflict, ConflictKind, Resolved, conflicts};
pub use conflict_words::ConflictWords;
pub use diff::diff;
pub use drop::{drop_edits, mentions};
pub use edit::{Attribute, Edit, Field, Object};
pub use history::{Gesture, History};
pub use pending::{ItemKind, PendingChanges, PendingItem};
pub use placement::{Move, Placement};
pub use rebase::{Rebased, is_done, merge, rebase, still_open};
pub use replay::{Tally, rewind};
pub use touch::{excerpt, recall};
pub use words::ends_words;
