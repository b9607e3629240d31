//! Exports and imports the rows on PostgreSQL, with `pg_dump` and `pg_restore`.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::Stdio;

use percent_encoding::percent_decode_str;
use reqwest::Url;
use sea_orm::ConnectionTrait;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::archive::{ArchiveWriter, ManifestLine};
use super::contents::{self, Contents};
use super::refused;
use super::verify::Verified;
use crate::config::Config;
use crate::database::Database;
use crate::start::{StartError, io as tried};

/// The file of the rows in a backup: an archive in the custom format of `pg_dump`.
pub(super) const ROWS: &str = "rows.dump";
/// The size of the chunks that are piped to the tool, in bytes.
const CHUNK: usize = 256 * 1024;
/// The number of characters after which a tool's error message is truncated.
const COMPLAINT_MAX: usize = 600;

/// The PostgreSQL tools, and the connection parameters that they receive.
pub(super) struct Tools {
    folder: Option<PathBuf>,
    /// The URL without its password, because every user of the machine can read the command line of a process.
    url: String,
    password: Option<SecretString>,
}

impl Tools {
    /// Takes the tools and the URL from the settings.
    ///
    /// # Errors
    /// Returns a sentence if `CHUISHAO_DATABASE_URL` is not a URL.
    pub(super) fn new(config: &Config) -> Result<Self, StartError> {
        let given = config.database.url.as_ref().and_then(|url| Url::parse(url.expose_secret()).ok());
        let Some(mut url) = given else {
            return Err(refused(
                "CHUISHAO_DATABASE_URL must have a form that pg_dump reads: postgres://user@host/database",
            ));
        };
        let decoded = |text: &str| SecretString::from(percent_decode_str(text).decode_utf8_lossy().into_owned());
        let mut password = url.password().map(decoded);
        let _has_no_host = url.set_password(None);
        let (hidden, shown): (Vec<_>, Vec<_>) =
            url.query_pairs().into_owned().partition(|(name, _)| name == "password");
        if let Some((_, text)) = hidden.into_iter().next() {
            password = Some(text.into());
            url.query_pairs_mut().clear().extend_pairs(shown);
        }
        Ok(Self { folder: config.database.tools.clone(), url: url.into(), password })
    }

    fn start(&self, tool: &str, arguments: &[String], input: Stdio, output: Stdio) -> Result<Child, StartError> {
        let program = self.folder.as_ref().map_or_else(|| PathBuf::from(tool), |folder| folder.join(tool));
        let mut command = Command::new(&program);
        command.args(arguments).arg("--no-password").arg(format!("--dbname={}", self.url));
        command.env("LC_ALL", "C").env_remove("CHUISHAO_DATABASE_URL");
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password.expose_secret());
        }
        command.stdin(input).stdout(output).stderr(Stdio::piped()).kill_on_drop(true).spawn().map_err(|cause| {
            if cause.kind() == io::ErrorKind::NotFound {
                return refused(format!(
                    "{} was not found: install the client tools of PostgreSQL (Debian: postgresql-client), or set \
                     CHUISHAO_PG_TOOLS_DIR to their folder",
                    program.display()
                ));
            }
            StartError::Io { what: format!("{} cannot be started", program.display()), cause }
        })
    }
}

/// Exports all committed rows except the omitted tables, and returns their summary. The copy and the summary come from
/// the same snapshot.
///
/// # Errors
/// Returns a sentence if the rows cannot be read, the tool is missing or fails, or the copy cannot be written.
pub(super) async fn copy_out(
    tools: &Tools,
    database: &Database,
    writer: &mut ArchiveWriter,
) -> Result<(ManifestLine, Contents), StartError> {
    let (snapshot, name) = database.begin_snapshot().await?;
    let contents = contents::read(&snapshot).await?;
    let mut arguments = vec!["--format=custom".to_owned(), format!("--snapshot={name}")];
    arguments.extend(contents::left_out().map(|table| format!("--exclude-table-data=*.{table}")));
    let mut dump = tools.start("pg_dump", &arguments, Stdio::null(), Stdio::piped())?;
    let unread = || tried("the messages of pg_dump cannot be read");
    let mut entry = writer.add(ROWS).map_err(tried("the rows cannot be written"))?;
    let output = dump.stdout.take();
    let (moved, complaint) = tokio::join!(drain(output, &mut entry), complaint(&mut dump));
    let (ended, complaint) = (dump.wait().await.map_err(unread())?, complaint.map_err(unread())?);
    moved.map_err(tried("the rows cannot be written"))?; // checked first: the tool would only report a closed pipe
    if !ended.success() {
        return Err(refused(format!("pg_dump failed to copy the rows: {complaint}")));
    }
    let line = writer.close(entry).map_err(tried("the rows cannot be written"))?;
    snapshot.rollback().await?;
    Ok((line, contents))
}

/// Restores all rows in one transaction, and returns their summary.
///
/// # Errors
/// Returns a sentence if the tool is missing or fails, or the restored rows differ from the manifest.
pub(super) async fn copy_in(tools: &Tools, database: &Database, backup: &Verified) -> Result<Contents, StartError> {
    let arguments = ["--single-transaction", "--no-owner", "--no-privileges"].map(str::to_owned);
    let mut restore = tools.start("pg_restore", &arguments, Stdio::piped(), Stdio::null())?;
    let input = restore.stdin.take();
    let (moved, complaint) = tokio::join!(feed(backup, input), complaint(&mut restore));
    let unread = || tried("the messages of pg_restore cannot be read");
    let (ended, complaint) = (restore.wait().await.map_err(unread())?, complaint.map_err(unread())?);
    moved?;
    if !ended.success() {
        return Err(refused(format!(
            "pg_restore failed to restore the rows, and the database is unchanged: {complaint}"
        )));
    }
    let contents = contents::read(&database.read).await?;
    backup.compare(&contents)?;
    database.read.execute_unprepared("ANALYZE").await?; // without statistics, queries are slow at first
    Ok(contents)
}

async fn drain(from: Option<impl AsyncReadExt + Unpin>, to: &mut impl Write) -> io::Result<()> {
    let Some(mut from) = from else { return Ok(()) };
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = from.read(&mut chunk).await?;
        if read == 0 {
            return Ok(());
        }
        to.write_all(chunk.get(..read).unwrap_or_default())?;
    }
}

/// Pipes the rows to the tool while verifying their hash again. Each chunk is passed on only after the next one was
/// read: if the rows were altered after their verification, the tool never receives the last chunk and restores no
/// rows.
async fn feed(backup: &Verified, to: Option<impl AsyncWriteExt + Unpin>) -> Result<(), StartError> {
    let Some(mut to) = to else { return Ok(()) };
    let mut rows = backup.reader(backup.line(ROWS)?)?;
    let (mut part, mut next) = (Vec::new(), vec![0; CHUNK]);
    loop {
        let read = rows.read(&mut next).map_err(tried("the backup cannot be read"))?;
        if to.write_all(&part).await.is_err() {
            return Ok(()); // the tool has exited; its own message says why
        }
        if read == 0 {
            break;
        }
        part.clear();
        part.extend_from_slice(next.get(..read).unwrap_or_default());
    }
    let _the_tool_has_ended = to.shutdown().await;
    Ok(())
}

/// Returns what a tool wrote to standard error, in one line.
async fn complaint(child: &mut Child) -> io::Result<String> {
    let mut said = Vec::new();
    if let Some(mut errors) = child.stderr.take() {
        errors.read_to_end(&mut said).await?;
    }
    let said = String::from_utf8_lossy(&said);
    Ok(said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(COMPLAINT_MAX).collect())
}
