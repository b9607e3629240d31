//! Todos 待办: what units have to do next. The slices of reports, hazards and awards write them when they save
//! (`crate::policy::todos`); this slice shows officers what is theirs to do, and writes the todos of what an earlier build
//! left behind.

pub(crate) mod filling;
pub(crate) mod graphql;
mod loader;
mod reading;
