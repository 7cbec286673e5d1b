//! What can go wrong before the gateway runs, each with what to do about it.

use std::io;
use std::net::SocketAddr;

/// The gateway cannot be built as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A stage name is 1 to 128 characters of `A-Z a-z 0-9 _ -` (AWS: *CreateStage*).
    #[error("stage name {0:?} is not valid: use 1 to 128 letters, digits, '-' or '_'")]
    InvalidStage(String),
    /// Own route keys are not empty and do not start with `$`.
    #[error("route key {0:?} is not valid: use $connect, $disconnect, $default or a text that does not start with '$'")]
    InvalidRouteKey(String),
    /// The route selection expression cannot be evaluated.
    #[error("route selection expression {expression:?} is not valid: {why}")]
    InvalidSelection {
        /// What was given.
        expression: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A route key was given twice.
    #[error("route {0:?} is given twice: remove one of the two")]
    DuplicateRoute(String),
    /// `$connect` and `$disconnect` answer nothing.
    #[error("route {0:?} cannot be two-way: only message routes can answer, use route() for it")]
    NotTwoWay(String),
    /// An API has at most 300 routes (AWS: *Quotas for WebSocket APIs*).
    #[error("{0} routes are too many: an API has at most 300")]
    TooManyRoutes(usize),
    /// A stage variable's name is 1 to 64 characters of `A-Z a-z 0-9 _`, its value at most 512 of
    /// `A-Z a-z 0-9 - . _ ~ : / ? # & = ,` (AWS: *CreateStage*).
    #[error(
        "stage variable {0:?} is not valid: the name is 1 to 64 letters, digits or '_', the value at most 512 letters, \
         digits or -._~:/?#&=,"
    )]
    InvalidStageVariable(String),
    /// An identity source is not one of a WebSocket API. Those of HTTP APIs (`$request.header.X`) and REST APIs
    /// (`method.request.header.X`) are refused here as by AWS.
    #[error(
        "identity source {0:?} is not valid: give \"route.request.querystring.KEY\" (or KEY alone), \
         \"route.request.header.NAME\", \"stageVariables.NAME\" or \"context.FIELD\""
    )]
    InvalidIdentitySource(String),
    /// Identity sources belong to an authorizer.
    #[error("an identity source is given but no authorizer: add one with authorizer()")]
    NoAuthorizer,
    /// The key for signatures cannot sign anything.
    #[error("the key for verify_sigv4 is not valid: neither part may be empty, and an access key has no '/'")]
    InvalidCredentials,
    /// A setting is outside its range.
    #[error("{setting} is {given}, but must be {allowed}")]
    OutOfRange {
        /// The builder's method.
        setting: &'static str,
        /// What was given.
        given: String,
        /// What may be given.
        allowed: &'static str,
    },
}

/// The gateway cannot listen where it was told to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// Something else listens on the port.
    #[error("port {} is taken on {}: stop the program that uses it or choose another port", .0.port(), .0.ip())]
    PortTaken(SocketAddr),
    /// The address can be reached from other machines.
    #[error("{} can be reached from other machines: listen on 127.0.0.1 or [::1], or allow it with allow_remote(true)", .0.ip())]
    NotLoopback(SocketAddr),
    /// The operating system does not let this user listen there.
    #[error("no permission to listen on {0}: choose a port of 1024 or above")]
    PermissionDenied(SocketAddr),
    /// Anything else the operating system says.
    #[error("cannot listen on {address}: {source}")]
    Io {
        /// Where to listen.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
}

impl BindError {
    pub(crate) fn from_io(address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::PortTaken(address),
            io::ErrorKind::PermissionDenied => Self::PermissionDenied(address),
            _ => Self::Io { address, source },
        }
    }
}
