//! Tests of amnesty's arithmetic.
