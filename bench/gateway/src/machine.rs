//! What the figures were measured on, and when.

use std::fs;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Result;

/// The machine at one moment.
pub(crate) struct Machine {
    pub(crate) now: String,
    pub(crate) processor: String,
    pub(crate) processors: usize,
    pub(crate) kernel: String,
    pub(crate) load: String,
}

impl Machine {
    pub(crate) fn look() -> Result<Self> {
        let processor = fs::read_to_string("/proc/cpuinfo")?;
        let processor = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
        let load = fs::read_to_string("/proc/loadavg")?;
        Ok(Self {
            now: OffsetDateTime::now_utc().replace_nanosecond(0)?.format(&Rfc3339)?,
            processor: processor.map_or("unknown", |(_, name)| name).to_owned(),
            processors: std::thread::available_parallelism()?.get(),
            // Without what a distributor or host added.
            kernel: kernel.trim().split('-').next().unwrap_or_default().to_owned(),
            load: load.split(' ').next().unwrap_or_default().to_owned(),
        })
    }
}
