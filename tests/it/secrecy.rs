//! Who reported is nobody's to see: after a whole story, with everything that may go wrong on the way, neither the log at
//! its finest nor an answer, a metric, a table or a file of photos holds a reporter's number or name, in any form that
//! can be undone or computed without a key.

mod dump;
mod ear;
mod mistakes;
mod photos;
pub(crate) mod reading;
pub(crate) mod story;

use ear::{Cast, Ear, REPORTERS, Reporter};
use reqwest::Method;
use rstest::rstest;
use story::Played;
use tests::{
    app::{Engine, Setup, TestApp},
    canary::{Canary, Haystack, Searcher},
    world::import,
};

/// The roles that look at everything, with one more township's clerk, who has nothing to do with it.
const READERS: &[&str] = &[
    "binyang-clerk",
    "binyang-leader",
    "binyang-worker-1",
    "binyang-grid-1",
    "binyang-village-1",
    "housing-clerk",
    "housing-worker-1",
    "city-management-worker-1",
    "command-1",
    "supervisor-1",
    "custodian-1",
    "reward-1",
    "reward-2",
    "finance-1",
    "auditor-1",
    "administrator-1",
    "changling-clerk",
];

/// Findings of each part that are shown when there are any.
const SHOWN: usize = 10;

/// What stands in the EXIF of every photo of the demonstration.
const EXIF: [&str; 2] = ["CANARY-OWNER-7731", "CANARY-SERIAL-7731"];

#[rstest]
#[case::sqlite_and_a_folder(Setup::on(Engine::Sqlite))]
#[case::postgres_and_a_store(Setup::on(Engine::Postgres).with_store())]
#[tokio::test]
async fn nobody_learns_who_reported(#[case] setup: Setup) {
    let mut app = setup.set("CHUISHAO_LOG", "trace").start().await;
    app.expect_in_log("slow statement"); // so much is logged here that a loaded machine may be slow
    app.expect_in_log("request parse error"); // what actix says of bytes that are no HTTP
    app.expect_in_log("a request failed"); // the one accident that is made on purpose
    import(&app).await;
    let ear = Ear::default();
    let cast = Cast::log_in(&app, &ear, READERS).await;
    let played = story::play(&ear, &cast).await;
    mistakes::make(&app, &ear, &cast, &played).await;
    reading::everybody_reads_everything(&ear, &cast, &played).await;
    probes(&app, &ear).await;
    app.stop();

    let left =
        Left { answers: ear.heard(), log: log(&app), tables: dump::tables(&app).await, files: dump::files(&app) };
    drop(app); // its log is long: a finding shows where it was, and need not show the whole
    left.is_worth_searching(&played);
    left.tells_nobody();
    left.keeps_tokens_to_itself(&ear, &played);
}

/// What balancers and operators ask.
async fn probes(app: &TestApp, ear: &Ear) {
    let (clients, operators) = (app.client(), &app.operators().await);
    for (client, path) in [
        (operators, "/metrics"),
        (operators, "/livez"),
        (operators, "/readyz"),
        (clients, "/livez"),
        (clients, "/readyz"),
        (clients, "/.well-known/jwks.json"),
        (clients, "/graphiql"),
    ] {
        let answer = ear.hear(path, client.request(Method::GET, path)).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.status);
    }
}

/// The log, line by line, and apart from it what the development sender printed.
fn log(app: &TestApp) -> Vec<Haystack> {
    vec![
        Haystack::new("the log", app.process().log().join("\n")),
        Haystack::new("standard output", app.process().output().join("\n")),
    ]
}

/// What the story has left behind.
struct Left {
    answers: Vec<Haystack>,
    log: Vec<Haystack>,
    tables: Vec<Haystack>,
    files: Vec<Haystack>,
}

impl Left {
    /// What ought to be found is found: otherwise the search below would prove nothing.
    fn is_worth_searching(&self, played: &Played) {
        let marks = Searcher::new(&[Canary::word("text", story::MARK)]);
        let places = |haystacks: &[Haystack]| marks.find_in(haystacks).len();
        assert!(places(&self.answers) > 10, "officers have read the reports");
        assert!(places(&self.tables) > 0, "the tables are dumped");
        assert_eq!(places(&self.log), 0, "what somebody wrote is no matter of the log");

        let log = String::from_utf8_lossy(&self.log[0].bytes);
        for sign in
            [r#""level":"TRACE""#, r#""target":"sqlx::query""#, r#""name":"query_one_raw""#, r#""route":"/graphql""#]
        {
            assert!(log.contains(sign), "the log has no line with {sign}");
        }
        for table in ["person", "authorship", "payee", "officer_login", "report_secret", "report", "photo", "event"] {
            let found = self.tables.iter().find(|dumped| dumped.place == format!("table {table}"));
            assert!(found.is_some_and(|dumped| !dumped.bytes.is_empty()), "the table {table} is dumped");
        }
        for kind in ["shown/", "sealed/"] {
            let kept = self.files.iter().filter(|file| file.place.contains(kind)).count();
            assert!(kept >= played.photos, "{kept} photos below {kind}");
        }
    }

    fn tells_nobody(&self) {
        let mut canaries: Vec<Canary> = EXIF.iter().map(|word| Canary::word("EXIF", word)).collect();
        for Reporter { who, phone, name, .. } in REPORTERS {
            canaries.push(Canary::phone(who, phone));
            canaries.push(Canary::name(who, name));
        }
        let searcher = Searcher::new(&canaries);
        let mut told = Vec::new();
        for part in [&self.log, &self.answers, &self.tables, &self.files] {
            let findings = searcher.find_in(part);
            told.extend(findings.iter().take(SHOWN).map(ToString::to_string));
            told.extend(findings.len().checked_sub(SHOWN).map(|more| format!("… and {more} more")));
        }
        assert!(told.is_empty(), "found with {} patterns:\n{}", searcher.patterns(), told.join("\n"));
    }

    /// Tokens and codes open reports, and whoever knows the id of a submission counts as its author.
    fn keeps_tokens_to_itself(&self, ear: &Ear, played: &Played) {
        let tokens = ear.tokens();
        assert!(tokens.len() > READERS.len(), "tokens were heard");
        let words = tokens.iter().chain(&played.secrets);
        let searcher = Searcher::new(&words.map(|word| Canary::word("token", word)).collect::<Vec<_>>());
        for haystack in self.log.iter().chain(&self.tables).chain(&self.files) {
            let found = searcher.find(haystack);
            assert!(found.is_empty(), "{}", found[0]);
        }
    }
}
