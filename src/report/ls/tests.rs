//! Labels and shapes against real npm output.
