//! Who plays, and an ear that keeps every answer that anybody got.

use std::collections::HashMap;
use std::sync::Mutex;

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tests::{
    app::TestApp,
    canary::Haystack,
    client::{Answer, Client},
    world::phone_of,
};
use uuid::Uuid;

/// A member of the public, with a number and a name that nobody else has.
pub(super) struct Reporter {
    pub(super) who: &'static str,
    pub(super) phone: &'static str,
    pub(super) name: &'static str,
    pub(super) naming: &'static str,
}

const fn reporter(who: &'static str, phone: &'static str, name: &'static str, naming: &'static str) -> Reporter {
    Reporter { who, phone, name, naming }
}

pub(super) const NAMED: Reporter = reporter("named", "19973137311", "金鱻龘", "NAMED");
pub(super) const CONFIDENTIAL: Reporter = reporter("confidential", "19948247322", "Quillon Zyxworth", "CONFIDENTIAL");
/// Never logs in; gives the identity with the follow-up code.
pub(super) const ANONYMOUS: Reporter = reporter("anonymous", "19965357333", "欧阳靐齉", "ANONYMOUS");
pub(super) const WITHDRAWING: Reporter = reporter("withdrawing", "19982467344", "司徒犇骉", "NAMED");

/// Never logs in; the confidential one hands in for them.
pub(super) const REPRESENTED: Reporter = reporter("represented", "19976517355", "令狐骦鬻", "CONFIDENTIAL");

/// All of them.
pub(super) const REPORTERS: [&Reporter; 5] = [&NAMED, &CONFIDENTIAL, &ANONYMOUS, &WITHDRAWING, &REPRESENTED];

/// Keeps whatever was answered.
#[derive(Default)]
pub(super) struct Ear(Mutex<Vec<Haystack>>);

impl Ear {
    /// Sends an operation and keeps the answer.
    pub(super) async fn ask(&self, who: &Person, query: &str, variables: Value) -> Answer {
        let answer = who.client.post(query, variables).await;
        self.keep(&format!("answer to {}: {query:.60}", who.name), &answer);
        answer
    }

    /// Takes a step of the story, which must succeed; gives what the mutation answered.
    pub(super) async fn step(&self, who: &Person, name: &str, ty: &str, input: Value, fields: &str) -> Value {
        let query = format!("mutation($i: {ty}!) {{ {name}(input: $i) {{ {fields} }} }}");
        self.ask(who, &query, json!({ "i": input })).await.ok().data(name).clone()
    }

    /// Sends any request and keeps the answer.
    pub(super) async fn hear(&self, place: &str, request: RequestBuilder) -> Answer {
        let answer = Answer::to(request).await;
        self.keep(&format!("answer of {place}"), &answer);
        answer
    }

    /// Keeps bytes that came some other way.
    pub(super) fn keep_bytes(&self, place: &str, bytes: Vec<u8>) {
        self.0.lock().unwrap().push(Haystack::new(place, bytes));
    }

    fn keep(&self, place: &str, answer: &Answer) {
        self.keep_bytes(place, format!("{:?}\n{}", answer.headers, answer.body).into_bytes());
    }

    /// All that was heard.
    pub(super) fn heard(&self) -> Vec<Haystack> {
        self.0.lock().unwrap().clone()
    }

    /// The tokens and codes among it.
    pub(super) fn tokens(&self) -> Vec<String> {
        let mut tokens = Vec::new();
        for heard in self.heard() {
            let text = String::from_utf8_lossy(&heard.bytes);
            for key in ["accessToken", "refreshToken", "followUpCode"] {
                for (at, _) in text.match_indices(&format!("\"{key}\":\"")) {
                    tokens.extend(text[at + key.len() + 4..].split('"').next().map(str::to_owned));
                }
            }
        }
        tokens
    }
}

/// Somebody with a name for the messages.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) client: Client,
}

impl Person {
    pub(super) fn new(name: &str, client: Client) -> Self {
        Self { name: name.to_owned(), client }
    }
}

/// Everybody who has logged in, and nobody.
pub(super) struct Cast {
    people: HashMap<String, Person>,
}

impl Cast {
    /// Logs in the officers, and the reporters who ever log in.
    pub(super) async fn log_in(app: &TestApp, ear: &Ear, officers: &[&str]) -> Self {
        let mut people = HashMap::new();
        people.insert("nobody".to_owned(), Person::new("nobody", app.client().clone()));
        for officer in officers {
            let person = log_in(app, ear, officer, "OFFICER", &phone_of(officer)).await;
            people.insert((*officer).to_owned(), person);
        }
        for reporter in [&NAMED, &CONFIDENTIAL, &WITHDRAWING] {
            let person = log_in(app, ear, reporter.who, "REPORTER", reporter.phone).await;
            people.insert(reporter.who.to_owned(), person);
        }
        Self { people }
    }

    /// One of them.
    pub(super) fn get(&self, name: &str) -> &Person {
        &self.people[name]
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }
}

/// Logs in by a one-time code, as [`tests::world::login`] does, and keeps what was answered.
async fn log_in(app: &TestApp, ear: &Ear, name: &str, kind: &str, phone: &str) -> Person {
    let nobody = Person::new(name, app.client().clone());
    let input = json!({ "phone": phone, "kind": kind });
    let asked = ear.step(&nobody, "requestCode", "RequestCodeInput", input, "requestId endsAt").await;
    let request: Uuid = asked["requestId"].as_str().unwrap().parse().unwrap();
    let (start, end) = (&phone[..3], &phone[7..]); // as the development sender masks it
    let code = app.process().output_after(&format!("one-time code for {start}****{end} (request {request}): ")).await;
    let input = json!({ "requestId": request, "code": code.trim() });
    let session = ear.step(&nobody, "login", "LoginInput", input, "accessToken refreshToken endsAt").await;
    Person::new(name, app.client().with_token(session["accessToken"].as_str().unwrap()))
}
