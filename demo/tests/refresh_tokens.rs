//! Refresh tokens: rotation, the ten seconds of grace, expiry, and that only hashes are stored.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use std::path::Path;
use std::pin::pin;

use everwire_demo::{Database, GRACE_MS, LIFETIME_MS, RefreshTokens, Refusal, RotateError};
use harness::Hands;

const NOW: u64 = 1_700_000_000_000;

fn tokens(folder: &Path, hands: &Hands) -> RefreshTokens {
    RefreshTokens::open(Database::open(&folder.join("demo.db")).unwrap(), hands.clock()).unwrap()
}

async fn refusal(tokens: &RefreshTokens, token: &str) -> Refusal {
    match tokens.rotate(token).await {
        Err(RotateError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn each_token_buys_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = tokens(folder.path(), &Hands::at(NOW));

    let mut token = tokens.issue("ada").await.unwrap();
    for _ in 0..3 {
        let rotated = tokens.rotate(&token).await.unwrap();
        assert_eq!(rotated.user, "ada");
        assert_ne!(rotated.refresh_token, token);
        token = rotated.refresh_token;
    }
}

#[tokio::test]
async fn a_used_token_stays_good_for_ten_seconds_and_not_a_millisecond_longer() {
    let folder = tempfile::tempdir().unwrap();
    let hands = Hands::at(NOW);
    let tokens = tokens(folder.path(), &hands);
    let first = tokens.issue("ada").await.unwrap();
    tokens.rotate(&first).await.unwrap();

    hands.advance(GRACE_MS - 1);
    assert_eq!(tokens.rotate(&first).await.unwrap().user, "ada");
    hands.advance(1);
    assert_eq!(refusal(&tokens, &first).await, Refusal::Reused);
}

#[tokio::test]
async fn whoever_comes_within_the_grace_gets_a_successor_that_stays_good() {
    let folder = tempfile::tempdir().unwrap();
    let hands = Hands::at(NOW);
    let tokens = tokens(folder.path(), &hands);
    let first = tokens.issue("ada").await.unwrap();

    let one = tokens.rotate(&first).await.unwrap().refresh_token;
    let two = tokens.rotate(&first).await.unwrap().refresh_token;
    assert_ne!(one, two);

    // Either may be the one that the browser kept.
    hands.advance(GRACE_MS * 6);
    assert!(tokens.rotate(&one).await.is_ok());
    assert!(tokens.rotate(&two).await.is_ok());
}

#[tokio::test]
async fn two_tabs_at_the_same_moment_both_stay_signed_in() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = tokens(folder.path(), &Hands::at(NOW));
    let first = tokens.issue("ada").await.unwrap();

    let (one, two) = tokio::join!(tokens.rotate(&first), tokens.rotate(&first));
    assert!(tokens.rotate(&one.unwrap().refresh_token).await.is_ok());
    assert!(tokens.rotate(&two.unwrap().refresh_token).await.is_ok());
}

#[tokio::test]
async fn a_use_within_the_grace_does_not_prolong_it() {
    let folder = tempfile::tempdir().unwrap();
    let hands = Hands::at(NOW);
    let tokens = tokens(folder.path(), &hands);
    let first = tokens.issue("ada").await.unwrap();

    for _ in 0..4 {
        tokens.rotate(&first).await.unwrap();
        hands.advance(GRACE_MS / 4);
    }
    assert_eq!(refusal(&tokens, &first).await, Refusal::Reused);
}

#[tokio::test]
async fn what_is_spent_waiting_for_a_busy_store_is_not_taken_from_the_grace() {
    let folder = tempfile::tempdir().unwrap();
    let hands = Hands::at(NOW);
    let tokens = tokens(folder.path(), &hands);
    let first = tokens.issue("ada").await.unwrap();

    let busy = rusqlite::Connection::open(folder.path().join("demo.db")).unwrap();
    busy.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting = pin!(tokens.rotate(&first));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    hands.advance(GRACE_MS);
    busy.execute_batch("ROLLBACK").unwrap();
    waiting.await.unwrap();

    // The caller had given up by then and comes again.
    assert_eq!(tokens.rotate(&first).await.unwrap().user, "ada");
}

#[tokio::test]
async fn a_token_that_was_never_issued_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = tokens(folder.path(), &Hands::at(NOW));
    for token in ["", "x", "' OR 1=1 --", &"a".repeat(100_000)] {
        assert_eq!(refusal(&tokens, token).await, Refusal::Unknown);
    }
}

#[tokio::test]
async fn an_unused_token_expires_after_thirty_days() {
    let folder = tempfile::tempdir().unwrap();
    let hands = Hands::at(NOW);
    let tokens = tokens(folder.path(), &hands);
    let (one, two) = (tokens.issue("ada").await.unwrap(), tokens.issue("ada").await.unwrap());

    hands.advance(LIFETIME_MS - 1);
    assert!(tokens.rotate(&one).await.is_ok());
    hands.advance(1);
    assert_eq!(refusal(&tokens, &two).await, Refusal::Expired);
}

#[tokio::test]
async fn a_restart_on_the_same_file_knows_current_and_used_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let hands = Hands::at(NOW);
    let before = tokens(folder.path(), &hands);
    let used = before.issue("ada").await.unwrap();
    let current = before.rotate(&used).await.unwrap().refresh_token;
    drop(before);

    hands.advance(GRACE_MS);
    let after = tokens(folder.path(), &hands);
    assert_eq!(after.rotate(&current).await.unwrap().user, "ada");
    assert_eq!(refusal(&after, &used).await, Refusal::Reused);
}

#[tokio::test]
async fn the_file_never_holds_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = tokens(folder.path(), &Hands::at(NOW));
    let first = tokens.issue("ada").await.unwrap();
    let second = tokens.rotate(&first).await.unwrap().refresh_token;

    let mut stored = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        stored.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("ada"), "the search itself must be able to find something");
    assert!(!holds(&first) && !holds(&second));
}
