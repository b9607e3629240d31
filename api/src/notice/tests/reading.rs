//! Tests reading notices and marking them as read.

use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Schema};
use domain::Code;
use domain::id::{NoteId, OfficerId, PostId, ReportId};
use domain::note::NoteKind;
use domain::report::{Channel, Event as ReportEvent, ReportStatus};
use entity::inbox_entry;
use rstest::rstest;
use sea_orm::{EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::context::app;
use crate::database::Engine;
use crate::journal::{Stream, notes};
use crate::notice::graphql::{Notice, connection};
use crate::notice::service::{entries, mark_read};
use crate::page::{Cursor, Page};
use crate::testing::{World, author, insert, refused};

struct Query;

#[Object]
impl Query {
    async fn notices(
        &self,
        ctx: &async_graphql::Context<'_>,
        report: ReportId,
        first: Option<i32>,
    ) -> crate::error::ApiResult<async_graphql::connection::Connection<Cursor, Notice>> {
        let page = Page::of(first, None)?;
        Ok(connection(&page, entries(app(ctx), &[report], &page).await?))
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn notices_are_read_in_words_and_marked(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let report = world.report(ReportStatus::OutOfScope, None).await;
    let note = notes::Note {
        id: NoteId(Uuid::new_v4()),
        stream: Stream::Report(report),
        kind: NoteKind::Review,
        text: "请就近拨打119。".into(),
        author: PostId(Uuid::new_v4()),
    };
    let (at, officer) = (world.app.now(), OfficerId(Uuid::new_v4()));
    let event = ReportEvent::OutOfScope { channel: Channel::Call119, note: note.id, officer, at, clocks: Vec::new() };
    world.write(async |txn| notes::write(txn, note.clone(), at).await).await.unwrap();
    world.report_event(report, event).await;
    world.tell().await;
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription).data(world.app.clone()).finish();
    let document = format!("{{ notices(report: \"{report}\") {{ nodes {{ kind text said readAt }} }} }}");
    let response = schema.execute(Request::new(document).data(author(report))).await;
    let expected: Value = json!({ "notices": { "nodes": [{
        "kind": "REPORT_OUT_OF_SCOPE",
        "text": "您反映的事项不属于受理范围，请联系消防119。",
        "said": "请就近拨打119。",
        "readAt": null,
    }] } });
    assert_eq!(response.data.into_json().unwrap(), expected);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn notices_are_marked_by_their_author_alone_and_once(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let report = world.report(ReportStatus::Unfounded, None).await;
    let other = world.report(ReportStatus::Unfounded, None).await;
    let (at, officer, note) = (world.app.now(), OfficerId(Uuid::new_v4()), NoteId(Uuid::new_v4()));
    world.report_event(report, ReportEvent::Unfounded { note, officer, at, clocks: Vec::new() }).await;
    world.tell().await;
    let page = Page::of(None, None).unwrap();
    let ids: Vec<Uuid> =
        entries(&world.app, &[report], &page).await.unwrap().iter().map(|entry| entry.row.id).collect();
    let app = &world.app;
    let waiting = async || {
        let unread = inbox_entry::COLUMN.read_at.is_null();
        let rows = inbox_entry::Entity::find().filter(unread).all(world.app.db()).await.unwrap();
        rows.into_iter().map(|row| row.report_id).collect::<Vec<_>>()
    };
    assert_eq!(waiting().await, [report]);
    assert_eq!(mark_read(app, &author(other), other, &ids, None).await.unwrap(), 0, "not of that report");
    let stranger = mark_read(app, &author(other), report, &ids, None).await;
    assert_eq!(refused(stranger), Some((Code::NotFound, None)));
    let request = Some(Uuid::new_v4());
    for marked in [1, 0] {
        assert_eq!(mark_read(app, &author(report), report, &ids, request).await.unwrap(), marked);
    }
    let taken = mark_read(app, &author(report), report, &[], request).await;
    assert_eq!(refused(taken), Some((Code::RequestIdTaken, None)));
    let many = mark_read(app, &author(report), report, &vec![Uuid::nil(); 101], None).await;
    assert_eq!(refused(many), Some((Code::InvalidInput, None)));
    assert_eq!(waiting().await, []);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_notice_of_an_unknown_kind_is_an_internal_error(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let report = world.report(ReportStatus::Received, None).await;
    let row = inbox_entry::Model {
        id: Uuid::new_v4(),
        report_id: report,
        kind: "SOMETHING_NEW".into(),
        facts: "{}".into(),
        at: world.app.now(),
        read_at: None,
    };
    world.write(async |txn| insert(txn, row.clone()).await).await;
    let answer = entries(&world.app, &[report], &Page::of(None, None).unwrap()).await;
    assert_eq!(answer.unwrap_err().refusal().code, Code::Internal);
}
