//! The comparison on small files.
