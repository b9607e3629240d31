//! Temporary folders that are removed when the test process ends, even if it is killed.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use tempfile::TempDir;

/// Waits for the end of its input, then removes the folder. Removes it twice, because another child that exits at the
/// same time may still write a last file.
const SWEEP: &str = r#"while read -r _; do :; done; rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }"#;

/// Creates a temporary folder. It is removed when the value is dropped, or at the latest when the test process has
/// ended.
#[must_use]
pub fn folder() -> TempDir {
    // As an operator would make it: the server closes a data folder that others can read, and warns of it.
    let private = fs::Permissions::from_mode(0o700);
    let made = tempfile::Builder::new().permissions(private).tempdir_in(&root().path);
    made.expect("the scratch folder is ours to write")
}

struct Root {
    path: PathBuf,
    /// The helper process that removes the folders. Its standard input ends when this process ends.
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

/// Protects a helper process from the Ctrl-C that ends the test process, so that it can still clean up at the end of
/// its standard input.
pub(crate) trait OwnGroup {
    /// Makes the command start in its own process group, which the terminal's SIGINT does not reach.
    fn in_its_own_group(&mut self) -> &mut Self;
}

impl OwnGroup for Command {
    fn in_its_own_group(&mut self) -> &mut Self {
        std::os::unix::process::CommandExt::process_group(self, 0)
    }
}
