//! What the tests stand on: a registry that can misbehave, a sandbox, a reader of trees.

pub(crate) mod fault;
pub(crate) mod http;
pub(crate) mod log;
pub(crate) mod oracle;
pub(crate) mod package;
pub(crate) mod registry;
pub(crate) mod sandbox;
pub(crate) mod signed;
pub(crate) mod tarball;
pub(crate) mod tls;
pub(crate) mod tree;

pub(crate) use fault::{Fault, Target};
pub(crate) use oracle::both;
pub(crate) use registry::Registry;
pub(crate) use sandbox::Sandbox;
