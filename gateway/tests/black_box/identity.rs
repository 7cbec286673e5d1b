//! Identity sources other than one query-string key.

use everwire_gateway::{BuildError, Gateway, GatewayBuilder};

use crate::support::{Response, Running, allow, constant, ok, recorded, upgrade};
use crate::wire::Wire;

fn with_headers(running: &Running, path: &str, headers: &str) -> String {
    upgrade(path, &running.address.to_string()).replace("\r\n\r\n", &format!("\r\n{headers}\r\n"))
}

/// Checks which handshakes (path, headers) run the authorizer, and that the others get 401.
async fn assert_let_in(build: impl FnOnce(GatewayBuilder) -> GatewayBuilder, first: &str, rows: &[(&str, &str, bool)]) {
    let (authorizer, mut authorizations) = recorded(|_| Ok(allow()));
    let running = Running::start(build(Gateway::builder("dev").authorizer(authorizer, first))).await;
    for (path, headers, let_in) in rows {
        let request = with_headers(&running, path, headers);
        if *let_in {
            drop(Wire::connect_with(&running, &request).await);
            authorizations.next().await;
        } else {
            let response: Response = running.http(&request).await;
            assert_eq!(response.status, 401, "{request}");
            assert_eq!(response.json()["message"], "Unauthorized");
            assert!(authorizations.is_empty(), "{request}");
        }
    }
}

#[tokio::test]
async fn a_header_can_be_the_identity() {
    assert_let_in(
        |builder| builder,
        "route.request.header.Authorization",
        &[
            ("/dev", "Authorization: Bearer x\r\n", true),
            ("/dev", "authorization: x\r\n", true),
            ("/dev", "Authorization: x\r\nAUTHORIZATION: y\r\n", true),
            ("/dev", "", false),
            ("/dev", "Authorization:\r\n", false),
            ("/dev", "Authorization:   \r\n", false),
            ("/dev", "Authorization: x\r\nAuthorization:\r\n", false),
            ("/dev", "X-Authorization: x\r\n", false),
            ("/dev?Authorization=x", "", false),
        ],
    )
    .await;
}

#[tokio::test]
async fn every_one_of_several_identity_sources_is_needed() {
    assert_let_in(
        |builder| builder.identity_source("route.request.header.X-Tenant").identity_source("lang"),
        "route.request.querystring.token",
        &[
            ("/dev?token=t&lang=de", "X-Tenant: t9\r\n", true),
            ("/dev?token=t&lang=de", "", false),
            ("/dev?token=t", "X-Tenant: t9\r\n", false),
            ("/dev?lang=de", "X-Tenant: t9\r\n", false),
            ("/dev?token=&lang=de", "X-Tenant: t9\r\n", false),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_stage_variable_or_a_context_field_can_be_an_identity() {
    let rows = [("/dev", "", true)];
    assert_let_in(|builder| builder.stage_variable("tenant", "t9"), "stageVariables.tenant", &rows).await;
    assert_let_in(|builder| builder, "context.identity.sourceIp", &rows).await;
    assert_let_in(|builder| builder.stage_variable("tenant", ""), "stageVariables.tenant", &[("/dev", "", false)])
        .await;
    assert_let_in(|builder| builder, "stageVariables.tenant", &[("/dev", "", false)]).await;
    assert_let_in(
        |builder| builder,
        "context.identity.userAgent",
        &[("/dev", "User-Agent: x\r\n", true), ("/dev", "", false)],
    )
    .await;
}

#[test]
fn the_spellings_of_http_and_rest_apis_are_refused() {
    for source in ["$request.header.Authorization", "$request.querystring.token", "method.request.header.X"] {
        let first = Gateway::builder("dev").authorizer(constant(ok()), source).build().map(drop);
        assert_eq!(first, Err(BuildError::InvalidIdentitySource(source.to_owned())));
        let further =
            Gateway::builder("dev").authorizer(constant(ok()), "token").identity_source(source).build().map(drop);
        assert_eq!(further, Err(BuildError::InvalidIdentitySource(source.to_owned())));
    }
    let error = Gateway::builder("dev").identity_source("token").build().map(drop).unwrap_err();
    assert_eq!(error, BuildError::NoAuthorizer);
}
