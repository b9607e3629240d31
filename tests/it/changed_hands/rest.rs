//! Lets time pass for a number, and logs in with it.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, Utc};
use chuishao::testing_api::{Keys, SealAad};
use entity::vault::{one_time_code, person};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::client::Answer;
use tests::people::Person;

/// For how many days nobody has seen the holder of a number; `None` if an earlier build did not record it.
pub(crate) type Rest = Option<u64>;

fn today() -> NaiveDate {
    let now: DateTime<Utc> = crate::now::now();
    now.with_timezone(&FixedOffset::east_opt(8 * 3_600).unwrap()).date_naive()
}

/// Nobody has seen the holders of these numbers for so many days. The day is sealed, as the server seals it.
pub(crate) async fn rested(app: &TestApp, rests: &[(String, Rest)]) {
    let (db, keys) = (app.rows().await, Keys::load(&app.keys()).unwrap());
    for row in person::Entity::find().all(&db).await.unwrap() {
        let id = *row.id.as_bytes();
        let place = |column| SealAad::new("person", column, &id);
        let own = keys.data_key(place("data_key_ct"), &row.data_key_ct, &row.key_id).unwrap();
        let number = own.open(place("phone_ct"), &row.phone_ct, own.id()).unwrap();
        let number = String::from_utf8(number.to_vec()).unwrap();
        let Some((_, rest)) = rests.iter().find(|(phone, _)| number.ends_with(phone)) else { continue };
        let sealed = rest.map(|days| {
            let day = today() - Days::new(days);
            own.seal(place("seen_ct"), &day.num_days_from_ce().to_be_bytes()).unwrap().bytes
        });
        let mut next = row.into_active_model();
        next.seen_ct = Set(sealed);
        next.update(&db).await.unwrap();
    }
}

/// The one-time codes of an earlier minute.
pub(crate) async fn forget_codes(app: &TestApp) {
    one_time_code::Entity::delete_many().exec(&app.rows().await).await.unwrap();
}

/// A code request of a member of the public, and the code that was sent.
pub(crate) struct Code {
    pub(crate) request: String,
    code: String,
}

impl Code {
    /// Requests a code for this number.
    pub(crate) async fn of(app: &TestApp, phone: &str) -> Self {
        Self::asked_with(app, phone, json!({})).await
    }

    /// Requests a code, and shows this.
    pub(crate) async fn asked_with(app: &TestApp, phone: &str, shown: Value) -> Self {
        let query = "mutation($i: RequestCodeInput!) { requestCode(input: $i) { requestId } }";
        let input = with(json!({ "phone": phone, "kind": "REPORTER" }), shown);
        let asked = app.client().post(query, json!({ "i": input })).await.ok();
        let request = asked.text("requestCode.requestId").to_owned();
        let said = format!("one-time code for {}****{} (request {request}): ", &phone[..3], &phone[7..]);
        let code = app.process().output_after(&said).await;
        Self { request, code: code.trim().to_owned() }
    }

    /// Enters it, together with what is shown.
    pub(crate) async fn entered(&self, app: &TestApp, shown: Value) -> Answer {
        let query = "mutation($i: LoginInput!) { login(input: $i) { accessToken refreshToken } }";
        let input = with(json!({ "requestId": self.request, "code": self.code }), shown);
        app.client().post(query, json!({ "i": input })).await
    }
}

fn with(mut input: Value, shown: Value) -> Value {
    if let (Value::Object(input), Value::Object(shown)) = (&mut input, shown) {
        input.extend(shown);
    }
    input
}

/// Logs in with a number, and shows this.
pub(crate) async fn logs_in(app: &TestApp, phone: &str, shown: Value) -> Person {
    let entered = Code::of(app, phone).await.entered(app, shown).await.ok();
    Person::from(app.client().with_token(entered.text("login.accessToken")))
}

/// A report of this person, and its follow-up code.
pub(crate) async fn reports_with_code(who: &Person, input: &Value) -> (String, String) {
    let sent = who.submits(input).await.ok();
    (sent.text("submitReport.receipt.reportId").to_owned(), sent.text("submitReport.followUpCode").to_owned())
}

/// The reports that a person is shown as theirs.
pub(crate) async fn own(who: &Person) -> Vec<String> {
    let mine = who.asks("{ myReports { nodes { id } } }", json!({})).await.ok();
    let nodes = mine.data("myReports.nodes").as_array().unwrap();
    nodes.iter().map(|report| report["id"].as_str().unwrap().to_owned()).collect()
}
