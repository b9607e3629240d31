//! A child process: its lines, its end, and nothing left of it after the test.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{sync::watch, time::timeout};

/// How long a child may take to say something or to end, before it counts as hanging. Generous: a loaded machine is no
/// bug, and a test that succeeds never waits for it.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// How long a child that has failed may take for its last words.
const GRACE: Duration = Duration::from_secs(2);

/// A child process whose standard output and standard error are kept, line by line.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Open while the child may live. A child that ends with its standard input cannot outlive the test process.
    _input: Option<ChildStdin>,
    output: watch::Receiver<Vec<String>>,
    log: watch::Receiver<Vec<String>>,
    /// Closed when both streams have ended, that is, when the child has.
    ended: mpsc::Receiver<()>,
    status: Option<ExitStatus>,
}

impl Process {
    /// Starts the command; its three standard streams become ours.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
        let (open, ended) = mpsc::channel();
        let output = lines_of(child.stdout.take().expect("it is a pipe"), open.clone());
        let log = lines_of(child.stderr.take().expect("it is a pipe"), open);
        Self { _input: child.stdin.take(), child, output, log, ended, status: None }
    }

    /// Waits for a line of standard output that begins so, and gives what follows.
    ///
    /// # Panics
    /// Panics if the child ends, or [`PATIENCE`] does, without it; with all that the child has said.
    pub async fn output_after(&self, prefix: &str) -> String {
        self.find(&self.output, |line| line.strip_prefix(prefix)).await
    }

    /// Waits for a line of the log (standard error) that contains this, and gives the line.
    ///
    /// # Panics
    /// As [`Process::output_after`].
    pub async fn log_line(&self, part: &str) -> String {
        self.find(&self.log, |line| line.contains(part).then_some(line)).await
    }

    /// Returns all lines of the log until now.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.borrow().clone()
    }

    /// Returns all lines of standard output until now.
    #[must_use]
    pub fn output(&self) -> Vec<String> {
        self.output.borrow().clone()
    }

    /// Returns the number by which the system knows it.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, if the child has not been waited for.
    pub fn signal(&self, signal: Signal) {
        if self.status.is_none()
            && let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
        {
            let _ = kill_process(pid, signal); // it may have ended by itself
        }
    }

    /// Asks the child to end (SIGTERM), waits for it, and gives its status. A second time gives the same.
    ///
    /// # Panics
    /// Panics if it does not end in time; it is killed then.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Ends the child without a word (SIGKILL), as the kernel does when memory is short.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.wait();
    }

    /// Waits until the child has ended by itself.
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
            // The reason may come a moment later, on the other stream; it ends when the child has.
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

/// Collects lines on a thread of its own: a test that blocks must not make the child block on a full pipe.
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
