//! `serve`: reads the file, listens, and runs until it is told to stop.

use std::fs;
use std::future::IntoFuture as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use everwire_gateway::{BindError, Gateway};
use tokio::net::TcpListener;
use tracing::info;

use crate::config::Config;
use crate::error::Error;
use crate::file::File;
use crate::options::ServeOptions;
use crate::{logging, shutdown};

/// Where clients are expected unless the file or a flag says otherwise.
const PORT: u16 = 4400;

/// Runs a gateway until Ctrl-C or SIGTERM.
pub(crate) async fn run(options: ServeOptions) -> Result<(), Error> {
    let path = options.config.as_path();
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let file = File::new(path, &text);
    let config = file.read(Config::read)?.overruled_by(&options);
    let gateway = config.builder().build().map_err(|error| match config.place(&error) {
        Some(place) if place.line.is_some() => file.reject(&place, error.to_string()).into(),
        Some(flag) => Error::Usage(format!("{}: {error}", flag.key)),
        None => Error::Build(error),
    })?;

    logging::start(options.log);
    let stop =
        shutdown::signals().map_err(|error| Error::System(format!("cannot listen for signals to stop ({error})")))?;
    let port = config.port.unwrap_or(PORT);
    let listener = gateway
        .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .await
        .map_err(|source| Error::Bind { flag: "--port", source })?;
    let admin = match config.admin {
        Some(port) => Some(Admin::bind(&gateway, port).await?),
        None => None,
    };

    let address = listener.local_addr();
    let url = format!("ws://{address}/{}", gateway.stage());
    match &admin {
        Some(admin) => {
            info!(target: "everwire_gateway", %url, admin = %format_args!("http://{}", admin.address), "listening");
        }
        None => info!(target: "everwire_gateway", %url, "listening"),
    }
    let admin = admin.map(|admin| tokio::spawn(axum::serve(admin.listener, admin.router).into_future()));
    listener.serve(stop).await;
    if let Some(admin) = admin {
        admin.abort();
    }
    Ok(())
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::System(format!("cannot read {} ({error}): name the gateway's file with --config", path.display()))
}

/// The second port.
struct Admin {
    listener: TcpListener,
    address: SocketAddr,
    router: axum::Router,
}

impl Admin {
    async fn bind(gateway: &Gateway, port: u16) -> Result<Self, Error> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let failed = |source: io::Error| Error::Bind {
            flag: "--admin",
            source: match source.kind() {
                io::ErrorKind::AddrInUse => BindError::PortTaken(address),
                io::ErrorKind::PermissionDenied => BindError::PermissionDenied(address),
                _ => BindError::Io { address, source },
            },
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, router: gateway.admin_router() })
    }
}
