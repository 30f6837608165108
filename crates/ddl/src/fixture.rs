//! Schemas for tests.
