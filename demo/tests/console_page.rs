//! The console page: types, policy, and the hint while it is not built.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use std::fs;

use harness::Running;

#[tokio::test]
async fn a_missing_page_says_how_to_build_it_and_appears_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let hint = demo.get("/").await;
    assert_eq!((hint.status, hint.header("content-type")), (503, Some("text/html; charset=utf-8")));
    assert!(hint.text().contains("cargo xtask demo"), "{}", hint.text());

    fs::create_dir(folder.path().join("console")).unwrap();
    fs::write(folder.path().join("console/index.html"), "<!doctype html>built").unwrap();
    let page = demo.get("/").await;
    assert_eq!((page.status, page.text().as_str()), (200, "<!doctype html>built"));
}

#[tokio::test]
async fn files_have_their_types_and_every_answer_has_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    let console = folder.path().join("console");
    fs::create_dir_all(console.join("pkg")).unwrap();
    let files = [
        ("index.html", "text/html"),
        ("boot.js", "text/javascript"),
        ("console.css", "text/css"),
        ("icon.svg", "image/svg+xml"),
        ("pkg/everwire_bg.wasm", "application/wasm"),
    ];
    for (name, _) in files {
        fs::write(console.join(name), name).unwrap();
    }
    let demo = Running::start(folder.path()).await;

    for (name, kind) in files {
        let answer = demo.get(&format!("/{name}")).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, name));
        assert_eq!(answer.header("content-type"), Some(kind));
    }
    for path in ["/", "/boot.js", "/pkg/everwire_bg.wasm", "/missing.js"] {
        let answer = demo.get(path).await;
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("script-src 'self' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}

#[tokio::test]
async fn nothing_outside_the_folder_is_served() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("console")).unwrap();
    fs::write(folder.path().join("console/index.html"), "page").unwrap();
    fs::write(folder.path().join("outside.txt"), "outside").unwrap();
    let demo = Running::start(folder.path()).await;
    for path in ["/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/pkg/../../outside.txt", "//demo.db"] {
        let answer = demo.get(path).await;
        assert!(answer.status >= 400, "{path} answered {}", answer.status);
        assert!(!answer.text().contains("outside"), "{path}");
    }
}
