//! The lock under which a token is refreshed: `navigator.locks`, which web-sys counts as unstable.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request(name: &str, holding: JsValue) -> Result<Promise, JsValue>;
}

/// Runs `work` while holding the lock `name`, and gives what it gave; `None` if the browser has no such lock.
pub(crate) async fn holding<T: 'static>(name: &str, work: impl Future<Output = T> + 'static) -> Option<T> {
    let result = Rc::new(RefCell::new(None));
    let work = {
        let result = Rc::clone(&result);
        Closure::once_into_js(move || {
            future_to_promise(async move {
                let value = work.await;
                result.borrow_mut().replace(value);
                Ok(JsValue::UNDEFINED)
            })
        })
    };
    JsFuture::from(request(name, work).ok()?).await.ok()?;
    result.take()
}
