//! The parts of the `keystead` binary: configuration, command line, first run, telemetry, HTTP front.
//!
//! Only this crate reads the clock, the environment and the entropy; everything below gets them
//! handed in.

pub mod config;
