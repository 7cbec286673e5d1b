//! Enough of a lexer to tell code from comments and strings, in JavaScript, TypeScript and Rust.

/// Whose rules for strings and comments apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    JavaScript,
    Rust,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier, keyword or number.
    Word,
    /// What stands between quotes.
    Text,
    /// One character of punctuation.
    Mark,
}

/// A piece of code; comments are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// Counted from 1.
    pub(super) line: usize,
}

/// Splits a source file.
pub(super) fn tokens(source: &str, language: Language) -> Vec<Token<'_>> {
    let mut lexer = Lexer { source, language, at: 0, line: 1, tokens: Vec::new(), braces: Vec::new() };
    lexer.run();
    lexer.tokens
}

struct Lexer<'a> {
    source: &'a str,
    language: Language,
    at: usize,
    line: usize,
    tokens: Vec<Token<'a>>,
    /// For each open brace, whether it is the `${` of a template.
    braces: Vec<bool>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn skip(&mut self, length: usize) -> &'a str {
        let text = &self.source[self.at..self.at + length];
        self.line += text.matches('\n').count();
        self.at += length;
        text
    }

    fn push(&mut self, kind: Kind, text: &'a str, line: usize) {
        self.tokens.push(Token { kind, text, line });
    }

    fn run(&mut self) {
        while let Some(next) = self.rest().chars().next() {
            let rest = self.rest();
            if rest.starts_with("//") {
                self.skip(rest.find('\n').unwrap_or(rest.len()));
            } else if rest.starts_with("/*") {
                self.comment();
            } else if next.is_alphanumeric() || next == '_' || next == '$' {
                self.word();
            } else if next == '"' {
                self.quoted('"');
            } else if next == '\'' {
                self.single_quote();
            } else if next == '`' && self.language == Language::JavaScript {
                self.skip(1);
                self.template();
            } else if next == '/' && self.language == Language::JavaScript && self.regex_may_start() {
                self.regex();
            } else if next.is_whitespace() {
                self.skip(next.len_utf8());
            } else {
                self.mark(next);
            }
        }
    }

    fn mark(&mut self, mark: char) {
        let line = self.line;
        let text = self.skip(mark.len_utf8());
        match mark {
            '{' => self.braces.push(false),
            '}' if self.braces.pop() == Some(true) => return self.template(),
            _ => {}
        }
        self.push(Kind::Mark, text, line);
    }

    /// Rust's block comments nest, JavaScript's do not.
    fn comment(&mut self) {
        let (mut depth, mut length) = (1, 2);
        let rest = self.rest();
        while depth > 0 && length < rest.len() {
            let here = &rest.as_bytes()[length..];
            if here.starts_with(b"*/") {
                depth -= 1;
                length += 2;
            } else if here.starts_with(b"/*") && self.language == Language::Rust {
                depth += 1;
                length += 2;
            } else {
                length += 1;
            }
        }
        self.skip(length);
    }

    fn word(&mut self) {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
        let line = self.line;
        let word = self.skip(length);
        let raw = self.language == Language::Rust && matches!(word, "r" | "br" | "cr");
        if raw && self.rest().trim_start_matches('#').starts_with('"') {
            return self.raw();
        }
        self.push(Kind::Word, word, line);
    }

    /// Rust's `r#"…"#`, from the first `#` on.
    fn raw(&mut self) {
        let rest = self.rest();
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        let end = format!("\"{}", "#".repeat(hashes));
        self.skip(hashes + 1);
        let line = self.line;
        let length = self.rest().find(&end).unwrap_or(self.rest().len());
        let text = self.skip(length);
        self.skip(end.len().min(self.rest().len()));
        self.push(Kind::Text, text, line);
    }

    fn quoted(&mut self, quote: char) {
        self.skip(1);
        let line = self.line;
        let length = end_of_text(self.rest(), |c| c == quote);
        let text = self.skip(length);
        self.skip(self.rest().chars().next().map_or(0, char::len_utf8));
        self.push(Kind::Text, text, line);
    }

    /// In Rust the start of a character or of a lifetime.
    fn single_quote(&mut self) {
        let mut after = self.rest().chars().skip(1);
        let (first, second) = (after.next(), after.next());
        if self.language == Language::JavaScript || first == Some('\\') || second == Some('\'') {
            self.quoted('\'');
        } else {
            self.mark('\'');
        }
    }

    /// A template from behind its backtick, or from behind the brace that ends a `${…}` in it.
    fn template(&mut self) {
        let line = self.line;
        let rest = self.rest();
        let mut previous = ' ';
        let length = end_of_text(rest, |c| {
            let ends = c == '`' || (c == '{' && previous == '$');
            previous = c;
            ends
        });
        let text = self.skip(length);
        if rest[length..].starts_with('{') {
            self.braces.push(true);
        }
        self.skip(usize::from(length < rest.len()));
        self.push(Kind::Text, text.strip_suffix('$').unwrap_or(text), line);
    }

    /// A `/` is a division behind a value and starts a regular expression anywhere else.
    fn regex_may_start(&self) -> bool {
        const BEFORE_A_VALUE: [&str; 7] = ["return", "typeof", "case", "in", "of", "void", "else"];
        match self.tokens.last() {
            None => true,
            Some(Token { kind: Kind::Text, .. }) => false,
            Some(Token { kind: Kind::Word, text, .. }) => BEFORE_A_VALUE.contains(text),
            Some(Token { kind: Kind::Mark, text, .. }) => !matches!(*text, ")" | "]" | "}"),
        }
    }

    fn regex(&mut self) {
        self.skip(1);
        let line = self.line;
        let mut in_class = false;
        let length = end_of_text(self.rest(), |c| {
            match c {
                '[' => in_class = true,
                ']' => in_class = false,
                _ => {}
            }
            c == '\n' || (c == '/' && !in_class)
        });
        let text = self.skip(length);
        self.skip(self.rest().chars().next().map_or(0, char::len_utf8));
        self.push(Kind::Text, text, line);
    }
}

/// The length up to the first character that `ends`; a character behind a backslash never does.
fn end_of_text(text: &str, mut ends: impl FnMut(char) -> bool) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if ends(c) {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str, language: Language) -> Vec<&str> {
        tokens(source, language).into_iter().filter(|token| token.kind == Kind::Word).map(|token| token.text).collect()
    }

    fn texts(source: &str, language: Language) -> Vec<&str> {
        tokens(source, language).into_iter().filter(|token| token.kind == Kind::Text).map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        let script = "a // b\n/* c \" */ d 'e' \"f\\\"g\" h";
        assert_eq!(words(script, Language::JavaScript), ["a", "d", "h"]);
        assert_eq!(texts(script, Language::JavaScript), ["e", "f\\\"g"]);
        assert_eq!(words("a /* b /* c */ d */ e", Language::Rust), ["a", "e"]);
    }

    #[test]
    fn code_inside_a_template_is_code() {
        let script = "x = `one ${ two({ three: `four` }) } five`; six";
        assert_eq!(words(script, Language::JavaScript), ["x", "two", "three", "six"]);
        assert_eq!(texts(script, Language::JavaScript), ["one ", "four", " five"]);
    }

    #[test]
    fn a_regular_expression_does_not_open_a_string() {
        assert_eq!(words("a = /['\"/]/.test(b); c", Language::JavaScript), ["a", "test", "b", "c"]);
        assert_eq!(words("a = b / c; d = 'e' / f", Language::JavaScript), ["a", "b", "c", "d", "f"]);
    }

    #[test]
    fn lifetimes_characters_and_raw_strings_of_rust() {
        let source = "fn f<'a>(c: &'a str) { g('\"'); h('\\''); i(r#\"j \" k\"#); l }";
        assert_eq!(words(source, Language::Rust), ["fn", "f", "a", "c", "a", "str", "g", "h", "i", "l"]);
        assert_eq!(texts(source, Language::Rust), ["\"", "\\'", "j \" k"]);
    }

    #[test]
    fn lines_are_counted_through_all_of_them() {
        let script = "/*\n*/ `\n` \"\\\n\" // \n a";
        assert_eq!(tokens(script, Language::JavaScript).last().map(|token| token.line), Some(5));
    }

    #[test]
    fn what_never_ends_does_not_hang() {
        for source in ["/*", "\"", "'", "`${", "`", "r#\"", "/", "}"] {
            let _ = tokens(source, Language::JavaScript);
            let _ = tokens(source, Language::Rust);
        }
    }
}
