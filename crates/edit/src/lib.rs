#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod apply;
mod diff;
mod drop;
mod edit;
mod history;
mod pending;
mod placement;
mod rebase;
mod replay;
mod words;

pub use apply::{EditError, apply, apply_all};
pub use diff::diff;
pub use drop::{drop_edits, mentions};
pub use edit::{Attribute, Edit, Object};
pub use history::{Gesture, History};
pub use pending::{ItemKind, PendingChanges, PendingItem};
pub use placement::{Move, Placement};
pub use rebase::{Rebased, rebase};
pub use replay::{Tally, rewind};
pub use words::ends_words;
