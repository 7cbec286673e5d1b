//! The pair of tokens in localStorage, which both panels and all tabs share, and the token source made of it.

use std::cell::RefCell;
use std::rc::Rc;

use everwire::{TokenError, TokenSource};
use serde::Deserialize;
use web_sys::Storage;

use crate::api::{self, ApiError, TokenPair};
use crate::{lock, session};

const STORAGE_KEY: &str = "auth-tokens-demo";

/// The stored pair, or `None` if nobody is signed in.
pub(crate) fn stored() -> Option<TokenPair> {
    let text = storage()?.get_item(STORAGE_KEY).ok()??;
    serde_json::from_str(&text).ok()
}

fn store(pair: &TokenPair) -> Result<(), TokenError> {
    let text = serde_json::to_string(pair).map_err(|_| TokenError::transient("the tokens cannot be written"))?;
    storage()
        .and_then(|storage| storage.set_item(STORAGE_KEY, &text).ok())
        .ok_or_else(|| TokenError::transient("localStorage does not take the tokens"))
}

fn clear() {
    if let Some(storage) = storage() {
        // Fails only where storage is denied, and then there is nothing in it.
        let _ = storage.remove_item(STORAGE_KEY);
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The id of the token that the client got last. The id (`jti`) is no secret.
#[derive(Clone, Default)]
pub(crate) struct LastToken(Rc<RefCell<String>>);

impl LastToken {
    pub(crate) fn id(&self) -> String {
        self.0.borrow().clone()
    }

    fn note(&self, token: &str) {
        *self.0.borrow_mut() = token_id(token).unwrap_or_default();
    }
}

impl PartialEq for LastToken {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The token source of this panel's client, which notes in `last` what it hands out.
pub(crate) fn token_source(last: &LastToken) -> TokenSource {
    let (getting, refreshing) = (last.clone(), last.clone());
    TokenSource::new(
        move || {
            let token = stored().map(|pair| pair.access_token);
            if let Some(token) = &token {
                getting.note(token);
            }
            async move { Ok(token) }
        },
        move |_reason| {
            let last = refreshing.clone();
            async move {
                let token = refresh().await?;
                last.note(&token);
                Ok(token)
            }
        },
    )
}

async fn refresh() -> Result<String, TokenError> {
    let Some(pair) = stored() else {
        return Err(TokenError::unauthorized("nobody is signed in"));
    };
    match api::refresh(&pair.refresh_token).await {
        Ok(fresh) => {
            store(&fresh)?;
            Ok(fresh.access_token)
        }
        // A refusal of a token that another tab has replaced meanwhile says nothing of the session: try again later.
        Err(error) if error.is_unauthorized() && is_stored(&pair) => {
            clear();
            session::announce_refused();
            Err(TokenError::unauthorized("the refresh token is not accepted any more"))
        }
        Err(error) => Err(TokenError::transient(error.to_string())),
    }
}

/// Makes a request of this panel's own with the access token; if the server says 401, once more with a fresh one.
///
/// A socket outlives the token that opened it, so after two quiet minutes the stored token has run out. The refresh takes
/// the lock of the clients of `socket_url`: however many ask for a token at a time, the server sees one refresh.
pub(crate) async fn with_token<T, F>(socket_url: &str, request: impl Fn(String) -> F) -> Result<T, String>
where
    F: Future<Output = Result<T, ApiError>>,
{
    let token = stored().map(|pair| pair.access_token).unwrap_or_default();
    match request(token.clone()).await {
        Err(error) if error.is_unauthorized() => {
            let renewed = lock::holding(&refresh_lock(socket_url), renewed(token)).await;
            let token = renewed.ok_or("this browser has no Web Locks")?.map_err(|error| error.to_string())?;
            request(token).await
        }
        answer => answer,
    }
    .map_err(|error| error.to_string())
}

fn refresh_lock(socket_url: &str) -> String {
    format!("everwire:refresh:{socket_url}")
}

async fn renewed(refused: String) -> Result<String, TokenError> {
    match stored() {
        Some(pair) if pair.access_token != refused => Ok(pair.access_token),
        _ => refresh().await,
    }
}

fn is_stored(pair: &TokenPair) -> bool {
    stored().is_some_and(|now| now.refresh_token == pair.refresh_token)
}

/// The `jti` in a token's payload, unverified: for display only.
fn token_id(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        jti: String,
    }
    let payload = token.split('.').nth(1)?.replace('-', "+").replace('_', "/");
    let payload = web_sys::window()?.atob(&payload).ok()?;
    // `atob` gives one character for each byte.
    let bytes: Option<Vec<u8>> = payload.chars().map(|character| u8::try_from(character).ok()).collect();
    serde_json::from_slice::<Claims>(&bytes?).ok().map(|claims| claims.jti)
}
