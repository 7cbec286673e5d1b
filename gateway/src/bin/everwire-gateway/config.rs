//! The file of `serve`: what `example.toml` describes.

use std::collections::BTreeMap;
use std::time::Duration;

use everwire_gateway::{BuildError, Gateway, GatewayBuilder, Invoke};

use crate::file::{Entry, Located, Section};

/// Everything that the file can say. What is none was not said.
#[derive(Debug, Default)]
pub(crate) struct Config {
    pub(crate) port: Option<u16>,
    pub(crate) admin: Option<u16>,
    stage: Option<Located<String>>,
    api_id: Option<Located<String>>,
    region: Option<Located<String>>,
    account: Option<Located<String>>,
    route_selection: Option<Located<String>>,
    timeouts: Timeouts,
    authorizer: Option<Authorizer>,
    routes: Vec<Route>,
}

#[derive(Debug, Default)]
struct Timeouts {
    integration: Option<Located<Duration>>,
    function: Option<Located<Duration>>,
    handshake: Option<Located<Duration>>,
    close: Option<Located<Duration>>,
    shutdown: Option<Located<Duration>>,
}

#[derive(Debug)]
struct Authorizer {
    function: Invoke,
    identity: Located<String>,
}

#[derive(Debug)]
struct Route {
    key: Located<String>,
    function: Invoke,
    two_way: bool,
}

impl Config {
    /// Reads the outermost table. Whatever could not be read is left out here and a mistake of the file.
    pub(crate) fn read(mut top: Section<'_>) -> Self {
        let mut config = Self {
            port: top.port("port"),
            admin: top.port("admin"),
            stage: top.string("stage"),
            api_id: top.string("api_id"),
            region: top.string("region"),
            account: top.string("account"),
            route_selection: top.string("route_selection"),
            timeouts: top.section("timeouts").map(Timeouts::read).unwrap_or_default(),
            ..Self::default()
        };
        let functions = Functions::read(top.section("functions"), config.timeouts.function.as_ref());
        config.authorizer = top.section("authorizer").and_then(|section| Authorizer::read(section, &functions));
        config.routes = top.section("routes").map(|section| Route::read_all(section, &functions)).unwrap_or_default();
        top.finish();
        config
    }

    /// A builder with all of it, for the stage of the flag if there is one.
    pub(crate) fn builder(&self, stage: Option<&str>) -> GatewayBuilder {
        let stage = stage.or(self.stage.as_ref().map(|stage| stage.value.as_str())).unwrap_or("dev");
        let mut builder = Gateway::builder(stage);
        let text = |place: &Option<Located<String>>| place.as_ref().map(|place| place.value.clone());
        let time = |place: &Option<Located<Duration>>| place.as_ref().map(|place| place.value);
        builder = with(builder, text(&self.api_id), GatewayBuilder::api_id);
        builder = with(builder, text(&self.region), GatewayBuilder::region);
        builder = with(builder, text(&self.account), GatewayBuilder::account_id);
        builder = with(builder, text(&self.route_selection), GatewayBuilder::route_selection);
        builder = with(builder, time(&self.timeouts.integration), GatewayBuilder::integration_timeout);
        builder = with(builder, time(&self.timeouts.handshake), GatewayBuilder::handshake_timeout);
        builder = with(builder, time(&self.timeouts.close), GatewayBuilder::close_timeout);
        builder = with(builder, time(&self.timeouts.shutdown), GatewayBuilder::shutdown_timeout);
        if let Some(Authorizer { function, identity }) = &self.authorizer {
            builder = builder.authorizer(function.clone(), identity.value.clone());
        }
        for Route { key, function, two_way } in &self.routes {
            builder = match two_way {
                true => builder.two_way_route(&key.value, function.clone()),
                false => builder.route(&key.value, function.clone()),
            };
        }
        builder
    }

    /// Where the file says what the gateway does not take.
    pub(crate) fn place(&self, error: &BuildError) -> Option<Located<()>> {
        match error {
            BuildError::InvalidStage(_) => place(self.stage.as_ref()),
            BuildError::InvalidIdentitySource(_) => {
                place(self.authorizer.as_ref().map(|authorizer| &authorizer.identity))
            }
            BuildError::InvalidSelection { .. } => place(self.route_selection.as_ref()),
            BuildError::InvalidRouteKey(key) | BuildError::DuplicateRoute(key) | BuildError::NotTwoWay(key) => {
                place(self.routes.iter().map(|route| &route.key).find(|place| place.value == *key))
            }
            BuildError::TooManyRoutes(_) => place(self.routes.first().map(|route| &route.key)),
            BuildError::OutOfRange { setting: "integration_timeout", .. } => place(self.timeouts.integration.as_ref()),
            _ => None,
        }
    }
}

impl Timeouts {
    fn read(mut section: Section<'_>) -> Self {
        let timeouts = Self {
            integration: section.duration("integration"),
            function: section.duration("function"),
            handshake: section.duration("handshake"),
            close: section.duration("close"),
            shutdown: section.duration("shutdown"),
        };
        section.finish();
        timeouts
    }
}

impl Authorizer {
    fn read(mut section: Section<'_>, functions: &Functions) -> Option<Self> {
        let function = section.required_string("function");
        let identity = section.required_string("identity");
        let function = function.and_then(|name| functions.find(&section, &name));
        section.finish();
        Some(Self { function: function?, identity: identity? })
    }
}

impl Route {
    fn read_all(section: Section<'_>, functions: &Functions) -> Vec<Self> {
        let entries = section.entries().into_iter();
        entries
            .filter_map(|(key, entry)| {
                let place = entry.place(key);
                let (function, two_way) = match entry.string_or_section()? {
                    Ok(name) => (functions.find(&section, &name)?, false),
                    Err(mut details) => {
                        let name = details.required_string("function");
                        let two_way = details.boolean("two_way").unwrap_or(false);
                        let function = name.and_then(|name| functions.find(&details, &name));
                        details.finish();
                        (function?, two_way)
                    }
                };
                Some(Self { key: place, function, two_way })
            })
            .collect()
    }
}

/// The functions by the names that the file gives them.
struct Functions {
    /// None for a function that has a mistake of its own.
    by_name: BTreeMap<String, Option<Invoke>>,
}

impl Functions {
    fn read(section: Option<Section<'_>>, timeout: Option<&Located<Duration>>) -> Self {
        let Some(section) = section else { return Self { by_name: BTreeMap::new() } };
        let read = |(name, entry): (String, Entry<'_, '_>)| {
            let endpoint = entry.string();
            let invoke = endpoint.and_then(|endpoint| match Invoke::new(&endpoint.value, &name) {
                Ok(invoke) => Some(with(invoke, timeout.map(|timeout| timeout.value), Invoke::timeout)),
                Err(invalid) => {
                    section.reject(&endpoint, invalid.to_string());
                    None
                }
            });
            (name, invoke)
        };
        Self { by_name: section.entries().into_iter().map(read).collect() }
    }

    /// The function of a name, else a mistake at the place of the name.
    fn find(&self, section: &Section<'_>, name: &Located<String>) -> Option<Invoke> {
        if let Some(invoke) = self.by_name.get(&name.value) {
            return invoke.clone();
        }
        let known = match self.by_name.is_empty() {
            true => "none".to_owned(),
            false => self.by_name.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        };
        section.reject(name, format!("no function is named {:?}; [functions] has {known}", name.value));
        None
    }
}

/// The thing with its setting, if there is one.
fn with<T, V>(thing: T, value: Option<V>, set: impl FnOnce(T, V) -> T) -> T {
    match value {
        Some(value) => set(thing, value),
        None => thing,
    }
}

fn place<T>(located: Option<&Located<T>>) -> Option<Located<()>> {
    located.map(|place| Located { value: (), key: place.key.clone(), line: place.line })
}
