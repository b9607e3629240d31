//! Finds faults in a server log: warnings, errors, and every line that is not a JSON log entry, such as a panic
//! message.

use serde_json::Value;

/// The warning that the calendar ends soon. It depends on the day and not on what a test does.
const OF_THE_DAY: &str = "the calendar is complete until ";

/// Returns the fault lines that contain none of the allowed texts.
pub(super) fn faults(lines: &[String], named: &[String]) -> Vec<String> {
    let is_named = |line: &String| named.iter().any(|part| line.contains(part.as_str()));
    lines.iter().filter(|line| is_fault(line) && !is_named(line)).cloned().collect()
}

fn is_fault(line: &str) -> bool {
    if line.trim().is_empty() || line.contains(OF_THE_DAY) {
        return false;
    }
    let entry: Option<Value> = serde_json::from_str(line).ok();
    let level = entry.as_ref().and_then(|entry| entry.get("level")?.as_str());
    !matches!(level, Some("INFO" | "DEBUG" | "TRACE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[&str] = &[
        r#"{"level":"INFO","fields":{"message":"listening"}}"#,
        r#"{"level":"WARN","fields":{"message":"slow disk"}}"#,
        r#"{"level":"ERROR","fields":{"message":"lost the database"}}"#,
        "thread 'main' panicked at src/main.rs:1:1:",
        "",
    ];

    fn positions(named: &[&str]) -> Vec<usize> {
        let lines: Vec<String> = ALL.iter().map(|line| (*line).to_owned()).collect();
        let named: Vec<String> = named.iter().map(|part| (*part).to_owned()).collect();
        let found = faults(&lines, &named);
        (0..lines.len()).filter(|at| found.contains(&lines[*at])).collect()
    }

    #[test]
    fn warnings_errors_and_panics_are_faults() {
        assert_eq!(positions(&[]), [1, 2, 3]);
    }

    #[test]
    fn a_named_fault_is_allowed() {
        assert_eq!(positions(&["slow disk"]), [2, 3]);
    }
}
