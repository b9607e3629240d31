//! Tests every setting. Long because each setting has its line in the tables.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::setting::{default, help, is_secret, unit};
use super::settings::Explorer;
use super::{Config, LogFormat, MetricsListen, command};

/// Every setting with its default; empty if it has none.
const DEFAULTS: [(&str, &str); 35] = [
    ("CLIENT_SECONDS", "20"),
    ("CODE_SENDER", "console"),
    ("CONNECTIONS", "4096"),
    ("DATABASE_CONNECTIONS", "16"),
    ("DATABASE_URL", ""),
    ("DATA_DIR", "./data"),
    ("DEADLINE_SECONDS", "10"),
    ("GRAPHIQL", "auto"),
    ("INTAKE_BATCH", "64"),
    ("INTAKE_QUEUE", "1024"),
    ("IN_FLIGHT", "256"),
    ("KEYS_DIR", ""),
    ("LISTEN", "127.0.0.1:8080"),
    ("LOG", "info"),
    ("LOG_FORMAT", "json"),
    ("METRICS_LISTEN", "127.0.0.1:9464"),
    ("PAYER", "test"),
    ("PG_TOOLS_DIR", ""),
    ("PHOTO_DIR", ""),
    ("PHOTO_MEMORY_MIB", "320"),
    ("PHOTO_QUEUE", "32"),
    ("PHOTO_RESERVE_MIB", "1024"),
    ("PHOTO_THREADS", "0"),
    ("PHOTO_WAIT_MS", "8000"),
    ("PUBLIC_URL", ""),
    ("QUEUE", "512"),
    ("S3_ACCESS_KEY", ""),
    ("S3_BUCKET", ""),
    ("S3_ENDPOINT", ""),
    ("S3_PATH_STYLE", "true"),
    ("S3_PREFIX", ""),
    ("S3_PUBLIC_ENDPOINT", ""),
    ("S3_REGION", "us-east-1"),
    ("S3_SECRET_KEY", ""),
    ("WORKERS", "0"),
];
const URL: &str = "postgres://somebody:a-password@db/chuishao";

/// The settings of a bucket, and these.
fn with_bucket<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("S3_ENDPOINT", "https://s3.example"), ("S3_BUCKET", "photos")], more].concat()
}

fn from(pairs: &[(&str, &str)]) -> Result<Config, String> {
    let values: BTreeMap<_, _> = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Config::from_values(values).map_err(|bad| bad.0)
}

/// Loads settings from a file of these lines and an environment of these variables.
fn load(folder: &TempDir, lines: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let file = folder.path().join("chuishao.toml");
    fs::write(&file, lines).unwrap();
    let environment = environment.iter().map(|(name, value)| (name.into(), value.into()));
    Config::load(Some(&file), environment).map_err(|bad| bad.0)
}

#[test]
fn every_setting_has_a_default_that_holds_a_unit_and_help_in_sentences() {
    let command = command();
    let mut known: Vec<(String, String)> = Vec::new();
    for setting in command.get_arguments() {
        let (key, help) = (setting.get_id().to_string(), help(setting));
        assert_eq!(setting.get_long(), Some(key.as_str()), "{key} is read under its own name");
        assert!(help.starts_with(char::is_uppercase) && help.contains(' ') && help.ends_with('.'), "{key}: {help}");
        assert!(!help.ends_with("..") && !unit(setting).is_empty(), "{key}: {help}");
        if let Some(default) = default(setting) {
            assert!(from(&with_bucket(&[(&key, &default)])).is_ok(), "{key}={default}");
        }
        known.push((key, default(setting).unwrap_or_default()));
    }
    known.sort();
    let expected = DEFAULTS.map(|(key, default)| (key.to_owned(), default.to_owned()));
    assert_eq!(known, expected);
    let secrets = command.get_arguments().filter(|setting| is_secret(setting)).map(|setting| setting.get_id().as_str());
    assert_eq!(secrets.collect::<Vec<_>>(), ["DATABASE_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY"]);
}

#[test]
fn texts_become_values() {
    let config = from(&[
        ("LISTEN", " 127.0.0.1:0 "),
        ("DEADLINE_SECONDS", "3"),
        ("PHOTO_WAIT_MS", "1500"),
        ("GRAPHIQL", "false"),
        ("LOG_FORMAT", "text"),
        ("DATABASE_URL", URL),
        ("PUBLIC_URL", ""),
        ("TEST_SEED", "7"),
    ]);
    let config = config.unwrap();
    assert_eq!(
        (config.http.listen.port(), config.http.graphiql, config.http.public_url.clone()),
        (0, Explorer::False, None)
    );
    assert_eq!((config.limits.deadline, config.photos.wait), (Duration::from_secs(3), Duration::from_millis(1_500)));
    assert_eq!((config.limits.in_flight, config.log.format), (256, LogFormat::Text));
    assert_eq!(config.database.url.as_ref().unwrap().expose_secret(), URL);
    assert!(!config.is_sqlite() && config.is_set("LISTEN") && !config.is_set("LOG"));
    assert!(!format!("{config:?}").contains("a-password"));
}

#[test]
fn a_wrong_text_is_named_with_what_is_allowed() {
    for (key, text, sentence) in [
        ("LITSEN", "127.0.0.1:0", "CHUISHAO_LITSEN is not a setting: `chuishao config` prints all settings"),
        ("LISTEN_FILE", "here", "CHUISHAO_LISTEN_FILE is not a setting: `chuishao config` prints all settings"),
        ("LISTEN", "here", "CHUISHAO_LISTEN must be an address and port, such as 127.0.0.1:8080; it is `here`"),
        ("QUEUE", "-1", "CHUISHAO_QUEUE must be a whole number from 0 to 100000; it is `-1`"),
        ("WORKERS", "", "CHUISHAO_WORKERS must be a whole number from 0 to 1024; it is ``"),
        ("INTAKE_BATCH", "0", "CHUISHAO_INTAKE_BATCH must be a whole number from 1 to 10000; it is `0`"),
        ("PHOTO_MEMORY_MIB", "63", "CHUISHAO_PHOTO_MEMORY_MIB must be a whole number from 64 to 1048576; it is `63`"),
        ("PHOTO_WAIT_MS", "60001", "CHUISHAO_PHOTO_WAIT_MS must be a whole number from 0 to 60000; it is `60001`"),
        ("GRAPHIQL", "yes", "CHUISHAO_GRAPHIQL must be one of: auto, true, false; it is `yes`"),
        ("LOG_FORMAT", "xml", "CHUISHAO_LOG_FORMAT must be one of: json, text; it is `xml`"),
        ("DATABASE_URL", "mysql://x", "CHUISHAO_DATABASE_URL must begin with postgres:// (SQLite needs no URL)"),
        ("S3_REGION", "", "CHUISHAO_S3_REGION must be a name without blanks; it is ``"),
        ("S3_BUCKET", "my photos", "CHUISHAO_S3_BUCKET must be a name without blanks; it is `my photos`"),
        ("DATA_DIR", "", "CHUISHAO_DATA_DIR must be the path of a folder, such as ./data; it is ``"),
        ("S3_BUCKET", "photos", "CHUISHAO_S3_ENDPOINT and CHUISHAO_S3_BUCKET go together: set both of them or neither"),
    ] {
        assert_eq!(from(&[(key, text)]).unwrap_err(), sentence);
    }
    let both = from(&[("QUEUE", "many"), ("LITSEN", "x")]).unwrap_err();
    assert_eq!(both.lines().count(), 2, "all of them are named: {both}");
}

#[test]
fn urls_have_a_scheme_a_host_and_nothing_that_cannot_be_followed_by_a_path() {
    for key in ["PUBLIC_URL", "S3_ENDPOINT", "S3_PUBLIC_ENDPOINT"] {
        for text in [
            "a.example",
            "//a.example",
            "ftp://a.example",
            "https://",
            "https://me:secret@a.example",
            "https://a.example?x=1",
            "https://a.example/#x",
            "https://a example",
            "在这里",
        ] {
            let wrong = from(&with_bucket(&[(key, text)])).unwrap_err();
            let sentence = format!("CHUISHAO_{key} must be a URL with http:// or https:// and a host, such as ");
            assert!(wrong.starts_with(&sentence) && wrong.contains(text), "{wrong}");
        }
        for text in ["http://127.0.0.1:9000", "https://a.example/", " https://a.example/below ", "http://[::1]:9000"] {
            let config = from(&with_bucket(&[(key, text)])).unwrap();
            let read = [config.http.public_url, config.s3.endpoint, config.s3.public_endpoint];
            let clean = text.trim().trim_end_matches('/');
            assert!(read.iter().flatten().any(|read| read == clean), "{key}={text}: {read:?}");
        }
    }
}

#[test]
fn settings_of_a_bucket_without_a_bucket_are_refused() {
    let others = DEFAULTS.iter().filter(|(key, _)| key.starts_with("S3_"));
    let others: Vec<_> = others.filter(|(key, _)| !["S3_ENDPOINT", "S3_BUCKET"].contains(key)).collect();
    assert_eq!(others.len(), 6);
    for (key, _) in others {
        let text = match *key {
            "S3_PATH_STYLE" => "false",
            "S3_PUBLIC_ENDPOINT" => "https://s3.example",
            _ => "some-text",
        };
        let sentence = "has no effect by itself: set CHUISHAO_S3_ENDPOINT and CHUISHAO_S3_BUCKET too, or remove it";
        assert_eq!(from(&[(key, text)]).unwrap_err(), format!("CHUISHAO_{key} {sentence}"));
        assert!(from(&with_bucket(&[(key, text)])).is_ok(), "{key}");
    }
}

#[test]
fn a_secret_may_stand_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("url");
    fs::write(&path, format!("{URL}\r\n")).unwrap();
    let name = path.to_str().unwrap();

    let config = from(&[("DATABASE_URL_FILE", name)]).unwrap();
    assert_eq!(config.database.url.as_ref().unwrap().expose_secret(), URL);
    let described = config.describe();
    assert!(described.contains(&format!("CHUISHAO_DATABASE_URL=(set, hidden)  # from {name}\n")), "{described}");
    assert!(!described.contains("a-password"));

    let both = from(&[("DATABASE_URL_FILE", name), ("DATABASE_URL", URL)]).unwrap_err();
    assert_eq!(both, "CHUISHAO_DATABASE_URL and CHUISHAO_DATABASE_URL_FILE are both set: set only one of them");
    let absent = from(&[("S3_SECRET_KEY_FILE", "/nowhere/key")]).unwrap_err();
    let sentence = "CHUISHAO_S3_SECRET_KEY_FILE must name a readable file; /nowhere/key cannot be read: ";
    assert!(absent.starts_with(sentence), "{absent}");
    fs::write(&path, "\n").unwrap();
    let empty = from(&[("S3_SECRET_KEY_FILE", name)]).unwrap_err();
    assert_eq!(empty, format!("CHUISHAO_S3_SECRET_KEY_FILE names {name}, which is empty"));
    fs::write(&path, "mysql://somebody:a-password@db").unwrap();
    let wrong = from(&[("DATABASE_URL_FILE", name)]).unwrap_err();
    assert_eq!(wrong, format!("{name}: CHUISHAO_DATABASE_URL must begin with postgres:// (SQLite needs no URL)"));
}

#[test]
fn the_environment_wins_over_the_settings_file() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "from-a-file\n").unwrap();
    let lines = "listen = \"127.0.0.1:1\"\nqueue = 7\ngraphiql = false\ns3_secret_key = \"from-settings\"\n\
                 s3_endpoint = \"https://s3.example\"\ns3_bucket = \"photos\"\n";
    let environment = [
        ("CHUISHAO_QUEUE", "9"),
        ("CHUISHAO_S3_SECRET_KEY_FILE", secret.to_str().unwrap()),
        ("CHUISHAO_TEST_SEED", "1"),
        ("PATH", "/bin"),
    ];

    let config = load(&folder, lines, &environment).unwrap();

    assert_eq!((config.http.listen.port(), config.limits.queue, config.http.graphiql), (1, 9, Explorer::False));
    assert_eq!(config.s3.secret_key.unwrap().expose_secret(), "from-a-file");
}

#[test]
fn an_empty_variable_hides_nothing_in_the_settings_file() {
    let folder = tempfile::tempdir().unwrap();
    let lines = format!("database_url = \"{URL}\"\npublic_url = \"https://a.example\"\n");
    let empty = [("CHUISHAO_DATABASE_URL", ""), ("CHUISHAO_DATABASE_URL_FILE", ""), ("CHUISHAO_PUBLIC_URL", "")];

    let config = load(&folder, &lines, &empty).unwrap();

    assert_eq!(config.database.url.as_ref().unwrap().expose_secret(), URL);
    assert_eq!(config.http.public_url.as_deref(), Some("https://a.example"));
}

#[test]
fn a_secret_in_place_of_a_path_is_not_printed() {
    for (name, value) in [("DATABASE_URL_FILE", URL), ("S3_SECRET_KEY_FILE", "a-password")] {
        let refused = from(&[(name, value)]).unwrap_err();
        assert!(refused.starts_with(&format!("CHUISHAO_{name} must name a readable file")), "{refused}");
        assert!(!refused.contains("a-password"), "{refused}");
    }
}

#[test]
fn a_wrong_settings_file_is_named_and_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chuishao.toml").display().to_string();
    for (lines, sentence) in [
        ("litsen = \"x\"", "CHUISHAO_LITSEN is not a setting"),
        ("test_seed = 7", "CHUISHAO_TEST_SEED is not a setting"),
        ("queue = -1", "CHUISHAO_QUEUE must be a whole number"),
        ("queue = [1]", "`queue` must be a text, a number, true or false"),
        ("queue = 1\ns3_secret_key = a-password", "line 2: "),
    ] {
        let wrong = load(&folder, lines, &[]).unwrap_err();
        assert!(wrong.starts_with(&file) && wrong.contains(sentence) && !wrong.contains("a-password"), "{wrong}");
    }
    let absent = Config::load(Some(&folder.path().join("absent.toml")), std::iter::empty()).unwrap_err();
    assert!(absent.0.starts_with("cannot read "), "{absent}");
}

#[test]
fn every_setting_is_described_with_its_value_in_force() {
    let given = with_bucket(&[("LOG", "warn"), ("S3_ACCESS_KEY", "a-password")]);
    let described = from(&given).unwrap().describe();
    for (key, default) in DEFAULTS.iter().filter(|(key, _)| given.iter().all(|(given, _)| given != key)) {
        let line = if default.is_empty() { "  # not set".to_owned() } else { format!("{default}  # default") };
        assert!(described.contains(&format!("\nCHUISHAO_{key}={line}\n")), "{key}: {described}");
    }
    assert!(described.contains(". Default: info.\nCHUISHAO_LOG=warn  # from the environment\n"), "{described}");
    assert!(described.contains("CHUISHAO_S3_ACCESS_KEY=(set, hidden)") && !described.contains("a-password"));
    assert!(described.contains("Unit: seconds. Default: 10.\nCHUISHAO_DEADLINE_SECONDS=10"), "{described}");
}

/// A number of any size is either in force or refused with the range that is allowed. None reaches a semaphore, a thread
/// pool or a sum of times that would panic.
#[test]
fn every_number_has_bounds() {
    let command = command();
    let is_number = |setting: &&clap::Arg| default(setting).is_some_and(|text| text.parse::<u64>().is_ok());
    let numbers: Vec<String> = command.get_arguments().filter(is_number).map(|arg| arg.get_id().to_string()).collect();
    assert_eq!(numbers.len(), 14, "{numbers:?}");
    for key in numbers {
        for text in ["-1", "1.5", "4611686018427387904", "18446744073709551615", "99999999999999999999999"] {
            let sentence = from(&[(&key, text)]).unwrap_err();
            assert!(sentence.contains(" must be a whole number from "), "{key}={text}: {sentence}");
        }
    }
}

#[test]
fn a_log_filter_that_would_lose_the_log_is_refused() {
    for text in
        ["info", "warn,chuishao=debug", "off", "chuishao=trace", "INFO", "info,chuishao[request{id=7}]=debug", "3"]
    {
        assert!(from(&[("LOG", text)]).is_ok(), "{text}");
    }
    for text in ["inof", "debug,chuishao", "chuishao=loud", "info,,=", "info;debug", ""] {
        let sentence = from(&[("LOG", text)]).unwrap_err();
        assert!(sentence.starts_with("CHUISHAO_LOG must be levels off, error, warn"), "{text}: {sentence}");
    }
}

#[test]
fn metrics_can_be_switched_off() {
    let port = |text: &str| from(&[("METRICS_LISTEN", text)]).map(|config| config.http.metrics);
    assert_eq!(port(""), Ok(MetricsListen(None)));
    assert_eq!(port("127.0.0.1:1"), Ok(MetricsListen(Some("127.0.0.1:1".parse().unwrap()))));
    assert!(port("9464").unwrap_err().starts_with("CHUISHAO_METRICS_LISTEN must be an address and port"));
}

/// Nobody meets the explorer through a proxy unless somebody has asked for it.
#[test]
fn the_explorer_is_for_this_machine_unless_asked_for() {
    let (loopback, outside, public) = (("LISTEN", "127.0.0.1:1"), ("LISTEN", "0.0.0.0:1"), ("PUBLIC_URL", "https://x"));
    for (given, expected) in [
        (&[loopback][..], true),
        (&[outside], false),
        (&[loopback, public], false),
        (&[outside, public, ("GRAPHIQL", "true")], true),
        (&[loopback, ("GRAPHIQL", "false")], false),
        (&[("LISTEN", "[::1]:1")], true),
    ] {
        assert_eq!(from(given).unwrap().http.serves_graphiql(), expected, "{given:?}");
    }
}
