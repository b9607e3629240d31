//! The catalogue, the code lists and the types of whistle in the published schema. They are public.

pub(crate) mod clock;

use async_graphql::{Context, Enum, Object};
use domain::id::AreaId;
use domain::policy::{WhistleClass, WhistleType as Type};
use domain::staff::{Role, UnitKind};
use domain::time::Span;
use entity::{category, code_entry};

use crate::context::app;
use crate::dataloader::rules;
use crate::error::ApiError;
use domain::time::china_day;

/// The maximum number of list entries in a response.
const SHOWN: usize = 300;

/// The category row behind the GraphQL object.
#[derive(Debug)]
pub(crate) struct Category(pub category::Model);

/// A category 隐患类别 of the catalogue from which reporters choose. It presets the three codes by which the ledger is
/// classified.
#[Object]
impl Category {
    /// The code of the category, which `submitReport` takes.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The Chinese name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The English name.
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// The code of the kind of place 场所 that the category presets.
    async fn place_kind(&self) -> Option<&str> {
        self.0.place_kind.as_deref()
    }

    /// The code of the industry 行业领域 that the category presets.
    async fn industry(&self) -> Option<&str> {
        self.0.industry.as_deref()
    }

    /// The code of the disaster kind 灾种 that the category presets.
    async fn disaster_kind(&self) -> Option<&str> {
        self.0.disaster_kind.as_deref()
    }
}

/// One of the three code lists by which the ledger is classified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CodeList {
    /// 场所: kinds of place.
    PlaceKind,
    /// 行业领域: industries.
    Industry,
    /// 灾种: kinds of disaster.
    DisasterKind,
}

impl CodeList {
    /// Returns the list's name in files and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PlaceKind => "place_kind",
            Self::Industry => "industry",
            Self::DisasterKind => "disaster_kind",
        }
    }
}

/// The row behind a code list entry.
#[derive(Debug)]
pub(crate) struct CodeEntry(pub code_entry::Model);

/// An entry of a code list.
#[Object]
impl CodeEntry {
    /// The code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The Chinese name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The English name.
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }
}

/// A whistle type from the handling policy. A whistle 吹哨 is a township's formal call for other departments.
#[derive(Debug)]
pub(crate) struct WhistleType(pub Type);

/// A type of whistle 哨 that a township may blow. Time limits have the form `30min`, `2h` or `15d` by the wall clock,
/// `4wh` in working hours or `5wd` in working days; null means no time limit.
#[Object]
impl WhistleType {
    /// The code of the type, which `blowWhistle` takes.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The class of the type.
    async fn class(&self) -> WhistleClass {
        self.0.class
    }

    /// The Chinese name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The English name.
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// The roles that may blow it.
    async fn may_blow(&self) -> &[Role] {
        &self.0.may_blow
    }

    /// The roles whose whistles of this type have to be approved 审核 before they call anybody.
    async fn approval_of(&self) -> Vec<Role> {
        self.0.approval.as_ref().map(|approval| approval.of.clone()).unwrap_or_default()
    }

    /// The roles that approve such a whistle.
    async fn approved_by(&self) -> Vec<Role> {
        self.0.approval.as_ref().map(|approval| approval.by.clone()).unwrap_or_default()
    }

    /// The time limit for the approval 吹哨审核.
    async fn approval(&self) -> Option<String> {
        self.0.approval.as_ref().map(|approval| written(approval.within))
    }

    /// The kinds of units that it may call; an empty list means all.
    async fn may_call(&self) -> &[UnitKind] {
        &self.0.may_call
    }

    /// The time limit in which the command centre names the units 分哨; null if the township names them.
    async fn through_centre(&self) -> Option<String> {
        self.0.through_centre.map(written)
    }

    /// The time limit for signing for the assignment 签收.
    async fn sign(&self) -> Option<String> {
        self.0.spans.sign.map(written)
    }

    /// The time limit for contacting the reporter 联系.
    async fn contact(&self) -> Option<String> {
        self.0.spans.contact.map(written)
    }

    /// The time limit for checking in on site 报到.
    async fn check_in(&self) -> Option<String> {
        self.0.spans.check_in.map(written)
    }

    /// The time limit for finishing the work 办结.
    async fn finish(&self) -> Option<String> {
        self.0.spans.finish.map(written)
    }
}

fn written(span: Span) -> String {
    span.to_string()
}

/// The GraphQL queries for rules.
#[derive(Debug, Default)]
pub(crate) struct PolicyQuery;

#[Object]
impl PolicyQuery {
    /// Today's catalogue of categories, in the order of their codes: at most 300. No login is required.
    #[graphql(complexity = "SHOWN * child_complexity + 1")]
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<Category>, ApiError> {
        let book = rules(ctx).await?;
        let rows = book.categories(china_day(app(ctx).now()));
        Ok(rows.take(SHOWN).cloned().map(Category).collect())
    }

    /// The entries of a code list as it is today, in the order of their codes: at most 300. No login is required.
    #[graphql(complexity = "SHOWN * child_complexity + 1")]
    async fn code_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code list.")] list: CodeList,
    ) -> Result<Vec<CodeEntry>, ApiError> {
        let book = rules(ctx).await?;
        let rows = book.code_list(list.name(), china_day(app(ctx).now()));
        Ok(rows.take(SHOWN).cloned().map(CodeEntry).collect())
    }

    /// The whistle types that an area uses today, in the order of its policy. Without `areaId`, the types that apply
    /// everywhere. No login is required.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn whistle_types(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the area: `areaId` of the hazard or of its report.")] area_id: Option<AreaId>,
    ) -> Result<Vec<WhistleType>, ApiError> {
        let book = rules(ctx).await?;
        let policy = book.handling(area_id, china_day(app(ctx).now()))?;
        Ok(policy.whistles.iter().cloned().map(WhistleType).collect())
    }
}
