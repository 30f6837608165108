//! The reader against real files, the answers of real databases, small cases of each dialect, and damaged texts.

mod cases;
mod counts;
mod damage;
mod describe;
mod lowering;
mod postgres;
mod reference;
mod shared;
mod speed;
mod sqlite;
