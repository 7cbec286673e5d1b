//! Events of a running gateway, read by the types of `aws_lambda_events`: what a Lambda in Rust would be given.

use aws_lambda_events::event::apigw::{
    ApiGatewayCustomAuthorizerRequestTypeRequest, ApiGatewayWebsocketProxyRequest,
    ApiGatewayWebsocketProxyRequestContext,
};
use serde_json::Value;

use crate::lambda::Lambda;
use crate::process::{Gateway, hear, say};

/// The events of one connection: authorizer, connect, message, disconnect.
async fn events() -> [Value; 4] {
    let mut lambda = Lambda::chat().await;
    let gateway = Gateway::start(&lambda.config()).await;
    let mut client = gateway.connect().await;
    say(&mut client, r#"{"action":"x"}"#).await;
    hear(&mut client).await;
    client.close(None).await.unwrap();
    let mut events = Vec::new();
    for kind in ["REQUEST", "CONNECT", "MESSAGE", "DISCONNECT"] {
        events.push(lambda.event(kind).await);
    }
    events.try_into().unwrap()
}

fn context(event: &Value) -> (ApiGatewayWebsocketProxyRequest, ApiGatewayWebsocketProxyRequestContext) {
    let read: ApiGatewayWebsocketProxyRequest = serde_json::from_value(event.clone()).unwrap();
    let context = read.request_context.clone();
    let raw = &event["requestContext"];
    // What every event says, read back from the struct.
    assert_eq!(context.connection_id.as_deref(), raw["connectionId"].as_str());
    assert_eq!(context.request_id.as_deref(), raw["requestId"].as_str());
    assert_eq!(context.extended_request_id.as_deref(), raw["requestId"].as_str());
    assert_eq!(context.domain_name.as_deref(), raw["domainName"].as_str());
    assert_eq!(context.apiid.as_deref(), Some("everwire"));
    assert_eq!(context.stage.as_deref(), Some("dev"));
    assert_eq!(context.route_key.as_deref(), raw["routeKey"].as_str());
    assert_eq!(context.event_type.as_deref(), raw["eventType"].as_str());
    assert_eq!(context.message_direction.as_deref(), Some("IN"));
    assert_eq!(context.connected_at, raw["connectedAt"].as_i64().unwrap());
    assert_eq!(context.request_time_epoch, raw["requestTimeEpoch"].as_i64().unwrap());
    assert_eq!(context.identity.source_ip.as_deref(), Some("127.0.0.1"));
    for (key, value) in [("principalId", "user-1"), ("tenant", "t9"), ("admin", "true"), ("exp", "1701248641")] {
        assert_eq!(context.authorizer.fields[key], value, "{key}");
    }
    (read, context)
}

#[tokio::test]
async fn the_types_of_aws_lambda_events_read_every_event() {
    let [request, connect, message, disconnect] = events().await;

    let read: ApiGatewayCustomAuthorizerRequestTypeRequest = serde_json::from_value(request.clone()).unwrap();
    assert_eq!(read.method_arn.as_deref(), Some("arn:aws:execute-api:us-east-1:123456789012:everwire/dev/$connect"));
    assert_eq!(read.query_string_parameters.first("token"), Some("secret"));
    assert_eq!(read.headers["upgrade"], "websocket");

    let (read, context) = context(&connect);
    assert_eq!(context.route_key.as_deref(), Some("$connect"));
    assert_eq!(read.query_string_parameters.first("token"), Some("secret"));
    assert_eq!(read.headers["sec-websocket-version"], "13");
    assert!(read.body.is_none() && !read.is_base64_encoded);

    let (read, context) = self::context(&message);
    assert_eq!(context.route_key.as_deref(), Some("$default"));
    assert_eq!(context.message_id.as_deref(), message["requestContext"]["messageId"].as_str());
    assert_eq!(read.body.as_deref(), Some(r#"{"action":"x"}"#));

    let (read, context) = self::context(&disconnect);
    assert_eq!(context.route_key.as_deref(), Some("$disconnect"));
    assert_eq!(context.disconnect_status_code, Some(1005));
    assert_eq!(context.disconnect_reason.as_deref(), Some("Client-side close frame status not set"));
    assert!(read.body.is_none());
}
