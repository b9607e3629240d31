//! Decodes the text of an import file and computes its hash.

use encoding_rs::{GB18030, UTF_8};
use sha2::{Digest, Sha256};

use super::problem::Problems;
use crate::error::ApiResult;

/// A file that is being imported.
#[derive(Debug, Clone)]
pub(crate) struct ImportSource {
    /// The file name, for messages.
    pub name: String,
    /// The SHA-256 hash of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// The decoded text; empty if the bytes are not text.
    pub text: String,
    unreadable: Option<&'static str>,
}

impl ImportSource {
    /// Decodes the bytes as UTF-8, with or without a byte order mark, otherwise as GB18030.
    #[must_use]
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        let (text, unreadable) = match decode(bytes) {
            Ok(text) => (text, None),
            Err(what) => (String::new(), Some(what)),
        };
        Self { name: name.to_owned(), sha256: hex::encode(Sha256::digest(bytes)), text, unreadable }
    }

    /// Rejects a file that is not text.
    ///
    /// # Errors
    /// `INVALID_INPUT` for `file` if the bytes could not be decoded.
    pub(crate) fn check(&self) -> ApiResult<()> {
        let mut problems = Problems::default();
        if let Some(what) = self.unreadable {
            problems.file(what);
        }
        problems.refuse(&self.name)
    }
}

fn decode(bytes: &[u8]) -> Result<String, &'static str> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("the file is in UTF-16: save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\") and import it again");
    }
    let bytes = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => rest,
        whole => whole,
    };
    let text = UTF_8.decode_without_bom_handling_and_without_replacement(bytes);
    let text = text.or_else(|| GB18030.decode_without_bom_handling_and_without_replacement(bytes));
    let text = text.ok_or("the file is in neither UTF-8 nor GB18030: save it as UTF-8 and import it again")?;
    if text.contains('\0') {
        return Err("the file contains NUL characters, so it is not a text: export it again as UTF-8");
    }
    // One line is one line whatever ends it, so that the line numbers of problems are right.
    Ok(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.into_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_encodings_give_one_text() {
        let text = "code,name\n1,观山湖区\n";
        let (gb, _, _) = GB18030.encode(text);
        let crlf = text.replace('\n', "\r\n").into_bytes();
        for bytes in [text.as_bytes().to_vec(), [b"\xef\xbb\xbf", text.as_bytes()].concat(), gb.to_vec(), crlf] {
            let source = ImportSource::new("a.csv", &bytes);
            assert_eq!(source.text, text);
            assert!(source.check().is_ok());
        }
    }

    #[test]
    fn what_is_no_text_is_said() {
        for bytes in [&b"\xff\xfea\0"[..], b"code\0", b"\x80\x80\xff\xff"] {
            assert!(ImportSource::new("a.csv", bytes).check().is_err());
        }
    }
}
