//! One file per operation: facts and decisions of the modules below, put together.

pub mod reify;
