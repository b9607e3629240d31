//! A dry run of a change of the duty lists 履职事项清单 over the matters of the last months: which hazards would have had another
//! lead unit 主责单位, and which were led by a township that may lead no longer.
//!
//! What the lists say depends on the area and the category alone, so the hazards are counted by them; only those of groups
//! that change are read one by one, and only if somebody wants them in a file.

mod cases;
mod counts;
mod lead;
mod report;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::AreaId;
use domain::staff::UnitKind;

use self::counts::Groups;
use self::lead::{Leads, Place, code};
use self::report::{DAYS, Moved, Outcome};
use crate::area::Areas;
use crate::database::Database;
use crate::policy::duties::Duties;
use crate::policy::import::as_if::{DutiesAsIf, duties_as_if};
use crate::policy::import::file::ImportSource;
use crate::policy::rulebook::RuleBook;
use crate::policy::rulebook_cache::RuleBookCache;
use crate::start::StartError;

/// Says what importing the file would change, of the lists and for the hazards of the last [`DAYS`] days. With `file`, it
/// writes each hazard that would have had another lead into it.
///
/// # Errors
/// Those of an import; a sentence if the file cannot be written.
pub(crate) async fn dry_run(
    database: &Database,
    source: ImportSource,
    now: DateTime<Utc>,
    file: Option<&Path>,
) -> Result<String, StartError> {
    let lists = duties_as_if(&database.read, source, now).await?;
    let rules = RuleBookCache::default().current(&database.read).await?;
    let since = now - TimeDelta::days(DAYS);
    let groups = counts::load(&database.read, since).await?;
    let leads = leads(&lists, &rules.areas, &groups);
    if let Some(file) = file {
        cases::write(database, &rules, since, &leads, file).await?;
    }
    let outcome = Outcome {
        day: lists.day,
        hazards: groups.hazards.iter().map(|group| group.hazards).sum(),
        moved: moved(&groups, &leads, &rules),
        excluded: excluded(&lists, &groups, &rules),
    };
    Ok(format!("{}\n{outcome}", lists.difference))
}

/// Returns the places whose lead changes.
fn leads(lists: &DutiesAsIf, areas: &Areas, groups: &Groups) -> BTreeMap<Place, Leads> {
    let lead = |duties: &Duties, (area, category): &Place| {
        duties.find(areas, *area, category.as_deref(), lists.day).map(|duty| duty.lead)
    };
    let places = groups.hazards.iter().map(|group| (group.area_id, group.category.clone()));
    let both = places.map(|place| {
        let leads = Leads { before: lead(&lists.before, &place), after: lead(&lists.after, &place) };
        (place, leads)
    });
    both.filter(|(_, leads)| leads.before != leads.after).collect()
}

/// Sums up the hazards that would have had another lead, the most frequent change first.
fn moved(groups: &Groups, leads: &BTreeMap<Place, Leads>, rules: &RuleBook) -> Vec<Moved> {
    let mut sums: BTreeMap<Leads, Moved> = BTreeMap::new();
    for group in &groups.hazards {
        let Some(leads) = leads.get(&(group.area_id, group.category.clone())) else { continue };
        let sum = sums.entry(*leads).or_insert_with(|| Moved {
            from: code(rules, leads.before),
            to: code(rules, leads.after),
            categories: BTreeSet::new(),
            hazards: 0,
        });
        sum.hazards += group.hazards;
        sum.categories.insert(group.category.clone().unwrap_or_else(|| "(none)".to_owned()));
    }
    let mut moved: Vec<Moved> = sums.into_values().collect();
    moved.sort_by_key(|one| std::cmp::Reverse(one.hazards));
    moved
}

/// Counts the hazards that a township led, which it might under the lists as they are, and may not under the new ones.
fn excluded(lists: &DutiesAsIf, groups: &Groups, rules: &RuleBook) -> i64 {
    let may = |duties: &Duties, area: AreaId, category: Option<&str>| {
        duties.find(&rules.areas, area, category, lists.day).is_none_or(|duty| duty.township_may_lead)
    };
    let is_excluded = |led: &&counts::Led| {
        let category = led.category.as_deref();
        rules.unit(led.unit_id).is_some_and(|unit| unit.kind == UnitKind::Township)
            && may(&lists.before, led.area_id, category)
            && !may(&lists.after, led.area_id, category)
    };
    groups.led.iter().filter(is_excluded).map(|led| led.hazards).sum()
}
