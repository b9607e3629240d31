//! Compares the steps of the story with those of the end-to-end tests.

use tests::steps::Step;

/// A step that is added to the story must also be added to the end-to-end tests. The steps of the story are extracted
/// from the source text, so that no constant is missed.
#[test]
fn the_story_sends_the_inputs_that_the_tests_send() {
    let calls = include_str!("../steps.rs").split("(\"").skip(1);
    let steps: Vec<(&str, &str)> = calls
        .filter_map(|call| {
            let mut words = call.split('"').step_by(2);
            Some((words.next()?, words.next()?))
        })
        .collect();
    assert!(steps.len() > 20, "{steps:?}");
    for (mutation, input) in steps {
        assert_eq!(input, Step::named(mutation).input, "{mutation}");
    }
}
