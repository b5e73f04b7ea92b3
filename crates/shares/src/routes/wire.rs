//! Addresses and bodies of the doors.

use std::collections::BTreeMap;

use ::model::{Field, Schema, Table, View};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::error::Error;
use crate::model::{Share, Shown};
use crate::ops::{Opened, Shares, has_lost_a_condition, state};

/// A base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct BasePath {
    /// The base's id.
    pub(super) base: String,
}

/// A share of a base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct SharePath {
    /// The base's id.
    pub(super) base: String,
    /// The share's id.
    pub(super) share: String,
}

/// A link.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct LinkPath {
    /// The token that it ends with.
    pub(super) link: String,
}

/// A table that a link shows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct SharedTablePath {
    /// The token that it ends with.
    pub(super) link: String,
    /// The table's id or name.
    pub(super) table: String,
}

/// What a share shows.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ShareType)]
pub(super) enum TypeOut {
    /// A view.
    View,
    /// The whole base.
    Base,
}

/// What to show to everybody who has the link.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ShareIn {
    /// `view` or `base`.
    r#type: TypeOut,
    /// The view's id, with `view`.
    view_id: Option<String>,
}

impl ShareIn {
    /// The view to show; none for the whole base.
    pub(super) fn view(&self) -> Result<Option<&str>, Error> {
        let wrong = |reason: &str| Err(Error::Request { reason: reason.to_owned() });
        match (self.r#type, self.view_id.as_deref()) {
            (TypeOut::View, Some(view)) => Ok(Some(view)),
            (TypeOut::View, None) => {
                wrong("`viewId`: name the view to share, or share the whole base with `type` `base`")
            }
            (TypeOut::Base, None) => Ok(None),
            (TypeOut::Base, Some(_)) => wrong("`viewId` belongs to a share of the `type` `view`"),
        }
    }
}

/// Whether a link leads somewhere.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum State {
    /// It does.
    Enabled,
    /// It does not, until it is turned on again.
    Disabled,
}

impl State {
    pub(super) fn is_enabled(self) -> bool {
        matches!(self, Self::Enabled)
    }
}

/// A change of a share.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SharePatch {
    /// `enabled` or `disabled`.
    pub(super) state: State,
}

/// A share, as Airtable tells of one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShareOut {
    share_id: String,
    /// What the token of its link begins with.
    share_token_prefix: String,
    r#type: TypeOut,
    /// `enabled` or `disabled`.
    state: &'static str,
    created_by_user_id: String,
    #[schema(format = DateTime)]
    created_time: String,
    /// Links have no passwords.
    is_password_protected: bool,
    /// The view, of a share of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    view_id: Option<String>,
    /// Empty: whoever has a link may read.
    restricted_to_email_domains: [&'static str; 0],
    restricted_to_enterprise_members: bool,
}

impl From<&Share> for ShareOut {
    fn from(share: &Share) -> Self {
        let view = match share.shown {
            Shown::Base => None,
            Shown::View(_, view) => Some(view.to_string()),
        };
        Self {
            share_id: share.id.to_string(),
            share_token_prefix: share.id.to_string(),
            r#type: type_of(share),
            state: state(share),
            created_by_user_id: share.by.to_string(),
            created_time: share.created.iso(),
            is_password_protected: false,
            view_id: view,
            restricted_to_email_domains: [],
            restricted_to_enterprise_members: false,
        }
    }
}

fn type_of(share: &Share) -> TypeOut {
    match share.shown {
        Shown::Base => TypeOut::Base,
        Shown::View(..) => TypeOut::View,
    }
}

/// The shares of a base.
#[derive(Serialize, ToSchema)]
pub(super) struct SharesOut {
    pub(super) shares: Vec<ShareOut>,
}

/// A share with its link.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LinkOut {
    #[serde(flatten)]
    share: ShareOut,
    /// What the link ends with.
    token: String,
    /// The link.
    url: String,
    /// Of a whole base, the fields that were made, or came back from the trash, since it was shared or renewed: the link does
    /// not show them.
    not_shown: Vec<NotShownOut>,
    /// True while the link leads nowhere because a condition of the view's filter no longer holds.
    condition_lost: bool,
}

/// A field that a link does not show.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NotShownOut {
    table_id: String,
    table: String,
    field_id: String,
    field: String,
}

impl LinkOut {
    pub(super) fn new(shares: &Shares, share: &Share, schema: &Schema) -> Self {
        let told = |(table, field): (&Table, &Field)| NotShownOut {
            table_id: table.id.to_string(),
            table: table.name.clone(),
            field_id: field.id.to_string(),
            field: field.name.clone(),
        };
        let lacking =
            schema.live_tables().flat_map(|table| share.lacks(table).map(move |field| (table.as_ref(), field)));
        let not_shown = lacking.map(told).collect();
        let condition_lost = has_lost_a_condition(schema, share.shown);
        let (token, url) = (shares.token(share.id), shares.link(share.id));
        Self { share: share.into(), token, url, not_shown, condition_lost }
    }
}

/// The shares of a base with their links.
#[derive(Serialize, ToSchema)]
pub(super) struct LinksOut {
    pub(super) shares: Vec<LinkOut>,
}

/// A share that was deleted.
#[derive(Serialize, ToSchema)]
pub(super) struct ShareDeletedOut {
    pub(super) id: String,
    pub(super) deleted: bool,
}

/// What a link shows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SharedOut {
    r#type: TypeOut,
    /// The name of the view or base.
    name: String,
    tables: Vec<SharedTableOut>,
}

/// A table that a link shows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SharedTableOut {
    id: String,
    name: String,
    /// The fields that are shown, in their order.
    fields: Vec<SharedFieldOut>,
}

/// A field that a link shows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SharedFieldOut {
    id: String,
    name: String,
    r#type: &'static str,
}

impl SharedOut {
    pub(super) fn new(opened: &Opened) -> Self {
        let field = |field: &Field| SharedFieldOut {
            id: field.id.to_string(),
            name: field.name.clone(),
            r#type: fields::of(&field.kind).name(),
        };
        let table = |(table, view): (&Table, Option<&View>)| SharedTableOut {
            id: table.id.to_string(),
            name: table.name.clone(),
            fields: opened.fields(table, view).into_iter().map(|shown| field(shown)).collect(),
        };
        Self {
            r#type: type_of(opened.share()),
            name: opened.name().to_owned(),
            tables: opened.tables().into_iter().map(table).collect(),
        }
    }
}

/// A page of what a link shows. It is written straight from columns; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is written without it")]
pub(super) struct SharedPageOut {
    records: Vec<SharedRecordOut>,
    /// Where the next page begins.
    #[schema(nullable = false)]
    offset: Option<String>,
}

/// A record that a link shows.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is written without it")]
struct SharedRecordOut {
    id: String,
    #[schema(format = DateTime)]
    created_time: String,
    /// Cells as texts.
    fields: BTreeMap<String, String>,
}
