//! Only the client crate opens sockets: neither `js/` nor `www/` nor the page may get hold of a WebSocket constructor.
//!
//! Naming the constructor is enough to be found, since `const S = WebSocket` or `globalThis["WebSocket"]` would lead
//! around a rule about `new`. Comments may name it, and so may longer strings.

use super::token::{Kind, Language, Token, tokens};
use super::{Finding, Source};

const CONSTRUCTORS: [&str; 2] = ["WebSocket", "WebSocketStream"];

/// Every place where a constructor is named.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    sources.iter().filter(|source| in_scope(&source.path)).flat_map(check_one).collect()
}

fn in_scope(path: &str) -> bool {
    // A declaration file describes types and runs nothing.
    (path.starts_with("js/") || path.starts_with("www/") || path == "index.html") && !path.ends_with(".d.ts")
}

fn check_one(source: &Source) -> Vec<Finding> {
    let extension = source.path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let scripts;
    let (text, language) = match extension {
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "tsx" => (&source.text, Language::JavaScript),
        "rs" => (&source.text, Language::Rust),
        "html" => {
            scripts = only_scripts(&source.text);
            (&scripts, Language::JavaScript)
        }
        _ => return Vec::new(),
    };
    let tokens = tokens(text, language);
    let by_gloo = tokens.iter().any(|token| token.text == "gloo_net");
    let mut previous = "";
    let mut findings = Vec::new();
    for token in &tokens {
        if names_constructor(token) || (by_gloo && is_module_of_gloo(token, previous)) {
            findings.push(Finding {
                path: source.path.clone(),
                line: token.line,
                what: format!("`{}`: use the client instead, it alone opens sockets", token.text),
            });
        }
        previous = token.text;
    }
    findings
}

fn names_constructor(token: &Token<'_>) -> bool {
    token.kind != Kind::Mark && CONSTRUCTORS.contains(&token.text)
}

/// `gloo_net::websocket`, also as one of several imports.
fn is_module_of_gloo(token: &Token<'_>, previous: &str) -> bool {
    token.kind == Kind::Word && token.text == "websocket" && matches!(previous, ":" | "{" | ",")
}

/// The page with everything but the content of its `<script>` elements and its event attributes blanked, line by line.
fn only_scripts(page: &str) -> String {
    let mut kept = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(start) = rest.find("<script") {
        let body = rest[start..].find('>').map_or(rest.len(), |end| start + end + 1);
        blank(&rest[..body], &mut kept);
        rest = &rest[body..];
        let end = rest.find("</script").unwrap_or(rest.len());
        kept.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    blank(rest, &mut kept);
    kept
}

fn blank(text: &str, into: &mut String) {
    into.extend(text.chars().filter(|c| *c == '\n'));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&[Source { path: path.to_owned(), text: text.to_owned() }])
            .into_iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn a_planted_constructor_is_found_in_any_dress() {
        for planted in [
            "const s = new WebSocket(url);",
            "const s = new  WebSocket (url)",
            "const s = new globalThis.WebSocket(url);",
            "const S = WebSocket; new S(url);",
            "const S = globalThis.WebSocket;",
            "const S = window['WebSocket'];",
            "const S = self[`WebSocket`];",
            "const { WebSocket: S } = globalThis;",
            "Reflect.construct(WebSocket, [url])",
            "class S extends WebSocket {}",
            "const s = `${new WebSocket(url)}`;",
            "const p = /[\"']/; const s = new WebSocket(url);",
            "import WebSocket from 'ws';",
            "new WebSocketStream(url)",
        ] {
            assert_eq!(lines("js/index.js", planted), [1], "{planted}");
            assert_eq!(lines("www/boot.js", planted), [1], "{planted}");
            let page = format!("<p>WebSocket</p>\n<script type=\"module\">\n{planted}\n</script>");
            assert_eq!(lines("index.html", &page), [3], "{planted}");
        }
        for planted in [
            "let s = WebSocket::new(url)?;",
            "let s = web_sys::WebSocket::new(url)?;",
            "use web_sys::{Window, WebSocket as S};",
            "let s = Reflect::get(&global, &\"WebSocket\".into())?;",
            "use gloo_net::websocket::futures;",
            "use gloo_net::{http, websocket};",
        ] {
            assert_eq!(lines("www/src/panel.rs", planted), [1], "{planted}");
        }
    }

    #[test]
    fn naming_it_in_prose_or_using_the_client_is_fine() {
        for (path, text) in [
            ("js/index.js", "// a WebSocket that comes back\n/* new WebSocket(url) */\nnew WSClient(options)"),
            ("js/index.js", "throw new Error('the WebSocket is closed')"),
            ("js/index.d.ts", "export type Factory = typeof WebSocket;"),
            ("js/README.md", "new WebSocket(url)"),
            ("index.html", "<h1>A WebSocket that comes back</h1><script src=\"./www/boot.js\"></script>"),
            ("www/src/app.rs", "use everwire::yew::WebSocketProvider; let websocket = use_websocket_client();"),
            ("src/browser/socket.rs", "web_sys::WebSocket::new(url)"),
            ("demo/tests/story.rs", "new WebSocket"),
        ] {
            assert!(lines(path, text).is_empty(), "{path}: {text}");
        }
    }
}
