//! What is SQLite's own: the file, its schema, other processes.

use std::{fs, path::Path, time::Duration};

use everwire_backend::{Connections, Sqlite, StoreError};
use rusqlite::Connection as Sql;
use tempfile::tempdir;

use crate::{clock::NOW, store::row};

fn open_error(path: &Path) -> StoreError {
    Sqlite::open(path).unwrap_err()
}

#[test]
fn a_file_that_cannot_be_written_is_named_with_what_to_do() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for path in [folder.path().join("missing/store.db"), folder.path().join("file/store.db"), folder.path().to_owned()]
    {
        let error = open_error(&path);
        assert!(matches!(&error, StoreError::Unwritable { path: named, .. } if *named == path), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains(path.to_str().unwrap())
                && text.contains("name a file in a folder that exists")
                && !text.contains('\n'),
            "{text}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_on_a_file_system_that_takes_no_writes_is_named_too() {
    let error = open_error(Path::new("/proc/version"));
    assert!(matches!(error, StoreError::Unwritable { .. }), "{error:?}");
}

#[test]
fn a_file_that_is_something_else_is_left_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    let letter = "Dear Sir or Madam, ".repeat(100);
    fs::write(&path, &letter).unwrap();
    let error = open_error(&path);
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("store.db");
    drop(Sqlite::open(&path).unwrap());
    Sql::open(&path).unwrap().execute("UPDATE everwire_schema SET version = 99", []).unwrap();
    let error = open_error(&path);
    assert!(matches!(error, StoreError::TooNew { found: 99, known: 1, .. }), "{error:?}");
    assert!(error.to_string().contains("update the program"), "{error}");
    let version: i64 =
        Sql::open(&path).unwrap().query_row("SELECT version FROM everwire_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 99);
}

#[tokio::test]
async fn rows_survive_a_restart_beside_the_applications_own_tables() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("store.db");
    Sql::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE refresh_tokens (hash TEXT); PRAGMA user_version = 41;")
        .unwrap();
    Sqlite::open(&path).unwrap().connect(&row("A", "u")).await.unwrap();

    let store = Sqlite::open(&path).unwrap();
    assert_eq!(store.get("A", NOW).await.unwrap(), Some(row("A", "u")));
    let version: i64 = Sql::open(&path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 41, "SQLite's own version belongs to the application");
}

#[cfg(unix)]
#[test]
fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    let path = folder.path().join("store.db");
    let _store = Sqlite::open(&path).unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.file_name());
    }
}

#[test]
fn a_name_with_a_meaning_to_sqlite_is_a_file_like_any_other() {
    let folder = tempdir().unwrap();
    let path = folder.path().join(":memory:");
    let store = Sqlite::open(&path).unwrap();
    assert_eq!(store.path(), path);
    assert!(fs::metadata(&path).unwrap().len() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_that_open_one_new_file_at_once_share_it() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("store.db");
    let opening: Vec<_> = (0..6)
        .map(|_| {
            let path = path.clone();
            tokio::task::spawn_blocking(move || Sqlite::open(path).unwrap())
        })
        .collect();
    let mut stores = Vec::new();
    for store in opening {
        stores.push(store.await.unwrap());
    }
    let rows: Vec<_> = (0..240).map(|n| row(&format!("c{n}"), "u")).collect();
    let writes = rows.iter().enumerate().map(|(n, row)| stores[n % stores.len()].connect(row));
    for written in futures_util::future::join_all(writes).await {
        written.unwrap();
    }
    for store in &stores {
        assert_eq!(store.of_user("u", NOW).await.unwrap().len(), 240);
    }
}

#[tokio::test]
async fn a_row_that_makes_no_sense_is_an_error_and_no_panic() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = Sqlite::open(&path).unwrap();
    for (column, value) in [("state", "'asleep'"), ("mode", "'loud'"), ("claims", "'{'"), ("claims", "'[]'")] {
        store.connect(&row("A", "u")).await.unwrap();
        let sql = Sql::open(&path).unwrap();
        sql.busy_timeout(Duration::from_secs(5)).unwrap();
        sql.execute(&format!("UPDATE everwire_connections SET {column} = {value}"), []).unwrap();
        let error = store.get("A", NOW).await.unwrap_err();
        assert!(matches!(error, StoreError::Failed(_)), "{column}: {error:?}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_failed_write_fails_its_caller_and_nobody_else() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = Sqlite::open(&path).unwrap();
    Sql::open(&path).unwrap().execute_batch(
        "CREATE TRIGGER no_bad BEFORE INSERT ON everwire_connections WHEN new.user = 'bad' BEGIN SELECT RAISE(ABORT, 'not this one'); END;",
    ).unwrap();
    let rows: Vec<_> = (0..30).map(|n| row(&format!("c{n}"), if n % 3 == 0 { "bad" } else { "good" })).collect();
    let written = futures_util::future::join_all(rows.iter().map(|row| store.connect(row))).await;
    for (row, written) in rows.iter().zip(written) {
        match row.user.as_str() {
            "good" => written.unwrap(),
            _ => assert!(written.unwrap_err().to_string().contains("not this one")),
        }
    }
    assert_eq!(store.of_user("good", NOW).await.unwrap().len(), 20);
    assert_eq!(store.of_user("bad", NOW).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_store_that_another_process_holds_for_too_long_is_busy_and_recovers() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = Sqlite::open(&path).unwrap();
    let other = Sql::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let (a, b) = (row("A", "u"), row("B", "u"));
    let (first, second) = futures_util::future::join(store.connect(&a), store.connect(&b)).await;
    for error in [first.unwrap_err(), second.unwrap_err()] {
        assert!(matches!(error, StoreError::Busy(_)) && error.is_retryable(), "{error:?}");
        assert!(error.to_string().contains("another process is writing"), "{error}");
    }
    assert_eq!(store.of_user("u", NOW).await.unwrap(), [], "reading goes on, and nothing was written");

    other.execute_batch("COMMIT").unwrap();
    store.connect(&a).await.unwrap();
    assert_eq!(store.of_user("u", NOW).await.unwrap(), [a]);
}
