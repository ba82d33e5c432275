//! What a list operation is asked: a page, and filters that a struct declares.

use std::marker::PhantomData;

use keystead_store::page::Slice;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaParamIn, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::de::DeserializeOwned;

use crate::document::{List, Rendered, Resource};
use crate::input::Nothing;
use crate::paging::{Location, Paging};
use crate::problem::Result;
use crate::query::Query;
use crate::shape::{self, Shape};

/// `MetaSchema::format` of a schema that stands for one query parameter per property.
pub(crate) const PARAMETERS: &str = "query-parameters";
/// `MetaSchema::title` of those that also stand for the parameters of a page.
pub(crate) const PAGED: &str = "paged";

/// The parameters of a list: its page, and the filters `F`, every field of which is optional.
#[derive(Debug)]
pub struct Listing<F = Nothing> {
    location: Location,
    filters: PhantomData<fn() -> F>,
}

impl<F: Type + DeserializeOwned + 'static> Listing<F> {
    /// The page that is wanted.
    ///
    /// # Errors
    /// What is out of bounds or of the wrong shape, at its parameter (400).
    pub fn paging(&self) -> Result<Paging> {
        Paging::read(self.location.query())
    }

    /// The filters: what is blank, or not what it must be, counts as absent.
    ///
    /// # Errors
    /// When `F` reads less than its schema promises, which would be a mistake of `F`.
    pub fn filters(&self) -> Result<F> {
        let lenient = Shape::of::<F>().lenient(self.location.query().members());
        shape::read_judged(lenient)
    }

    /// All parameters of the query.
    pub fn query(&self) -> &Query {
        self.location.query()
    }

    /// The document of a slice that was read for `paging`.
    pub fn list<N: Rendered>(&self, paging: Paging, slice: Slice<Resource<N>>) -> List<N> {
        let last = slice.rows.last().map(|resource| resource.place.id());
        let links = self.location.links(paging, &slice, last);
        List {
            data: slice.rows,
            links,
        }
    }
}

impl<'a, F: Type + DeserializeOwned + 'static> ApiExtractor<'a> for Listing<F> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        F::register(registry);
        let nothing =
            serde_json::from_value::<F>(Shape::of::<F>().lenient(&serde_json::Map::new()));
        assert!(
            nothing.is_ok(),
            "{} has a filter that isn't optional",
            F::name()
        );
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Query)
    }

    // An operation's argument is described as one parameter; `spec` makes it one for each
    // property, and adds those of a page.
    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let filters = F::schema_ref();
        let filters = if filters == Nothing::schema_ref() {
            Vec::new()
        } else {
            vec![filters]
        };
        Some(schema!("object",
            format: Some(PARAMETERS),
            title: Some(PAGED.to_owned()),
            all_of: filters,
        ))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Self {
            location: Location::of(request)?,
            filters: PhantomData,
        })
    }
}

/// The parameters of an operation that answers no list, judged strictly: `F`'s fields.
#[derive(Debug)]
pub struct Parameters<F> {
    location: Location,
    fields: PhantomData<fn() -> F>,
}

impl<F: Type + DeserializeOwned + 'static> Parameters<F> {
    /// Judges the parameters and reads them; unknown ones are ignored.
    ///
    /// # Errors
    /// The first fault, at its parameter (400).
    pub fn read(&self) -> Result<F> {
        shape::read_query(self.location.query())
    }

    /// The parameters where they only narrow a look-up: what is blank, or not what it must be,
    /// counts as absent.
    ///
    /// # Errors
    /// When `F` reads less than its schema promises, which would be a mistake of `F`.
    pub fn lenient(&self) -> Result<F> {
        let lenient = Shape::of::<F>().lenient(self.location.query().members());
        shape::read_judged(lenient)
    }

    /// All parameters of the query.
    pub fn query(&self) -> &Query {
        self.location.query()
    }
}

impl<'a, F: Type + DeserializeOwned + 'static> ApiExtractor<'a> for Parameters<F> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        F::register(registry);
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Query)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(schema!("object", format: Some(PARAMETERS), all_of: vec![F::schema_ref()]))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Self {
            location: Location::of(request)?,
            fields: PhantomData,
        })
    }
}

#[cfg(test)]
mod tests;
