//! The views that come with a new table.

use model::{View, ViewId, ViewType};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::views::{VIEWS, name_beside};
use super::{Draft, given_id, taken};
use crate::error::Error;

/// Types of Airtable's views that are none here: they come as grids.
const GRIDS: [&str; 4] = ["block", "gantt", "list", "section"];

/// A view of a table to make, as Airtable lists it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewView {
    /// Its id.
    #[serde(default)]
    pub id: Option<String>,
    /// Name, unique in the table without regard to case.
    pub name: String,
    /// `grid`, `form`, `calendar`, `gallery`, `kanban` or `timeline`; `block`, `gantt`, `list` and `section` become grids.
    #[serde(rename = "type")]
    pub view_type: String,
    /// Whose view it is, if it is somebody's own: such a view is left out.
    #[serde(default)]
    pub personal_for_user_id: Option<String>,
}

impl NewView {
    fn view_type(&self) -> Option<ViewType> {
        let known = ViewType::ALL.into_iter().find(|known| known.name() == self.view_type);
        known.or_else(|| GRIDS.contains(&self.view_type.as_str()).then_some(ViewType::Grid))
    }
}

impl Draft<'_> {
    /// The views of a new table. They show everything, and need not say where records stand in them.
    pub(super) fn new_views(&self, given: Option<&Value>) -> Result<Vec<View>, Error> {
        let listed = given.map(|given| Vec::<NewView>::deserialize(web::Objects(given))).transpose();
        let refused = |error: serde_json::Error| web::plain_words(&error.to_string());
        let listed = listed.map_err(|error| Error::Invalid { reason: format!("`views`: {}", refused(error)) })?;
        let listed = listed.unwrap_or_default();
        if listed.len() > VIEWS {
            return Err(Error::TooMany { what: "the number of views", bound: VIEWS });
        }
        let mut views: Vec<View> = Vec::with_capacity(listed.len().max(1));
        // Nobody here has views of their own, and what was one person's is not for everybody.
        for (at, new) in listed.iter().enumerate().filter(|(_, new)| new.personal_for_user_id.is_none()) {
            let view_type = new.view_type().ok_or_else(|| {
                let known = ViewType::ALL.map(ViewType::name).join(", ");
                let given: String = new.view_type.chars().take(64).collect();
                Error::Invalid { reason: format!("`views/{at}/type` is one of {known}, not `{given}`") }
            })?;
            let name = name_beside(&new.name, views.iter())?;
            let id = self.view_id(new.id.as_deref())?;
            if views.iter().any(|view| view.id == id) {
                return Err(taken(&id.to_string()));
            }
            views.push(View::new(id, name, view_type));
        }
        if views.is_empty() {
            views.push(View::new(self.ids.view(self.now), "Grid view", ViewType::Grid));
        }
        Ok(views)
    }

    /// The id that was given, or a new one.
    fn view_id(&self, given: Option<&str>) -> Result<ViewId, Error> {
        let Some(given) = given else { return Ok(self.ids.view(self.now)) };
        let id = given_id(given)?;
        let mut views = self.schema.tables.iter().flat_map(|table| &table.views);
        if views.any(|view| view.id == id) { Err(taken(given)) } else { Ok(id) }
    }
}
