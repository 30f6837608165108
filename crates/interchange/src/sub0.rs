//! JSON models of Sub0: an object of fields for each table, with `foreign_key` for references. Comments and commas at the
//! end of lists are read; what the format has no place for is noted when it is written.

mod json;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;
