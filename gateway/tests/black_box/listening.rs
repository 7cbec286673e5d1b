//! Where a gateway listens, and what it says when it cannot.

use everwire_gateway::{BindError, BuildError, Gateway};

use crate::support::{constant, ok};

#[tokio::test]
async fn a_taken_port_is_told_with_what_to_do() {
    let gateway = Gateway::builder("dev").build().unwrap();
    let first = gateway.bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = first.local_addr();
    let error = gateway.bind(address).await.unwrap_err();
    assert!(matches!(error, BindError::PortTaken(taken) if taken == address), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!("port {} is taken on 127.0.0.1: stop the program that uses it or choose another port", address.port())
    );
    drop(first);
    gateway.bind(address).await.unwrap();
}

#[tokio::test]
async fn addresses_that_others_can_reach_are_refused_unless_allowed() {
    let gateway = Gateway::builder("dev").build().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let error = gateway.bind(address.parse().unwrap()).await.unwrap_err();
        assert!(matches!(error, BindError::NotLoopback(_)), "{address}: {error:?}");
    }
    let open = Gateway::builder("dev").allow_remote(true).build().unwrap();
    open.bind("0.0.0.0:0".parse().unwrap()).await.unwrap();
}

#[test]
fn what_cannot_be_built_says_why() {
    let stage = |name: &str| Gateway::builder(name).build().map(drop);
    for name in ["", "a b", "a/b", "..", "é", "$default", &"x".repeat(129)] {
        assert_eq!(stage(name), Err(BuildError::InvalidStage(name.to_owned())));
    }
    for name in ["dev", "A-b_9", &"x".repeat(128)] {
        assert_eq!(stage(name), Ok(()));
    }
    let route = |key: &str| Gateway::builder("dev").route(key, constant(ok())).build().map(drop);
    for key in ["", "$other"] {
        assert_eq!(route(key), Err(BuildError::InvalidRouteKey(key.to_owned())));
    }
    let two_way = Gateway::builder("dev").two_way_route("$connect", constant(ok())).build().map(drop);
    assert_eq!(two_way, Err(BuildError::NotTwoWay("$connect".to_owned())));
    let twice = Gateway::builder("dev").route("a", constant(ok())).two_way_route("a", constant(ok())).build().map(drop);
    assert_eq!(twice, Err(BuildError::DuplicateRoute("a".to_owned())));
    let many = (0..301).fold(Gateway::builder("dev"), |builder, n| builder.route(n.to_string(), constant(ok())));
    assert_eq!(many.build().map(drop), Err(BuildError::TooManyRoutes(301)));
    for timeout in [49, 29_001] {
        let timeout = std::time::Duration::from_millis(timeout);
        let built = Gateway::builder("dev").integration_timeout(timeout).build().map(drop);
        assert!(matches!(built, Err(BuildError::OutOfRange { setting: "integration_timeout", .. })));
    }
    assert!(Gateway::builder("dev").send_buffer(131_071).build().is_err());
    assert!(Gateway::builder("dev").max_head(8191).build().is_err());
    assert!(Gateway::builder("dev").concurrency(0).build().is_err());
}

#[test]
fn debug_texts_show_no_functions_and_no_secrets() {
    let builder = Gateway::builder("dev").authorizer(constant(ok()), "token");
    assert_eq!(format!("{builder:?}"), r#"GatewayBuilder { stage: "dev", .. }"#);
    assert_eq!(format!("{:?}", builder.build().unwrap()), r#"Gateway { stage: "dev", .. }"#);
}
