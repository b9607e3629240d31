//! Finds banned words in the descriptions of the published GraphQL schema. `docs/style.md` lists the words.

/// Returns the banned words in the style guide: the lines of its code block `banned-words`.
#[must_use]
pub fn banned(style: &str) -> Vec<&str> {
    let lines = style.lines().skip_while(|line| *line != "```banned-words").skip(1);
    lines.take_while(|line| *line != "```").filter(|line| !line.trim().is_empty()).collect()
}

/// Returns a sentence for each banned word in a description. The search is case-insensitive, and skips text in
/// backticks.
#[must_use]
pub fn found(schema: &str, banned: &[&str]) -> Vec<String> {
    let descriptions = schema.split("\"\"\"").enumerate().filter(|(at, _)| at % 2 == 1).map(|(_, text)| text);
    let mut found = Vec::new();
    for description in descriptions {
        let plain = without_code(description);
        for word in banned.iter().filter(|word| has(&plain, word)) {
            found.push(format!("schema.graphql: `{word}` in: {}", description.trim()));
        }
    }
    found
}

fn without_code(description: &str) -> String {
    let outside = description.split('`').enumerate().filter(|(at, _)| at % 2 == 0).map(|(_, text)| text);
    let text = outside.collect::<Vec<_>>().join("`").to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks whether the text contains the words as whole words.
fn has(text: &str, words: &str) -> bool {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(words).any(|(at, _)| {
        let (before, after) = text.split_at(at);
        let after = &after[words.len()..];
        let goes_on = words.ends_with(char::is_alphanumeric) && is_letter(after.chars().next());
        !(goes_on || is_letter(before.chars().next_back()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_descriptions_alone() {
        let schema =
            "\"\"\"\nReturns NOTHING\nat all.\n\"\"\"\ntype nothing { \"\"\"`nothing`, something\"\"\" a: Int }";
        assert_eq!(found(schema, &["nothing"]), ["schema.graphql: `nothing` in: Returns NOTHING\nat all."]);
        assert_eq!(found(schema, &["nothing at all"]).len(), 1);
        assert_eq!(found(schema, &["thing"]), [""; 0]);
    }

    #[test]
    fn the_list_is_read_from_its_block() {
        assert_eq!(banned("a\n```banned-words\nanew\nis told\n```\nb"), ["anew", "is told"]);
    }
}
