//! Reads the passphrase of a key export from a file, or from the terminal without echo.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::refused;
use crate::start::{StartError, io};

/// How often the passphrase must be typed. A new one is typed twice, because after a typing error the keys could never
/// be decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    Once,
    Twice,
}

/// Returns the first line of the file or, without a file, what the user types at the terminal.
///
/// # Errors
/// Returns a sentence if the file cannot be read, there is no terminal, or two different passphrases are typed.
pub(super) fn passphrase(file: Option<&Path>, typed: Typed) -> Result<SecretString, StartError> {
    if let Some(path) = file {
        let text = fs::read_to_string(path).map_err(io(format!("{} cannot be read", path.display())))?;
        let text = Zeroizing::new(text);
        return Ok(text.lines().next().unwrap_or_default().into());
    }
    if !io::stdin().is_terminal() {
        return Err(refused("no terminal is available to ask for the passphrase: name a file by --passphrase-file"));
    }
    let asked = ask("Passphrase for the keys: ").map_err(io("the passphrase cannot be read"))?;
    if typed == Typed::Twice {
        let again = ask("Repeat the passphrase: ").map_err(io("the passphrase cannot be read"))?;
        if asked.expose_secret() != again.expose_secret() {
            return Err(refused("the two passphrases differ, so no file was written"));
        }
    }
    Ok(asked)
}

/// Disables the terminal echo until it is dropped.
struct Unseen(Termios);

impl Unseen {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut unseen = before.clone();
        unseen.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &unseen)?;
        Ok(Self(before))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        let _the_terminal_is_gone = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

fn ask(question: &str) -> io::Result<SecretString> {
    let mut out = io::stderr().lock();
    write!(out, "{question}")?;
    out.flush()?;
    let unseen = Unseen::begin()?;
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line)?;
    drop(unseen);
    writeln!(out)?;
    Ok(line.trim_end_matches(['\r', '\n']).into())
}
