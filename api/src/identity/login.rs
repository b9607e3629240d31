//! Logins with a one-time code 验证码. For a member of the public, a login decides to whom the number belongs
//! ([`super::holders`]).

use chrono::{DateTime, Utc};
use domain::refusal::{Code, Refusal};
use domain::time::china_day;
use futures::FutureExt;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::codes::{self, Guessed, LoginKind, wrong_code};
use super::holders::{self, LoggedIn, LoginFacts};
use super::known::{self, LoginProof};
use super::officers;
use super::session::{self, Holder, Tokens};
use crate::app::App;
use crate::error::ApiResult;
use crate::retry::retry;

/// What somebody enters to log in.
#[derive(Default)]
pub(crate) struct Entered {
    /// The code request; `None` for a code of the operator.
    pub request: Option<Uuid>,
    /// The one-time code.
    pub code: String,
    /// What they show of an earlier login or report.
    pub proof: LoginProof,
}

/// Logs in with a one-time code and starts a session. A code of the operator needs no `request`.
///
/// # Errors
/// `INVALID_INPUT` naming `input.code` if the code is wrong or expired, and also if no officer has the number;
/// `INVALID_INPUT` naming `input.followUp.code`, or `RATE_LIMITED`, for a wrong follow-up code. The one-time code is
/// then still unused.
pub(crate) async fn login(app: &App, entered: &Entered, now: DateTime<Utc>) -> ApiResult<Tokens> {
    if !known::is_code_right(app.db(), &app.keys, &entered.proof).await? {
        return Err(wrong_follow_up(app, &entered.proof, now).into());
    }
    let opened = retry(|| attempt(app, entered, now).boxed()).await?.ok_or_else(wrong_code)?;
    let today = china_day(now);
    if let Some(LoggedIn { person, last_seen }) = &opened.person
        && *last_seen != Some(today)
    {
        app.sightings.note(person, today);
    }
    Ok(opened.tokens)
}

/// A session that was opened; `person` is `None` for an officer's.
struct Opened {
    tokens: Tokens,
    person: Option<LoggedIn>,
}

/// Opens a session, or returns `None` if the code is wrong. The transaction is committed in either case, because the
/// guess counts.
async fn attempt(app: &App, entered: &Entered, now: DateTime<Utc>) -> ApiResult<Option<Opened>> {
    let txn = app.begin_write().await?;
    let opened = match codes::guess(&txn, &app.keys, entered.request, &entered.code, now).await? {
        Some(guessed) if guessed.kind == LoginKind::Officer => {
            match officers::with_index(&txn, &app.keys.phone_index(&guessed.phone)).await? {
                Some(officer) => {
                    let tokens = session::open(&txn, &app.keys, &Holder::Officer(officer), now).await?;
                    Some(Opened { tokens, person: None })
                }
                None => None,
            }
        }
        Some(guessed) => {
            let logged_in = reporter(app, &txn, entered, &guessed, now).await?;
            let holder = Holder::Person(logged_in.person.clone());
            let tokens = session::open(&txn, &app.keys, &holder, now).await?;
            Some(Opened { tokens, person: Some(logged_in) })
        }
        None => None,
    };
    txn.commit().await?;
    Ok(opened)
}

async fn reporter(
    app: &App,
    txn: &DatabaseTransaction,
    entered: &Entered,
    guessed: &Guessed,
    now: DateTime<Utc>,
) -> ApiResult<LoggedIn> {
    let rules = app.rules(txn).await?;
    let facts = LoginFacts {
        shown: &known::shown_at_login(txn, &app.keys, entered.request, &entered.proof).await?,
        is_holder_known: guessed.is_known,
        sightings: &app.sightings,
        quiet_days: rules.handling(None, china_day(now))?.number_quiet_days,
        now,
    };
    holders::log_in(txn, &app.keys, &guessed.phone, &facts).await
}

fn wrong_follow_up(app: &App, proof: &LoginProof, now: DateTime<Utc>) -> Refusal {
    let counted = proof.follow_up.as_ref().map(|shown| app.wrong_codes.count(shown.report, now));
    if counted == Some(Code::RateLimited) {
        return Refusal::new(Code::RateLimited);
    }
    Refusal::invalid(
        "input.followUp.code",
        "查询码不正确，请核对；没有查询码也可以不填。",
        "The follow-up code is wrong. Correct it, or leave it out.",
    )
}
