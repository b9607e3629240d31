//! Temporary files that go when the test process goes, however it goes.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use tempfile::TempDir;

/// Twice, because a child that hears of the end at the same time may still write its last file.
const SWEEP: &str = r#"while read -r _; do :; done; rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }"#;

/// Returns a fresh folder, removed when the value is dropped, or else when the test process has ended.
#[must_use]
pub fn folder() -> TempDir {
    TempDir::new_in(&root().path).expect("the scratch folder is ours to write")
}

struct Root {
    path: PathBuf,
    /// Waits for the end of its standard input, which is the end of this process.
    _sweeper: Child,
}

fn root() -> &'static Root {
    static ROOT: OnceLock<Root> = OnceLock::new();
    ROOT.get_or_init(|| {
        let path = tempfile::Builder::new()
            .prefix("chuishao-test.")
            .tempdir()
            .expect("the folder for temporary files can be written")
            .keep();
        let sweeper = Command::new("sh")
            .args(["-c", SWEEP, "sweeper"])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .in_its_own_group()
            .spawn()
            .expect("sh is there");
        Root { path, _sweeper: sweeper }
    })
}

/// Keeps a helper alive through a Ctrl-C that ends its starter: it ends when its standard input does.
pub(crate) trait OwnGroup {
    /// Starts the command in a process group of its own.
    fn in_its_own_group(&mut self) -> &mut Self;
}

impl OwnGroup for Command {
    fn in_its_own_group(&mut self) -> &mut Self {
        std::os::unix::process::CommandExt::process_group(self, 0)
    }
}
