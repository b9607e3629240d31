//! A child process: captures its output by line, and ensures that it does not outlive the test.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{sync::watch, time::timeout};

/// The timeout for expected output or for the exit of a child. It is generous, because a loaded machine is not a bug
/// and a successful test never waits that long.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The time to wait for the remaining log output of a failed child.
const GRACE: Duration = Duration::from_secs(2);

/// A child process whose standard output and standard error are captured line by line.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// The child's standard input, which is kept open. A child that exits at the end of its input cannot outlive the
    /// test process.
    _input: Option<ChildStdin>,
    output: watch::Receiver<Vec<String>>,
    log: watch::Receiver<Vec<String>>,
    /// Disconnected when both output streams have ended, that is when the child has exited.
    ended: mpsc::Receiver<()>,
    status: Option<ExitStatus>,
}

impl Process {
    /// Spawns the command with its three standard streams piped.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
        let (open, ended) = mpsc::channel();
        let output = lines_of(child.stdout.take().expect("it is a pipe"), open.clone());
        let log = lines_of(child.stderr.take().expect("it is a pipe"), open);
        Self { _input: child.stdin.take(), child, output, log, ended, status: None }
    }

    /// Waits for a line of standard output with this prefix, and returns the rest of the line.
    ///
    /// # Panics
    /// Panics with the captured output if the child exits, or [`PATIENCE`] has passed, without such a line.
    pub async fn output_after(&self, prefix: &str) -> String {
        self.find(&self.output, |line| line.strip_prefix(prefix)).await
    }

    /// Waits for a line of the log (standard error) that contains this text, and returns the line.
    ///
    /// # Panics
    /// Panics like [`Process::output_after`].
    pub async fn log_line(&self, part: &str) -> String {
        self.find(&self.log, |line| line.contains(part).then_some(line)).await
    }

    /// Returns the log lines so far.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.borrow().clone()
    }

    /// Returns the lines of standard output so far.
    #[must_use]
    pub fn output(&self) -> Vec<String> {
        self.output.borrow().clone()
    }

    /// Returns the process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, unless the exit status was already collected: the process id could then belong to another
    /// process.
    pub fn signal(&self, signal: Signal) {
        if self.status.is_none()
            && let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
        {
            let _ = kill_process(pid, signal); // it may have exited already
        }
    }

    /// Sends SIGTERM, waits for the child to exit, and returns its exit status. A second call returns the same status.
    ///
    /// # Panics
    /// Panics if it does not end in time; it is killed then.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Sends SIGKILL, as the kernel does when memory runs out, and waits for the child to exit.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.wait();
    }

    /// Waits for the child to exit, and returns its exit status.
    ///
    /// # Panics
    /// Panics if it does not end in time; it is killed then.
    pub fn wait(&mut self) -> ExitStatus {
        if let Some(status) = self.status {
            return status;
        }
        let in_time = self.ended.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Disconnected);
        if !in_time {
            self.signal(Signal::KILL);
        }
        let status = self.child.wait().expect("a child can be waited for");
        self.status = Some(status);
        assert!(in_time || thread::panicking(), "the child did not end in time\n{}", self.said());
        status
    }

    async fn find<F>(&self, lines: &watch::Receiver<Vec<String>>, wanted: F) -> String
    where
        F: Fn(&str) -> Option<&str>,
    {
        let find = |lines: &Vec<String>| lines.iter().find_map(|line| wanted(line).map(str::to_owned));
        let mut lines = lines.clone();
        let seen = timeout(PATIENCE, lines.wait_for(|lines| find(lines).is_some())).await;
        let found = seen.ok().and_then(Result::ok).and_then(|lines| find(&lines));
        if found.is_none() {
            // The error message may arrive a moment later on the log stream, which ends when the child exits.
            let _ = timeout(GRACE, self.log.clone().wait_for(|_| false)).await;
        }
        found.unwrap_or_else(|| panic!("the child never said what was waited for\n{}", self.said()))
    }

    fn said(&self) -> String {
        format!("output:\n{}\nlog:\n{}", self.output.borrow().join("\n"), self.log.borrow().join("\n"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.status.is_none() {
            self.signal(Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Reads lines on a separate thread, so that a blocked test does not block the child on a full pipe.
fn lines_of(stream: impl Read + Send + 'static, open: mpsc::Sender<()>) -> watch::Receiver<Vec<String>> {
    let (lines, seen) = watch::channel(Vec::new());
    thread::spawn(move || {
        let _open = open;
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            lines.send_modify(|lines| lines.push(line));
        }
    });
    seen
}
