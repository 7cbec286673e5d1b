//! The public API as an application uses it: this file is the contract with the demo.
use std::sync::Arc;

use everwire_backend::{
    App, Authorizer, Claims, ConnectionId, Connections, Endpoints, Json, ManagementApi, Memory, PushReport, Pusher,
    RouteError, Signing, State, Target, User,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone)]
struct Orders;

#[derive(Deserialize)]
struct GetOrder {
    id: u32,
}

#[derive(Serialize)]
struct Order {
    id: u32,
}

async fn get_order(_user: User, _: State<Orders>, Json(query): Json<GetOrder>) -> Result<Json<Order>, RouteError> {
    match query.id {
        0 => Err(RouteError::new("not_found", "there is no order 0")),
        id => Ok(Json(Order { id })),
    }
}

async fn whoami(user: User, id: ConnectionId, _claims: Claims) -> Json<Value> {
    Json(json!({ "connectionId": *id, "userId": *user }))
}

async fn poke(user: User, pusher: Pusher) -> Result<(), everwire_backend::BoxError> {
    pusher.send(&Target::User(&user), &json!({ "action": "poked" })).await?;
    Ok(())
}

#[tokio::test]
async fn an_app_is_put_together_from_plain_async_functions() {
    let connections: Arc<dyn Connections> = Arc::new(Memory::new());
    let endpoints = Endpoints::new().with("127.0.0.1:4400", "dev", "http://127.0.0.1:4400/dev").unwrap();
    let app = App::builder()
        .authorizer(
            Authorizer::hs256("0123456789abcdef0123456789abcdef")
                .refuse_when(|claims| claims.str("jti") == Some("revoked")),
        )
        .connections(connections.clone())
        .push(Arc::new(ManagementApi::new(endpoints, Signing::local())))
        .state(Orders)
        .state(connections)
        .route("orders.get", get_order)
        .route("whoami", whoami)
        .route("poke", poke)
        .fallback(|id: ConnectionId| async move { Json(json!({ "connectionId": *id })) })
        .build()
        .unwrap();
    let report = app.notify(&Target::User("42"), &json!({ "action": "hello" })).await.unwrap();
    assert_eq!(report, PushReport::default(), "nobody is there");
}
