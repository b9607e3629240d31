//! Who logs in with a number: every cell of a table that was written by hand.

use chrono::{NaiveDate, TimeDelta};
use domain::number::{LogsIn, Rest, Shown, who_logs_in};

fn day() -> NaiveDate {
    "2027-06-01".parse().unwrap()
}

fn shown(row: &str) -> Shown {
    match row {
        "NOTHING" | "WRONG_CODE" | "CODE_OF_ANOTHER" => Shown::Nothing,
        "DEVICE_KEY" | "LIVE_TOKEN" | "ENDED_TOKEN" | "OWN_CODE" => Shown::OfHolder,
        "DEVICE_OF_FORMER" | "CODE_OF_FORMER" => Shown::OfFormer,
        other => panic!("no row `{other}`"),
    }
}

const fn word(logs_in: LogsIn) -> &'static str {
    match logs_in {
        LogsIn::Holder => "same",
        LogsIn::Former => "former",
        LogsIn::NewPerson => "new",
    }
}

#[test]
fn every_cell_of_the_number_table_holds() {
    let table = include_str!("../data/number_table.txt");
    let mut lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let ages: Vec<Option<i64>> = lines.next().unwrap().split_whitespace().map(|age| age.parse().ok()).collect();
    let mut cells = 0;
    for line in lines {
        let (row, expected) = line.split_once(' ').unwrap();
        let expected: Vec<&str> = expected.split_whitespace().collect();
        assert_eq!(expected.len(), ages.len(), "{row}");
        for (age, expected) in ages.iter().zip(expected) {
            let last_seen = age.map(|days| day() - TimeDelta::days(days));
            let rest = Rest { last_seen, today: day(), quiet_days: 180 };
            assert_eq!(word(who_logs_in(shown(row), rest)), expected, "{row}, {age:?} days");
            cells += 1;
        }
    }
    assert_eq!(cells, 9 * 5);
}

#[test]
fn a_number_rests_as_long_as_the_policy_says() {
    for (quiet_days, days, expected) in [
        (180, 179, false),
        (180, 180, true),
        (365, 180, false),
        (365, 365, true),
        (u32::MAX, 100_000, false),
        (180, -1, false), // a clock that was set back
    ] {
        let rest = Rest { last_seen: Some(day() - TimeDelta::days(days)), today: day(), quiet_days };
        assert_eq!(rest.is_over(), expected, "{quiet_days}: {days}");
    }
}
