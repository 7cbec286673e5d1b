//! The file of `serve`: what `example.toml` describes.

use std::time::Duration;

use everwire_gateway::{BuildError, Gateway, GatewayBuilder, Invoke};

use crate::file::{Located, Section};
use crate::functions::Functions;
use crate::options::{ServeOptions, SigningKey};

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
    stage_variables: Vec<(String, Located<String>)>,
    time_scale: Option<Located<f64>>,
    throttle_connects: Option<Located<u32>>,
    require_auth: Option<bool>,
    verify_sigv4: Option<SigningKey>,
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
    idle: Option<Located<Duration>>,
    max_life: Option<Located<Duration>>,
}

#[derive(Debug)]
struct Authorizer {
    function: Invoke,
    /// At least one.
    identity: Vec<Located<String>>,
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
            stage_variables: top.section("stage_variables").map(read_variables).unwrap_or_default(),
            time_scale: top.number("time_scale"),
            throttle_connects: top.integer("throttle_connects", "a number from 1 to 4294967295"),
            require_auth: top.boolean("require_auth"),
            timeouts: top.section("timeouts").map(Timeouts::read).unwrap_or_default(),
            ..Self::default()
        };
        let functions = Functions::read(top.section("functions"), config.timeouts.function.as_ref());
        config.authorizer = top.section("authorizer").and_then(|section| Authorizer::read(section, &functions));
        config.routes = top.section("routes").map(|section| Route::read_all(section, &functions)).unwrap_or_default();
        top.finish();
        config
    }

    /// The same with what the flags say instead.
    pub(crate) fn overruled_by(mut self, flags: &ServeOptions) -> Self {
        self.port = flags.port.or(self.port);
        self.admin = flags.admin.or(self.admin);
        overrule(&mut self.stage, "--stage", flags.stage.clone());
        overrule(&mut self.timeouts.idle, "--idle", flags.idle);
        overrule(&mut self.timeouts.max_life, "--max-life", flags.max_life);
        overrule(&mut self.time_scale, "--time-scale", flags.time_scale);
        overrule(&mut self.throttle_connects, "--throttle-connects", flags.throttle_connects);
        self.require_auth = flags.require_auth.then_some(true).or(self.require_auth);
        self.verify_sigv4.clone_from(&flags.verify_sigv4);
        self
    }

    /// A builder with all of it.
    pub(crate) fn builder(&self) -> GatewayBuilder {
        let mut builder = Gateway::builder(self.stage.as_ref().map_or("dev", |stage| stage.value.as_str()));
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
        builder = with(builder, time(&self.timeouts.idle), GatewayBuilder::idle_timeout);
        builder = with(builder, time(&self.timeouts.max_life), GatewayBuilder::max_life);
        builder = with(builder, self.time_scale.as_ref().map(|scale| scale.value), GatewayBuilder::time_scale);
        let throttle = self.throttle_connects.as_ref().map(|connects| connects.value);
        builder = with(builder, throttle, GatewayBuilder::throttle_connects);
        builder = with(builder, self.require_auth, GatewayBuilder::require_auth);
        builder = with(builder, self.verify_sigv4.as_ref(), |builder, key| {
            let (access_key, secret) = key.parts();
            builder.verify_sigv4(access_key, secret)
        });
        for (name, value) in &self.stage_variables {
            builder = builder.stage_variable(name, &value.value);
        }
        if let Some((Authorizer { function, .. }, (first, further))) =
            self.authorizer.as_ref().and_then(|authorizer| Some((authorizer, authorizer.identity.split_first()?)))
        {
            builder = builder.authorizer(function.clone(), &first.value);
            builder = further.iter().fold(builder, |builder, source| builder.identity_source(&source.value));
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
            BuildError::InvalidIdentitySource(source) => {
                let mut sources = self.authorizer.iter().flat_map(|authorizer| &authorizer.identity);
                place(sources.find(|place| place.value == *source))
            }
            BuildError::InvalidStageVariable(name) => {
                place(self.stage_variables.iter().find(|(known, _)| known == name).map(|(_, value)| value))
            }
            BuildError::InvalidSelection { .. } => place(self.route_selection.as_ref()),
            BuildError::InvalidRouteKey(key) | BuildError::DuplicateRoute(key) | BuildError::NotTwoWay(key) => {
                place(self.routes.iter().map(|route| &route.key).find(|place| place.value == *key))
            }
            BuildError::InvalidCredentials => Some(Located { value: (), key: "--verify-sigv4".to_owned(), line: None }),
            BuildError::TooManyRoutes(_) => place(self.routes.first().map(|route| &route.key)),
            BuildError::OutOfRange { setting, .. } => match *setting {
                "integration_timeout" => place(self.timeouts.integration.as_ref()),
                "idle_timeout" => place(self.timeouts.idle.as_ref()),
                "max_life" => place(self.timeouts.max_life.as_ref()),
                "time_scale" => place(self.time_scale.as_ref()),
                "throttle_connects" => place(self.throttle_connects.as_ref()),
                _ => None,
            },
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
            idle: section.duration("idle"),
            max_life: section.duration("max_life"),
        };
        section.finish();
        timeouts
    }
}

impl Authorizer {
    fn read(mut section: Section<'_>, functions: &Functions) -> Option<Self> {
        let function = section.required_string("function");
        let identity = section.required_strings("identity");
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

fn read_variables(section: Section<'_>) -> Vec<(String, Located<String>)> {
    section.entries().into_iter().filter_map(|(name, entry)| Some((name, entry.string()?))).collect()
}

/// What a flag says, if it was given.
fn overrule<T>(place: &mut Option<Located<T>>, flag: &str, value: Option<T>) {
    if let Some(value) = value {
        *place = Some(Located { value, key: flag.to_owned(), line: None });
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
