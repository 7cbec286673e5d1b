//! The secret that signs access tokens: given by the environment, or made once and kept in a file beside the store.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::random::{self, NoRandomness};

/// Shortest accepted secret, in bytes: HS256 wants a key at least as long as its hash (RFC 7518, section 3.2).
pub const MIN_SECRET_BYTES: usize = 32;

/// The variable that brings a secret of one's own.
pub const SECRET_VARIABLE: &str = "EVERWIRE_JWT_SECRET";

/// A signing secret. It never shows in `Debug` output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret from text.
    ///
    /// # Errors
    ///
    /// [`SecretError::TooShort`] below [`MIN_SECRET_BYTES`].
    pub fn new(text: impl Into<String>) -> Result<Self, SecretError> {
        let text = text.into();
        if text.len() < MIN_SECRET_BYTES {
            return Err(SecretError::TooShort { bytes: text.len() });
        }
        Ok(Self(text))
    }

    /// Reads the secret kept beside `store`, or makes a random one and keeps it there, readable by its owner alone.
    ///
    /// # Errors
    ///
    /// The file cannot be read or made, or holds less than [`MIN_SECRET_BYTES`].
    pub fn beside(store: &Path) -> Result<Self, SecretError> {
        let path = secret_file(store);
        match create_private(&path) {
            Ok(file) => write_new(file, &path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read_kept(&path),
            Err(source) => Err(SecretError::File { path, source }),
        }
    }

    /// Reads the secret kept beside `store`, and makes none.
    ///
    /// # Errors
    ///
    /// [`SecretError::NoneKept`] when no demo has run on that store; else as for [`beside`](Self::beside).
    pub fn kept_beside(store: &Path) -> Result<Self, SecretError> {
        let path = secret_file(store);
        if path.exists() { read_kept(&path) } else { Err(SecretError::NoneKept { path }) }
    }

    /// The bytes that sign.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Why there is no usable secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The environment's secret is too short to sign with HS256.
    #[error(
        "{SECRET_VARIABLE} has {bytes} bytes and HS256 needs at least {MIN_SECRET_BYTES}: set a longer one, or unset it and a random secret is made"
    )]
    TooShort {
        /// Its length.
        bytes: usize,
    },
    /// The environment's secret is not UTF-8.
    #[error("{SECRET_VARIABLE} is not UTF-8 text: set it to at least {MIN_SECRET_BYTES} printable characters")]
    NotText,
    /// The kept file holds something else.
    #[error("{} holds no usable secret: delete it and a new one is made (everybody has to sign in again)", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// No demo has made one.
    #[error(
        "no demo has run on this store: there is no {}; start one, or name its store with --store sqlite:FILE, or its secret in {SECRET_VARIABLE}",
        path.display()
    )]
    NoneKept {
        /// Where it would be.
        path: PathBuf,
    },
    /// The file cannot be read or made.
    #[error(
        "cannot keep the signing secret in {} ({source}): choose a store in another folder with --store sqlite:FILE, or set {SECRET_VARIABLE}",
        path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No random bytes.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// `demo.db` keeps its secret in `demo.db.secret`.
fn secret_file(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".secret");
    PathBuf::from(name)
}

/// Creates the file with its final mode, so that at no moment others can read it.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write_new(mut file: File, path: &Path) -> Result<Secret, SecretError> {
    let secret = Secret(random::base64url::<32>()?);
    if let Err(source) = file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()) {
        // Half a secret would lock the next start out.
        let _ = fs::remove_file(path);
        return Err(SecretError::File { path: path.to_owned(), source });
    }
    Ok(secret)
}

fn read_kept(path: &Path) -> Result<Secret, SecretError> {
    let failed = |source| SecretError::File { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    close_to_others(&file, path).map_err(failed)?;
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(SecretError::Damaged { path: path.to_owned() });
        }
        Err(source) => return Err(failed(source)),
    }
    Secret::new(text.trim()).map_err(|_| SecretError::Damaged { path: path.to_owned() })
}

#[cfg(unix)]
fn close_to_others(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(file = %path.display(), "secret file was open to others, now closed");
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn close_to_others(_file: &File, _path: &Path) -> io::Result<()> {
    Ok(())
}
