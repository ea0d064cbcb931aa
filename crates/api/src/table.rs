//! A router that remembers its routes, so that the OpenAPI document can be held against them.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{MethodRouter, delete, get, post, put};

use crate::api::Api;

/// Routes, and what they were called when they were added.
#[derive(Default)]
pub(crate) struct Table {
    router: Router<Arc<Api>>,
    known: Vec<(&'static str, &'static str)>,
}

impl Table {
    /// A route for GET (and HEAD).
    pub(crate) fn get<H, T>(self, path: &'static str, handler: H) -> Table
    where
        H: Handler<T, Arc<Api>>,
        T: 'static,
    {
        self.add("get", path, get(handler))
    }

    /// A route for POST.
    pub(crate) fn post<H, T>(self, path: &'static str, handler: H) -> Table
    where
        H: Handler<T, Arc<Api>>,
        T: 'static,
    {
        self.add("post", path, post(handler))
    }

    /// A route for POST with bodies of at most `size` bytes, whatever the server takes elsewhere.
    pub(crate) fn post_up_to<H, T>(self, size: usize, path: &'static str, handler: H) -> Table
    where
        H: Handler<T, Arc<Api>>,
        T: 'static,
    {
        self.add("post", path, post(handler).layer(DefaultBodyLimit::max(size)))
    }

    /// A route for PUT with bodies of at most `size` bytes.
    pub(crate) fn put_up_to<H, T>(self, size: usize, path: &'static str, handler: H) -> Table
    where
        H: Handler<T, Arc<Api>>,
        T: 'static,
    {
        self.add("put", path, put(handler).layer(DefaultBodyLimit::max(size)))
    }

    /// A route for DELETE.
    pub(crate) fn delete<H, T>(self, path: &'static str, handler: H) -> Table
    where
        H: Handler<T, Arc<Api>>,
        T: 'static,
    {
        self.add("delete", path, delete(handler))
    }

    /// A route for these methods.
    pub(crate) fn several(
        mut self,
        methods: &[&'static str],
        path: &'static str,
        route: MethodRouter<Arc<Api>>,
    ) -> Table {
        self.known.extend(methods.iter().map(|method| (*method, path)));
        self.router = self.router.route(path, route);
        self
    }

    fn add(self, method: &'static str, path: &'static str, route: MethodRouter<Arc<Api>>) -> Table {
        self.several(&[method], path, route)
    }

    /// The routes of both.
    pub(crate) fn merge(mut self, other: Table) -> Table {
        self.router = self.router.merge(other.router);
        self.known.extend(other.known);
        self
    }

    /// The routes alone.
    pub(crate) fn router(self) -> Router<Arc<Api>> {
        self.router
    }

    /// Method in lower case, and path.
    #[cfg(test)]
    pub(crate) fn known(&self) -> &[(&'static str, &'static str)] {
        &self.known
    }
}
