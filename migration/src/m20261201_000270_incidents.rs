//! Incidents 突发事件 and situation reports 信息报告, and the todos of incidents.

use sea_orm_migration::prelude::*;

use crate::words::{
    flag, id, id_null, index, index_where_set, path, points, small, small_null, table, text, text_null, time,
    time_null, unique, whole,
};

fn incident(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table("incident")
        .col(id("id").primary_key())
        .col(whole("version"))
        .col(id_null("hazard_id"))
        .col(id("unit_id"))
        .col(id("receiver_unit"))
        .col(id("area_id"))
        .col(path("area_path", manager))
        .col(text("status"))
        .col(text("incident_type"))
        .col(text("grade"))
        .col(flag("late"))
        .col(flag("unreceived"))
        .col(time("opened_at"))
        .col(time("last_at"))
        .col(time_null("ended_at"))
        .col(whole("rule_version"))
        .foreign_key(&mut points(("incident", "hazard_id"), "hazard"))
        .foreign_key(&mut points(("incident", "unit_id"), "unit"))
        .foreign_key(&mut points(("incident", "receiver_unit"), "unit"))
        .foreign_key(&mut points(("incident", "area_id"), "area"))
        .take()
}

fn situation_report() -> TableCreateStatement {
    table("situation_report")
        .col(id("id").primary_key())
        .col(id("incident_id"))
        .col(small("number"))
        .col(text("kind"))
        .col(text("grade"))
        .col(text("incident_type"))
        .col(text("source"))
        .col(text("channel"))
        .col(time("happened_at"))
        .col(time("learned_at"))
        .col(time_null("phoned_at"))
        .col(time("sent_at"))
        .col(time_null("due"))
        .col(text("late"))
        .col(small_null("dead"))
        .col(small_null("missing"))
        .col(small_null("injured"))
        .col(id("place_note"))
        .col(id("facts_note"))
        .col(id("impact_note"))
        .col(id("measures_note"))
        .col(id("unit_id"))
        .col(id("receiver_unit"))
        .col(id("officer_id"))
        .col(id("post_id"))
        .col(id("signer_id"))
        .col(id("signer_post"))
        .col(id_null("corrects"))
        .col(id_null("correction_note"))
        .col(id_null("corrected_by"))
        .col(text_null("acknowledged"))
        .foreign_key(&mut points(("situation_report", "incident_id"), "incident"))
        .take()
}

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let indexes = vec![
            index_where_set("incident", "hazard_id"),
            index("incident", &["opened_at", "id"]),
            index("incident", &["unit_id", "opened_at", "id"]),
            index("incident", &["receiver_unit", "opened_at", "id"]),
            index("incident", &["area_path", "opened_at", "id"]),
            unique("situation_report", &["incident_id", "number"]),
        ];
        crate::words::create(manager, vec![incident(manager), situation_report()], indexes).await?;
        let incident_id = id_null("incident_id");
        manager.alter_table(Table::alter().table("todo").add_column(incident_id).take()).await?;
        manager.create_index(index_where_set("todo", "incident_id")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_todo_incident_id").table("todo").to_owned()).await?;
        manager.alter_table(Table::alter().table("todo").drop_column("incident_id").take()).await?;
        crate::words::drop(manager, &["situation_report", "incident"]).await
    }
}
