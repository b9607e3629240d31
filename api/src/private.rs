//! Keeps what the server writes from other users of the host: new files and folders belong to their owner alone, and the
//! folders of an earlier build, which followed the umask, are closed.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use rustix::fs::Mode;
use rustix::process::umask;

use crate::database::SQLITE_FILE;

/// Why the data folder cannot be used, as a sentence that names the folder or file and says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotPrivate(String);

/// The permissions of group and others.
const OTHERS: u32 = 0o077;

/// Makes all files and folders that this process creates accessible to their owner alone.
pub(crate) fn create_privately() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Creates the data folder if necessary. Takes the permissions of other users from it and from the database in it.
///
/// # Errors
/// Returns a sentence that names the folder or file that cannot be created or closed.
pub(crate) fn data_folder(folder: &Path) -> Result<(), NotPrivate> {
    let shown = folder.display();
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|why| NotPrivate(format!("the data folder {shown} cannot be created: {why}")))?;
    close(folder)?;
    for ending in ["", "-wal", "-shm"] {
        close(&folder.join(format!("{SQLITE_FILE}{ending}")))?;
    }
    Ok(())
}

/// Takes the permissions of other users from a file or folder, if it exists.
///
/// # Errors
/// Returns a sentence that names the file or folder if it belongs to another user.
pub(crate) fn close(path: &Path) -> Result<(), NotPrivate> {
    let shown = path.display();
    let mode = match fs::metadata(path) {
        Ok(about) => about.permissions().mode(),
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(why) => return Err(NotPrivate(format!("{shown} cannot be read: {why}"))),
    };
    if mode & OTHERS == 0 {
        return Ok(());
    }
    if let Err(why) = fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS)) {
        return Err(NotPrivate(format!(
            "{shown} is accessible to other users of this host ({why}): run chmod go= {shown} as its owner"
        )));
    }
    tracing::warn!("{shown} was accessible to other users of this host, who could read reports; it no longer is");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_folder_that_others_could_read_is_closed() {
        let world = tempfile::tempdir().unwrap();
        let folder = world.path().join("a/data");
        data_folder(&folder).unwrap();
        assert_eq!((mode(&folder), mode(&world.path().join("a"))), (0o700, 0o700));
        for name in ["chuishao.db", "chuishao.db-wal"] {
            File::create(folder.join(name)).unwrap().set_permissions(Permissions::from_mode(0o644)).unwrap();
        }
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        data_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        for name in ["chuishao.db", "chuishao.db-wal"] {
            assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
        }
    }
}
