//! The app as a Lambda function.

use super::App;
use crate::error::Error;

/// Serves the Lambda Runtime API, by the client of `lambda_runtime`.
#[cfg(feature = "lambda")]
pub(super) async fn run(app: App) -> Result<(), Error> {
    use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
    use serde_json::value::RawValue;

    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return Err(Error::NotInLambda);
    }
    let function = service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let app = app.clone();
        async move {
            let answer = app.handle(event.payload.get().as_bytes()).await.map_err(|failure| Diagnostic {
                error_type: failure.error_type,
                error_message: failure.error_message,
            })?;
            serde_json::from_slice::<Box<RawValue>>(&answer).map_err(|error| Diagnostic {
                error_type: "InvalidAnswer".to_owned(),
                error_message: error.to_string(),
            })
        }
    });
    lambda_runtime::run(function).await.map_err(|error| Error::Runtime(error.to_string()))
}

/// Without the feature there is no Lambda.
#[cfg(not(feature = "lambda"))]
pub(super) async fn run(app: App) -> Result<(), Error> {
    drop(app);
    Err(Error::FeatureOff("lambda"))
}
