//! Random histories, on an engine and on the reference model: both must answer alike.

use everwire_backend::{Connection, ConnectionState, Connections, Millis};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

use crate::{
    clock::NOW,
    store::{memory, row, sqlite},
};

/// One call of a random history.
#[derive(Clone, Debug)]
enum Call {
    Connect(Box<Connection>),
    Get(String, Millis),
    Activate(String, Millis),
    OfUser(String, Millis),
    Remove(String),
    RemoveGone(String, Millis),
    Sweep(Millis),
}

/// What a store answered, in a form that compares.
async fn answer(store: &dyn Connections, call: &Call) -> String {
    match call {
        Call::Connect(row) => format!("{:?}", store.connect(row).await.unwrap()),
        Call::Get(id, now) => format!("{:?}", store.get(id, *now).await.unwrap()),
        Call::Activate(id, now) => format!("{:?}", store.activate(id, *now).await.unwrap()),
        Call::OfUser(user, now) => format!("{:?}", store.of_user(user, *now).await.unwrap()),
        Call::Remove(id) => format!("{:?}", store.remove(id).await.unwrap()),
        Call::RemoveGone(id, at) => format!("{:?}", store.remove_gone(id, *at).await.unwrap()),
        Call::Sweep(now) => format!("{:?}", store.sweep(*now).await.unwrap()),
    }
}

/// Few names and few times, so that histories meet; names that would collide if they were not quoted or bound.
fn calls() -> impl Strategy<Value = Call> {
    let id = || select(vec!["A", "a", "A=", "%", "'", "A\0", "ä"]).prop_map(str::to_owned);
    let user = || select(vec!["u", "U", "u#", "u\n", ""]).prop_map(str::to_owned);
    let time = || (0_u64..8).prop_map(|step| NOW + step * 15_000);
    let claims = select(vec![json!({}), json!({ "a": "'" }), json!({ "a": [1, null], "b": { "c": 1.5 } })]);
    let connect = (id(), user(), time(), time(), time(), claims, any::<bool>()).prop_map(
        |(id, user, connected_at, last_seen, expires_at, claims, live)| {
            Call::Connect(Box::new(Connection {
                connected_at,
                last_seen,
                expires_at,
                exp: live.then_some(connected_at / 1000),
                state: if live { ConnectionState::Live } else { ConnectionState::Connected },
                claims: serde_json::from_value(claims).unwrap(),
                ..row(&id, &user)
            }))
        },
    );
    prop_oneof![
        4 => connect,
        2 => (id(), time()).prop_map(|(id, now)| Call::Get(id, now)),
        3 => (id(), time()).prop_map(|(id, now)| Call::Activate(id, now)),
        3 => (user(), time()).prop_map(|(user, now)| Call::OfUser(user, now)),
        1 => id().prop_map(Call::Remove),
        1 => (id(), time()).prop_map(|(id, at)| Call::RemoveGone(id, at)),
        1 => time().prop_map(Call::Sweep),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_answers_every_history_as_memory_does(history in vec(calls(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (model, engine) = (memory(), sqlite());
        runtime.block_on(async {
            for (n, call) in history.iter().enumerate() {
                let (expected, got) = (answer(&*model.store, call).await, answer(&*engine.store, call).await);
                prop_assert_eq!(expected, got, "call {} of the history: {:?}", n, call);
            }
            for user in ["u", "U", "u#", "u\n", ""] {
                let call = Call::OfUser(user.to_owned(), 0);
                prop_assert_eq!(answer(&*model.store, &call).await, answer(&*engine.store, &call).await, "what is left of {:?}", user);
            }
            Ok(())
        })?;
    }
}
