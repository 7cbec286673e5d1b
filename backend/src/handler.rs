//! Async functions as handlers.

use std::future::Future;

use futures_util::future::BoxFuture;

use crate::{
    error::BoxError,
    extract::FromMessage,
    message::Message,
    reply::{IntoReply, Reply},
    resources::Resources,
};

/// An async function of up to six extractors, as [`AppBuilder::route`](crate::AppBuilder::route) takes it.
///
/// `Args` only tells the implementations apart; it is inferred.
pub trait Handler<Args>: Clone + Send + Sync + 'static {
    /// Handles one message.
    fn call(self, message: Message) -> BoxFuture<'static, Result<Reply, BoxError>>;

    /// What the extractors need and the app was not built with.
    fn missing(resources: &Resources) -> Vec<String>;
}

macro_rules! handler {
    ($($extractor:ident),*) => {
        impl<F, Fut, $($extractor,)*> Handler<($($extractor,)*)> for F
        where
            F: Fn($($extractor),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future + Send,
            Fut::Output: IntoReply,
            $($extractor: FromMessage + Send + 'static,)*
        {
            #[allow(non_snake_case, unused_variables)]
            fn call(self, message: Message) -> BoxFuture<'static, Result<Reply, BoxError>> {
                Box::pin(async move {
                    $(let $extractor = $extractor::from_message(&message).await?;)*
                    self($($extractor),*).await.into_reply()
                })
            }

            #[allow(unused_variables)]
            fn missing(resources: &Resources) -> Vec<String> {
                let missing: [Option<String>; _] = [$($extractor::missing(resources)),*];
                missing.into_iter().flatten().collect()
            }
        }
    };
}

handler!();
handler!(A);
handler!(A, B);
handler!(A, B, C);
handler!(A, B, C, D);
handler!(A, B, C, D, E);
handler!(A, B, C, D, E, G);
