//! How long the processor worked for whom. Other than a rate, it hardly depends on what else the machine does.

use std::{collections::BTreeMap, fs};

/// The clock of `/proc` ticks a hundred times a second.
const TICK: f64 = 0.01;

/// Seconds of the processor: the server's, PostgreSQL's and our own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Worked {
    server: f64,
    postgres: f64,
    own: f64,
}

impl Worked {
    /// Until now.
    pub(crate) fn until_now(server: u32, postgres: u32) -> Self {
        let (mut parents, mut seconds) = (BTreeMap::new(), BTreeMap::new());
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
            // It may have ended since.
            let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
            // The name may hold anything, and ends with the last parenthesis.
            let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
            parents.insert(pid, fields[1].parse::<u32>().unwrap());
            let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
            seconds.insert(pid, ticks * TICK);
        }
        let of = |pid: u32| seconds.get(&pid).copied().unwrap_or_default();
        let children = parents.iter().filter(|(_, parent)| **parent == postgres).map(|(pid, _)| of(*pid));
        Self { server: of(server), postgres: of(postgres) + children.sum::<f64>(), own: of(std::process::id()) }
    }

    /// What each of so many things has cost since then, in words.
    pub(crate) fn each(self, then: Self, count: u64) -> String {
        let ms = |now: f64, then: f64| (now - then) * 1000.0 / count.max(1) as f64;
        format!(
            "of the processor, each takes {:.2} ms of the server, {:.2} ms of PostgreSQL and {:.2} ms of who asks",
            ms(self.server, then.server),
            ms(self.postgres, then.postgres),
            ms(self.own, then.own)
        )
    }
}
