//! An app that does not fit together is not built, and says everything at once.

use std::{sync::Arc, time::Duration};

use everwire_backend::{App, Authorizer, Error, Json, Memory, Pusher, State};

use crate::{scripted_push::ScriptedPush, tokens::SECRET};

fn problems(result: Result<App, Error>) -> Vec<String> {
    match result {
        Err(Error::Build(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

#[derive(Clone)]
struct Orders;

#[derive(Clone)]
struct Prices;

#[test]
fn what_handlers_need_is_known_before_the_first_message() {
    let found = problems(
        App::builder()
            .connections(Arc::new(Memory::new()))
            .state(Prices)
            .route("a", |_: State<Orders>, _: State<Prices>, _: Pusher| async {})
            .fallback(|_: State<Orders>| async {})
            .build(),
    );
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].starts_with("the fallback: State<") && found[0].contains("Orders"), "{found:#?}");
    assert!(found[1].starts_with("the route \"a\": Pusher needs"), "{found:#?}");
    assert!(found[2].starts_with("the route \"a\": State<") && found[2].contains("Orders"), "{found:#?}");
}

#[test]
fn every_mistake_is_listed_at_once() {
    let found = problems(
        App::builder()
            .authorizer(
                Authorizer::hs256("short")
                    .leeway(Duration::from_secs(31))
                    .parameter("")
                    .identity(Vec::<String>::new())
                    .pass(["principalId", "a b"]),
            )
            .push(Arc::new(ScriptedPush::default()))
            .push_concurrency(0)
            .route("ws.ping", || async {})
            .route("$connect", || async {})
            .route("", || async {})
            .route("twice", || async {})
            .route("twice", || async {})
            .fallback(|| async {})
            .fallback(|| async {})
            .build(),
    );
    for expected in [
        "the HS256 secret has 5 bytes",
        "the leeway is 31s",
        "query parameter is empty",
        "no claim is to name the user",
        "\"principalId\"",
        "\"a b\"",
        "`.push(…)` needs `.connections(…)`",
        "routes need `.connections(…)`",
        "at least 1",
        "\"ws.ping\"",
        "\"$connect\"",
        "the route \"\"",
        "\"twice\" is there twice",
        "the fallback is there twice",
    ] {
        assert_eq!(found.iter().filter(|problem| problem.contains(expected)).count(), 1, "{expected} in {found:#?}");
    }
    assert_eq!(found.len(), 14, "{found:#?}");
    let text = Error::Build(found).to_string();
    assert!(!text.contains("short)") && !text.contains("\"short\""), "the secret itself is not shown: {text}");
}

#[test]
fn a_short_secret_needs_a_word_and_an_empty_one_never_passes() {
    let with = |authorizer| App::builder().authorizer(authorizer).build();
    assert!(with(Authorizer::hs256("x".repeat(32))).is_ok());
    assert_eq!(problems(with(Authorizer::hs256("x".repeat(31)))).len(), 1);
    assert!(with(Authorizer::hs256("x".repeat(31)).allow_short_secret()).is_ok());
    assert_eq!(problems(with(Authorizer::hs256("").allow_short_secret())), ["the HS256 secret is empty"]);
    assert!(with(Authorizer::hs256(SECRET).leeway(Duration::from_secs(30))).is_ok());
}

#[tokio::test]
async fn handlers_take_up_to_six_extractors() {
    let six = |_: State<Orders>,
               _: State<Prices>,
               _: State<u8>,
               _: State<u16>,
               _: State<u32>,
               State(last): State<u64>| async move { Json(last) };
    let app = App::builder()
        .connections(Arc::new(Memory::new()))
        .state(Orders)
        .state(Prices)
        .state(1_u8)
        .state(2_u16)
        .state(3_u32)
        .state(4_u64)
        .state(6_u64)
        .route("six", six)
        .build()
        .unwrap();
    assert_eq!(crate::events::frame(&app, r#"{"action":"six"}"#).await.unwrap(), 6, "the last state of a type counts");
}

#[tokio::test]
async fn outside_lambda_run_says_how_to_start_locally() {
    let error = App::builder().build().unwrap().run().await.unwrap_err();
    let text = error.to_string();
    #[cfg(feature = "lambda")]
    for part in ["AWS_LAMBDA_RUNTIME_API", "cargo xtask demo", "App::handle"] {
        assert!(text.contains(part), "{text}");
    }
    #[cfg(not(feature = "lambda"))]
    assert!(text.contains("`lambda`"), "{text}");
}
