//! The signing secret: made once, kept private, refused when it is too short.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;

use everwire_demo::{MIN_SECRET_BYTES, Secret, SecretError};

#[test]
fn the_secret_is_made_once_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("demo.db");
    let first = Secret::beside(&store).unwrap();
    assert!(first.as_bytes().len() >= MIN_SECRET_BYTES);
    assert_eq!(Secret::beside(&store).unwrap(), first);
    assert_ne!(Secret::beside(&folder.path().join("other.db")).unwrap(), first);
}

#[cfg(unix)]
#[test]
fn the_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("demo.db");
    let file = folder.path().join("demo.db.secret");
    let mode = || fs::metadata(&file).unwrap().permissions().mode() & 0o777;

    let secret = Secret::beside(&store).unwrap();
    assert_eq!(mode(), 0o600);

    // Opened to others by a copy or a careless chmod: closed again, and still used.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(Secret::beside(&store).unwrap(), secret);
    assert_eq!(mode(), 0o600);
}

#[test]
fn a_secret_of_31_bytes_is_refused_and_one_of_32_is_taken() {
    assert!(matches!(Secret::new("x".repeat(31)), Err(SecretError::TooShort { bytes: 31 })));
    assert!(matches!(Secret::new(""), Err(SecretError::TooShort { bytes: 0 })));
    assert!(Secret::new("x".repeat(32)).is_ok());
}

#[test]
fn a_damaged_file_says_what_to_do() {
    let cases: [(&str, &[u8]); 3] = [("empty", b""), ("short", b"abc\n"), ("binary", &[0xff; 64])];
    for (name, content) in cases {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("demo.db.secret"), content).unwrap();
        let error = Secret::beside(&folder.path().join("demo.db")).unwrap_err();
        assert!(matches!(error, SecretError::Damaged { .. }), "{name}: {error:?}");
        assert!(error.to_string().contains("delete it"), "{name}: {error}");
    }
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let error = Secret::beside(Path::new("/nonexistent/demo.db")).unwrap_err();
    assert!(matches!(error, SecretError::File { .. }));
    assert!(error.to_string().contains("/nonexistent/demo.db.secret"), "{error}");
}

#[test]
fn no_output_shows_the_secret() {
    let text = "a-secret-that-must-not-be-printed-anywhere";
    let secret = Secret::new(text).unwrap();
    assert!(!format!("{secret:?}").contains(text));
}
