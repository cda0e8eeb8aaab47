//! Tests that see denpm from outside.
mod completions;
