//! The number of connections that fits the number of files that the process may open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The open files that are kept for everything but connections: the database, the log, the darkroom, the object store.
const KEPT: u64 = 512;
/// The most open files of one connection: its socket, and a photo that is being received, which is open twice.
const OF_A_CONNECTION: u64 = 3;

/// Raises the limit of open files of this process as far as the operating system allows and as is needed. Returns how
/// many connections may be open at once: `wanted`, or fewer if the limit is lower.
pub(super) fn connections(wanted: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let needed = needed(wanted);
    let limit = match current {
        Some(current) if current < needed => raised(needed.min(maximum.unwrap_or(needed)), maximum).unwrap_or(current),
        Some(current) => current,
        None => u64::MAX,
    };
    let fits = fitting(limit).min(wanted);
    if fits < wanted {
        tracing::info!(fits, wanted, limit, "fewer connections than CHUISHAO_CONNECTIONS fit the limit of open files");
    }
    fits
}

fn raised(limit: u64, maximum: Option<u64>) -> Option<u64> {
    match setrlimit(Resource::Nofile, Rlimit { current: Some(limit), maximum }) {
        Ok(()) => Some(limit),
        Err(cause) => {
            tracing::info!(%cause, limit, "the limit of open files could not be raised");
            None
        }
    }
}

fn needed(connections: usize) -> u64 {
    u64::try_from(connections).unwrap_or(u64::MAX).saturating_mul(OF_A_CONNECTION).saturating_add(KEPT)
}

/// Returns how many connections fit a limit of open files. A few are always let in: a server that answers nobody helps
/// nobody.
fn fitting(limit: u64) -> usize {
    usize::try_from(limit.saturating_sub(KEPT) / OF_A_CONNECTION).unwrap_or(usize::MAX).max(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_connections_as_the_files_allow() {
        for (limit, fits) in [(0, 16), (512, 16), (1_024, 170), (12_800, 4_096), (512 + 3_000_000, 1_000_000)] {
            assert_eq!(fitting(limit), fits, "{limit}");
        }
        for wanted in [16, 4_096, 1_000_000] {
            assert_eq!(fitting(needed(wanted)), wanted);
        }
    }
}
