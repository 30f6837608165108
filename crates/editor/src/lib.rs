#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod access;
mod annotation;
mod change;
mod command;
mod conflict;
mod connect;
mod draft;
mod editor;
mod exhibit;
mod ids;
mod import;
mod input;
mod join;
mod onlooker;
mod panel;
mod picture;
mod pointer;
mod rename;
mod suggested;
mod types;

pub use change::{Change, NewReference};
pub use command::{COMMANDS, Command, CommandInfo, Group, Key, Shortcut};
pub use connect::Target;
pub use draft::{Draft, DraftError, Joined};
pub use editor::{CommitBody, Document, Editor};
pub use exhibit::Exhibit;
pub use ids::IdSource;
pub use import::{Import, contents};
pub use input::{Announcement, Decision, Effect, Facet, Input, Layer, Modifiers, Pointer, PointerButton, PointerPhase};
pub use onlooker::{HeldPointer, Onlooker};
pub use panel::{Panel, Subject};
pub use pointer::Cursor;
pub use suggested::SuggestionId;
pub use types::{NewType, TypeChange, label_problem};
