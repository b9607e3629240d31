//! Reading todos scans no table: an inbox, the list of what is overdue and the timer of the supervision ladder find their rows by an index.

use chrono::{DateTime, TimeDelta};
use domain::access::Action;
use domain::clock::ClockKind;
use domain::id::{AwardId, UnitId};
use domain::todo::TodoKind;
use entity::todo::{self, Scope, Shown};
use entity::{award, batch, hazard, incident, report, unit};
use rstest::rstest;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, Statement,
};
use tests::app::{Engine, TestApp};
use tests::world::import;
use uuid::Uuid;

use crate::now::now;

/// So many todos that an engine does not prefer a scan because the table is short.
const TODOS: usize = 20_000;

async fn fill(db: &DatabaseConnection) -> UnitId {
    let units: Vec<UnitId> = unit::Entity::find().all(db).await.unwrap().into_iter().map(|row| row.id).collect();
    let began = now();
    let rows = (0..TODOS).map(|number| {
        let due = began + TimeDelta::minutes(i64::try_from(number).unwrap() - 100);
        todo::Model {
            id: Uuid::new_v4(),
            report_id: None,
            hazard_id: None,
            incident_id: None,
            award_id: number.is_multiple_of(20).then(|| AwardId(Uuid::new_v4())),
            kind: TodoKind::ALL[number % TodoKind::ALL.len()],
            assignment_id: None,
            supervision_id: None,
            order_id: None,
            owner_unit: units[number * 7 % units.len()],
            owner_post: None,
            area_path: format!("/52/5201/520115/{}/", number % 50),
            clock: Some(ClockKind::Finish),
            due,
            warn_at: due - TimeDelta::minutes(10),
            urgent: false,
            visible_from: DateTime::UNIX_EPOCH,
            since: began,
            look_at: (!number.is_multiple_of(20)).then_some(due - TimeDelta::minutes(10)),
        }
        .into_active_model()
    });
    batch::insert(db, rows.collect()).await.unwrap();
    db.execute_unprepared("ANALYZE").await.unwrap();
    units[0]
}

/// The steps of the plan that touch the table of todos.
async fn plan(db: &DatabaseConnection, select: &Select<todo::Entity>) -> String {
    let backend = db.get_database_backend();
    let Statement { sql, values, .. } = select.build(backend);
    let (explain, column) = match backend {
        DbBackend::Postgres => ("EXPLAIN", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let explained = Statement { sql: format!("{explain} {sql}"), values, db_backend: backend };
    let rows = db.query_all_raw(explained).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
    lines.join("\n")
}

fn scans_nothing(plan: &str) {
    assert!(plan.contains("ix_todo_"), "{plan}");
    assert!(!plan.contains("SCAN todo") && !plan.contains("Seq Scan on todo"), "{plan}");
}

fn finds(plan: &str, index: &str) {
    scans_nothing(plan);
    assert!(plan.contains(index), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "SQLite has nothing to sort: {plan}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_inbox_and_what_is_overdue_are_found_by_an_index(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    app.stop();
    let db = app.rows().await;
    let unit = fill(&db).await;
    let of_unit = TodoKind::ALL.iter().copied().filter(|kind| kind.action() == Some(Action::ReviewReport)).collect();
    let scope =
        Scope { unit, of_unit, only_urgent: false, area_path: "/52/5201/520115/7/".to_owned(), of_area: Vec::new() };
    let of_area = TodoKind::ALL.iter().copied().filter(|kind| kind.action() == Some(Action::ReviewAward)).collect();
    let of_rewards = Scope { of_area, ..scope.clone() };
    let shown = Shown {
        reports: report::visible(now()),
        hazards: hazard::held_by(unit),
        awards: Condition::all().add(award::COLUMN.unit_id.eq(unit)),
        incidents: Condition::all().add(incident::COLUMN.unit_id.eq(unit)),
    };
    let soonest =
        |select: Select<todo::Entity>| select.order_by_asc(todo::Column::Due).order_by_asc(todo::Column::Id).limit(21);

    let inbox = |scope: Scope| {
        let rows = todo::Entity::find().filter(todo::inbox(&[scope])).filter(todo::visible(now()));
        rows.filter(todo::shown(shown.clone()))
    };
    scans_nothing(&plan(&db, &soonest(inbox(of_rewards))).await);
    let of_duty = Scope { only_urgent: true, ..scope.clone() };
    finds(&plan(&db, &soonest(inbox(of_duty))).await, "ix_todo_owner_unit_due_id");
    let inbox = inbox(scope);
    finds(&plan(&db, &soonest(inbox.clone())).await, "ix_todo_owner_unit_due_id");
    finds(&plan(&db, &soonest(inbox.filter(todo::overdue(now())))).await, "_due_id"); // by unit or by time
    let overdue = todo::Entity::find().filter(todo::overdue(now())).filter(todo::below("/52/5201/520115/7/"));
    finds(&plan(&db, &soonest(overdue)).await, "ix_todo_due_id");
    let warned = todo::Entity::find().filter(todo::warned(now())).order_by_asc(todo::Column::WarnAt).limit(100);
    finds(&plan(&db, &warned).await, "ix_todo_warn_at");
    let climbing = todo::Entity::find().filter(todo::to_look_at(now())).order_by_asc(todo::Column::LookAt).limit(16);
    finds(&plan(&db, &climbing).await, "ix_todo_look_at");
    let next = todo::Entity::find().filter(todo::COLUMN.look_at.is_not_null()).order_by_asc(todo::Column::LookAt);
    finds(&plan(&db, &next.limit(1)).await, "ix_todo_look_at");
}
