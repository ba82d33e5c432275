//! Metrics about the process itself, read from `/proc` when they are asked for.

use std::time::Instant;

/// Clock ticks per second in `/proc/self/stat`: fixed by the kernel's interface.
const TICKS_PER_SECOND: f64 = 100.0;

/// Sets the gauges of the process to what they are now.
pub fn observe(started: Instant) {
    metrics::gauge!("process_uptime_seconds").set(started.elapsed().as_secs_f64());
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    if let Some(seconds) = cpu_seconds() {
        metrics::gauge!("process_cpu_seconds_total").set(seconds);
    }
    if let Some(count) = open_files() {
        metrics::gauge!("process_open_fds").set(count as f64);
    }
    metrics::gauge!("keystead_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// Memory that the process keeps in RAM. `None` where there is no `/proc`.
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name, in parentheses, may hold anything; user and system time are fields 14 and 15.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

fn open_files() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
}
