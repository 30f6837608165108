//! Steps of a longer job: each is named when it begins and timed when it ends.

use std::time::{Duration, Instant};

/// The steps done so far.
pub(crate) struct Steps {
    began: Instant,
    done: Vec<Step>,
}

struct Step {
    title: String,
    took: Duration,
    failed: bool,
}

impl Steps {
    pub(crate) fn start() -> Self {
        Self { began: Instant::now(), done: Vec::new() }
    }

    /// Does one step that the following ones need: its failure ends the job.
    pub(crate) fn need<T>(&mut self, title: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        eprintln!("==> {title}");
        let began = Instant::now();
        let result = work();
        let took = began.elapsed();
        eprintln!("    {} in {}", if result.is_ok() { "done" } else { "failed" }, seconds(took));
        self.done.push(Step { title: title.to_owned(), took, failed: result.is_err() });
        result
    }

    /// Does one step that stands alone: its failure is told at once, fails the job at its end, and lets the others
    /// have their say first.
    pub(crate) fn check(&mut self, title: &str, work: impl FnOnce() -> anyhow::Result<()>) {
        if let Err(error) = self.need(title, work) {
            eprintln!("    {error:#}");
        }
    }

    /// Prints the time of each step and one last line; fails if a step did.
    pub(crate) fn finish(self, verb: &str) -> anyhow::Result<()> {
        eprintln!();
        for step in &self.done {
            eprintln!("{:>9}  {}  {}", seconds(step.took), if step.failed { "FAILED" } else { "ok    " }, step.title);
        }
        let failed = self.done.iter().filter(|it| it.failed).count();
        let total = seconds(self.began.elapsed());
        if failed > 0 {
            anyhow::bail!("{failed} of {} steps failed in {total}", self.done.len());
        }
        eprintln!("{verb}: {} steps in {total}", self.done.len());
        Ok(())
    }
}

pub(crate) fn seconds(duration: Duration) -> String {
    if duration.as_secs() >= 60 {
        format!("{}m {:02}s", duration.as_secs() / 60, duration.as_secs() % 60)
    } else {
        format!("{:.1}s", duration.as_secs_f64())
    }
}
