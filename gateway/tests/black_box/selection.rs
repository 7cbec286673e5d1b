//! Route selection expressions other than `$request.body.action`.

use everwire_gateway::{BuildError, Gateway, GatewayBuilder};
use serde_json::json;

use crate::support::{Running, constant, hear, say};

fn named(builder: GatewayBuilder, routes: &[&'static str]) -> GatewayBuilder {
    routes
        .iter()
        .fold(builder, |builder, name| builder.two_way_route(*name, constant(json!({"statusCode": 200, "body": name}))))
}

/// Which routes take messages, under an expression.
async fn assert_routes(expression: &str, routes: &[&'static str], rows: &[(&str, &str)]) {
    let builder = Gateway::builder("dev").route_selection(expression);
    let running = Running::start(named(builder, routes)).await;
    let mut client = running.connect("/dev").await;
    for (message, route) in rows {
        say(&mut client, message).await;
        assert_eq!(hear(&mut client).await, *route, "{expression}: {message}");
    }
}

#[tokio::test]
async fn an_expression_can_be_composed() {
    assert_routes(
        "${request.body.service}/${request.body.action}",
        &["chat/join", "chat/", "/", "$default"],
        &[
            (r#"{"service":"chat","action":"join"}"#, "chat/join"),
            (r#"{"action":"join","service":"chat","more":1}"#, "chat/join"),
            (r#"{"service":"chat"}"#, "chat/"),
            (r#"{"service":"chat","action":null}"#, "chat/"),
            (r#"{}"#, "/"),
            (r#"{"service":"Chat","action":"join"}"#, "$default"),
            ("no json", "$default"),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_expression_can_name_a_nested_value() {
    assert_routes(
        "$request.body.header.kind.name",
        &["join", "5", "$default"],
        &[
            (r#"{"header":{"kind":{"name":"join"}}}"#, "join"),
            (r#"{"header":{"kind":{"name":5}}}"#, "5"),
            (r#"{"header":{"kind":"join"}}"#, "$default"),
            (r#"{"header.kind.name":"join"}"#, "$default"),
            (r#"{"name":"join"}"#, "$default"),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_expression_can_be_a_text() {
    let rows = [(r#"{"action":"other"}"#, "all"), ("no json", "all"), ("", "all")];
    assert_routes("all", &["all", "other", "$default"], &rows).await;
    let rows = [(r#"{"action":"other"}"#, "$default"), ("no json", "$default")];
    assert_routes(r"\$default", &["other", "$default"], &rows).await;
}

#[test]
fn an_expression_that_cannot_be_evaluated_is_refused() {
    for (expression, why) in [
        ("$request.header.action", "only request.body.KEY can select a route"),
        ("${request.body.action", "a brace is not closed"),
        ("", "it is empty"),
    ] {
        let error = Gateway::builder("dev").route_selection(expression).build().map(drop).unwrap_err();
        assert_eq!(error, BuildError::InvalidSelection { expression: expression.to_owned(), why });
        assert_eq!(error.to_string(), format!("route selection expression {expression:?} is not valid: {why}"));
    }
}
