//! Pages of a list, as the API of 2010 shows them and as the products after it do.
//!
//! A page is found by the last row of the one before (`PageToken=PA` and its SID), so rows that arrive meanwhile neither
//! repeat nor hide any. Addresses keep the filters; those of 2010 are relative and begin with the version, those of
//! products are absolute and carry our own name, since clients follow them as they are.
//! `Differs:` the page before is counted off from the newest row (`Page=N` without a token), where Twilio has a token too.
//! <https://www.twilio.com/docs/usage/twilios-response#response-formats-list-paging-information>.

use model::Sid;
use serde_json::{Value, json};
use store::{Listing, Page, StoreError};
use url::form_urlencoded;

use crate::asked::Asked;
use crate::errors::ApiError;
use crate::params::Params;

/// Before the SID in a token that means "older than this row".
const AFTER: &str = "PA";

/// Parameters that name the page, not what is listed.
const OF_PAGES: [&str; 3] = ["PageSize", "Page", "PageToken"];

/// The page can't be found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadPage {
    /// Take `next_page_uri` as it is (Twilio error 21481).
    #[error("'{0}' is not a PageToken that this list gave: follow next_page_uri")]
    Token(String),
    /// Write a number from 1 to 1000.
    #[error("{0} is '{1}', which is not a number of pages or rows")]
    Number(&'static str, String),
}

impl From<BadPage> for ApiError {
    fn from(error: BadPage) -> ApiError {
        match error {
            BadPage::Token(_) => ApiError::bad_request(21481, error.to_string()),
            BadPage::Number(..) => ApiError::invalid(error.to_string()),
        }
    }
}

/// Which page of which list was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListAsked {
    /// What the store is asked.
    pub(crate) page: Page,
    uri: String,
    filters: Vec<(String, String)>,
}

impl ListAsked {
    pub(crate) fn read(asked: &Asked, params: &Params) -> Result<ListAsked, BadPage> {
        ListAsked::read_at(asked.uri(), params)
    }

    /// A list of a product, at this absolute address.
    pub(crate) fn read_at(uri: String, params: &Params) -> Result<ListAsked, BadPage> {
        let size =
            number(params, "PageSize")?.unwrap_or(Page::DEFAULT_SIZE).clamp(1, Page::LARGEST);
        let index = number(params, "Page")?.unwrap_or(0);
        let token = params.text("PageToken").map(token).transpose()?;
        let filters = params
            .iter()
            .filter(|(name, _)| !OF_PAGES.contains(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Ok(ListAsked { page: Page { size, index, token }, uri, filters })
    }

    /// A page that was named in other words than Twilio's.
    pub(crate) fn of_page(asked: &Asked, page: Page) -> ListAsked {
        ListAsked { page, uri: asked.uri(), filters: Vec::new() }
    }

    /// What the store found; a token of a row that never was is the client's fault.
    pub(crate) fn found<T>(
        &self,
        result: Result<Listing<T>, StoreError>,
    ) -> Result<Listing<T>, ApiError> {
        match (result, self.page.token) {
            (Err(StoreError::Missing(_)), Some(token)) => {
                Err(BadPage::Token(format!("{AFTER}{token}")).into())
            }
            (result, _) => Ok(result?),
        }
    }

    /// The page with its rows under `key`.
    pub(crate) fn shape<T>(
        &self,
        key: &str,
        listing: &Listing<T>,
        sid: fn(&T) -> Sid,
        shape: impl Fn(&T) -> Value,
    ) -> Value {
        let Page { size, index, token } = self.page;
        let start = u64::from(size) * u64::from(index);
        let rows = listing.items.len() as u64;
        let last = listing.items.last().filter(|_| listing.more);
        let next = last.map(|row| self.page_uri(index.saturating_add(1), Some(sid(row))));
        let previous = index.checked_sub(1).map(|index| self.page_uri(index, None));
        let mut page = json!({
            "end": (start + rows).saturating_sub(1).max(start),
            "first_page_uri": self.page_uri(0, None),
            "next_page_uri": next,
            "page": index,
            "page_size": size,
            "previous_page_uri": previous,
            "start": start,
            "uri": self.page_uri(index, token),
        });
        page[key] = listing.items.iter().map(shape).collect();
        page
    }

    /// The page of a product with its rows under `key`.
    pub(crate) fn shape_with_meta<T>(
        &self,
        key: &str,
        listing: &Listing<T>,
        sid: fn(&T) -> Sid,
        shape: impl Fn(&T) -> Value,
    ) -> Value {
        let page = self.shape(key, listing, sid, shape);
        let meta = json!({
            "first_page_url": page["first_page_uri"],
            "key": key,
            "next_page_url": page["next_page_uri"],
            "page": page["page"],
            "page_size": page["page_size"],
            "previous_page_url": page["previous_page_uri"],
            "url": page["uri"],
        });
        json!({ "meta": meta, key: page[key] })
    }

    fn page_uri(&self, index: u32, after: Option<Sid>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.filters);
        query.append_pair("PageSize", &self.page.size.to_string());
        query.append_pair("Page", &index.to_string());
        if let Some(sid) = after {
            query.append_pair("PageToken", &format!("{AFTER}{sid}"));
        }
        format!("{}?{}", self.uri, query.finish())
    }
}

fn number(params: &Params, name: &'static str) -> Result<Option<u32>, BadPage> {
    let Some(text) = params.text(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| BadPage::Number(name, text.to_owned()))
}

fn token(text: &str) -> Result<Sid, BadPage> {
    let sid = text.strip_prefix(AFTER).and_then(|sid| sid.parse().ok());
    sid.ok_or_else(|| BadPage::Token(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked::Extension;
    use model::SidKind;

    fn asked() -> Asked {
        Asked {
            path: "/2010-04-01/Accounts/AC1/Calls".to_owned(),
            resource: "/2010-04-01/Accounts/AC1/Calls".to_owned(),
            extension: Extension::None,
            prefix: "",
        }
    }

    fn list(query: &str) -> ListAsked {
        ListAsked::read(&asked(), &Params::read(query.as_bytes())).expect("a page")
    }

    fn shape(list: &ListAsked, items: Vec<u128>, more: bool) -> Value {
        let items = items.into_iter().map(|digits| Sid::new(SidKind::Call, digits)).collect();
        list.shape("calls", &Listing { items, more }, |sid| *sid, |sid| json!(sid.to_string()))
    }

    #[test]
    fn a_page_in_the_middle_points_both_ways_and_keeps_the_filters() {
        let token = Sid::new(SidKind::Call, 9);
        let list = list(&format!(
            "StartTime%3E=2008-01-02&To=%2B123&PageSize=2&Page=1&PageToken=PA{token}"
        ));
        assert_eq!(list.page, Page { size: 2, index: 1, token: Some(token) });
        let page = shape(&list, vec![8, 7], true);
        let base =
            "/2010-04-01/Accounts/AC1/Calls.json?StartTime%3E=2008-01-02&To=%2B123&PageSize=2";
        let last = Sid::new(SidKind::Call, 7);
        assert_eq!(page["next_page_uri"], format!("{base}&Page=2&PageToken=PA{last}"));
        assert_eq!(page["previous_page_uri"], format!("{base}&Page=0"));
        assert_eq!(page["first_page_uri"], format!("{base}&Page=0"));
        assert_eq!(page["uri"], format!("{base}&Page=1&PageToken=PA{token}"));
        assert_eq!((&page["start"], &page["end"]), (&json!(2), &json!(3)));
    }

    #[test]
    fn an_empty_list_is_a_page_without_neighbours() {
        let page = shape(&list(""), vec![], false);
        assert_eq!(page["calls"], json!([]));
        assert_eq!(page["next_page_uri"], Value::Null);
        assert_eq!(page["previous_page_uri"], Value::Null);
        assert_eq!((&page["start"], &page["end"]), (&json!(0), &json!(0)));
        assert_eq!(page["page_size"], 50);
    }

    #[test]
    fn sizes_stay_within_bounds_and_nonsense_is_refused() {
        assert_eq!(list("PageSize=0").page.size, 1);
        assert_eq!(list("PageSize=99999").page.size, 1000);
        let read = |query: &str| ListAsked::read(&asked(), &Params::read(query.as_bytes()));
        assert!(matches!(read("PageSize=many"), Err(BadPage::Number("PageSize", _))));
        assert!(matches!(read("PageToken=PBx"), Err(BadPage::Token(_))));
        let error = ApiError::from(read("PageToken=x").expect_err("no token"));
        assert_eq!((error.code, error.status.as_u16()), (21481, 400));
    }
}
