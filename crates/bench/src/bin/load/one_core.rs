//! One core for a server and for the thread that asks it.
//!
//! With a core each, most of the time of a quick answer passes until the other core, which sleeps, is awake: that is the
//! machine's time, and differs by a factor of three with how the kernel places the threads.

use anyhow::Result;
use rustix::thread::{CpuSet, Pid, sched_getaffinity, sched_setaffinity};

/// A process and this thread on one core, until dropped.
pub struct OneCore {
    process: u32,
    before: CpuSet,
}

impl OneCore {
    pub fn with(process: u32) -> Result<Self> {
        let before = sched_getaffinity(None)?;
        let mut core = CpuSet::new();
        if let Some(first) = (0..CpuSet::MAX_CPU).find(|&cpu| before.is_set(cpu)) {
            core.set(first);
        }
        // Made first: what fails half-way is put back.
        let pinned = Self { process, before };
        place(process, &core)?;
        Ok(pinned)
    }
}

impl Drop for OneCore {
    fn drop(&mut self) {
        // A server that has ended has no place any more.
        let _ended = place(self.process, &self.before);
    }
}

/// Puts every thread of a process and this one on these cores.
fn place(process: u32, cores: &CpuSet) -> Result<()> {
    sched_setaffinity(None, cores)?;
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let thread = thread?.file_name().to_string_lossy().parse().ok().and_then(Pid::from_raw);
        match thread.map(|thread| sched_setaffinity(Some(thread), cores)) {
            // A thread may end while they are gone through.
            None | Some(Ok(()) | Err(rustix::io::Errno::SRCH)) => {}
            Some(Err(error)) => return Err(error.into()),
        }
    }
    Ok(())
}
