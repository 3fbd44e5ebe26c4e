//! A look at the bytes of a file before it is parsed: whether that is worth it.

use std::collections::HashSet;

/// What the bytes of a file give away.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    /// Whether it has a word or a text that matters here.
    pub(super) is_interesting: bool,
    /// Whether it has modules in other files, or makes other files a part of it.
    pub(super) has_modules: bool,
    /// Names of constants and functions that it defines.
    pub(super) defines: HashSet<String>,
}

/// Which words and texts matter.
pub(super) struct Telling {
    pub(super) word: fn(&str) -> bool,
    pub(super) text: fn(&str) -> bool,
    /// Whether any text matters that a macro or an attribute of this name is given.
    pub(super) owner: fn(&str) -> bool,
}

/// Looks at a file.
pub(super) fn outline(text: &str, telling: &Telling) -> Outline {
    let mut outline = Outline::default();
    let mut near = Near::default();
    for token in Tokens::new(text) {
        let is_known = outline.is_interesting;
        let is_interesting = match token {
            Token::Word(word) => {
                if near.defines() {
                    outline.defines.insert(word.to_owned());
                }
                outline.has_modules |= word == "include";
                !is_known && (telling.word)(word)
            }
            Token::Text(text) => near.owner().is_some_and(telling.owner) || (telling.text)(text),
            Token::Sign(sign) => {
                outline.has_modules |= sign == b';' && near.words.1 == "mod";
                false
            }
        };
        outline.is_interesting |= is_interesting;
        near.take(token);
    }
    outline
}

/// What stands before a token.
#[derive(Default)]
struct Near<'a> {
    /// The last word, and the one before it.
    words: (&'a str, &'a str),
    /// The signs behind the last word.
    signs: Vec<u8>,
    /// The attribute that is open, and the brackets that are open in it.
    attribute: Option<(&'a str, usize)>,
}

impl<'a> Near<'a> {
    /// Whether the next word is a name that is given to a value.
    fn defines(&self) -> bool {
        let is_static = matches!(self.words, ("mut" | "ref", "static"));
        self.signs.is_empty() && (is_static || matches!(self.words.0, "const" | "static" | "fn"))
    }

    /// The macro or the attribute whose argument the next text is.
    fn owner(&self) -> Option<&'a str> {
        match (self.signs.as_slice(), self.attribute) {
            ([b'!', b'(' | b'[' | b'{'], _) => Some(self.words.0),
            (_, Some((name, _))) => Some(name),
            _ => None,
        }
    }

    fn take(&mut self, token: Token<'a>) {
        const MANY: usize = 4;
        match token {
            Token::Word(word) => {
                if matches!(self.attribute, Some(("", _))) {
                    self.attribute = Some((word, 1));
                }
                self.words = match self.signs.is_empty() {
                    true => (word, self.words.0),
                    false => (word, ""),
                };
                self.signs.clear();
            }
            Token::Text(_) => {
                self.words = ("", "");
                self.signs.clear();
            }
            Token::Sign(sign) => {
                match (&mut self.attribute, sign) {
                    (None, b'[') if matches!(self.signs.last(), Some(b'#')) => {
                        self.attribute = Some(("", 1));
                    }
                    (Some((_, open)), b'[') => *open += 1,
                    (Some((_, open)), b']') => *open -= 1,
                    _ => {}
                }
                if matches!(self.attribute, Some((_, 0))) {
                    self.attribute = None;
                }
                if self.signs.len() == MANY {
                    self.signs.remove(0);
                }
                self.signs.push(sign);
            }
        }
    }
}

enum Token<'a> {
    Word(&'a str),
    Text(&'a str),
    Sign(u8),
}

/// Words, texts and signs; comments are none.
struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Where a text is next, or the end.
    fn seek(&self, needle: &str) -> usize {
        let bytes = self.text.as_bytes();
        let first = needle.as_bytes().first().copied();
        let mut at = self.at;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match rest.iter().position(|byte| Some(*byte) == first) {
                Some(found)
                    if rest
                        .get(found..)
                        .is_some_and(|rest| rest.starts_with(needle.as_bytes())) =>
                {
                    return at + found;
                }
                Some(found) => at += found + 1,
                None => break,
            }
        }
        self.text.len()
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while let (Some(one), two) = (self.byte(0), self.byte(1)) {
            match (one, two) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    /// A text in double quotes, of which the first is here.
    fn quoted(&mut self) -> Token<'a> {
        self.at += 1;
        let start = self.at;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.text.len());
        let text = self.slice(start, self.at);
        self.at += 1;
        Token::Text(text)
    }

    /// A raw text, whose hashes begin so far ahead; none where it is none.
    fn raw(&mut self, ahead: usize) -> Option<Token<'a>> {
        let mut hashes = 0;
        while self.byte(ahead + hashes) == Some(b'#') {
            hashes += 1;
        }
        if self.byte(ahead + hashes) != Some(b'"') {
            return None;
        }
        self.at += ahead + hashes + 1;
        let start = self.at;
        let end = format!("\"{}", "#".repeat(hashes));
        let to = self.seek(&end);
        self.at = (to + end.len()).min(self.text.len());
        Some(Token::Text(self.slice(start, to)))
    }

    /// A character, or a lifetime: the quote is here.
    fn character(&mut self) {
        if self.byte(1) == Some(b'\\') {
            self.at += 3;
            while self
                .byte(0)
                .is_some_and(|byte| byte != b'\'' && byte != b'\n')
            {
                self.at += 1;
            }
            self.at += 1;
            return;
        }
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let length = rest.chars().next().map_or(0, char::len_utf8);
        let is_closed = self.byte(1 + length) == Some(b'\'');
        self.at += if is_closed { length + 2 } else { 1 };
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let byte = self.byte(0)?;
            match byte {
                b'/' if self.byte(1) == Some(b'/') => self.at = self.seek("\n"),
                b'/' if self.byte(1) == Some(b'*') => self.block_comment(),
                b'"' => return Some(self.quoted()),
                b'\'' => self.character(),
                b'r' => {
                    if let Some(raw) = self.raw(1) {
                        return Some(raw);
                    }
                    return Some(self.word());
                }
                b'b' | b'c' => match (self.byte(1), self.byte(2)) {
                    (Some(b'"'), _) => {
                        self.at += 1;
                        return Some(self.quoted());
                    }
                    (Some(b'\''), _) if byte == b'b' => {
                        self.at += 1;
                        self.character();
                    }
                    (Some(b'r'), Some(b'"' | b'#')) => {
                        if let Some(raw) = self.raw(2) {
                            return Some(raw);
                        }
                        return Some(self.word());
                    }
                    _ => return Some(self.word()),
                },
                _ if is_word(byte) => return Some(self.word()),
                _ if byte.is_ascii_whitespace() => self.at += 1,
                _ => {
                    self.at += 1;
                    return Some(Token::Sign(byte));
                }
            }
        }
    }
}

impl<'a> Tokens<'a> {
    fn word(&mut self) -> Token<'a> {
        let start = self.at;
        while self.byte(0).is_some_and(is_word) {
            self.at += 1;
        }
        Token::Word(self.slice(start, self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(text: &str) -> Outline {
        let telling = Telling {
            word: |word| word == "bind",
            text: |text| text == "x.toml",
            owner: |owner| owner == "embed",
        };
        outline(text, &telling)
    }

    #[test]
    fn words_and_texts_are_told_from_comments() {
        for (text, expected) in [
            ("fn a() { bind(); }", true),
            ("// bind\n/* bind /* */ bind */ fn a() {}", false),
            ("const A: &str = \"bind\";", false),
            ("const A: &str = r##\"bind \"# \"##;", false),
            ("fn a() { f(\"x.toml\") }", true),
            ("fn a() { f(br#\"x.toml\"#) }", true),
            ("fn a<'a>(c: char) { c == '\"'; bind() }", true),
            ("fn a() { b'\\''; '\\u{1f600}'; '\u{1f600}'; bind() }", true),
            ("fn a() { unbind() }", false),
            ("fn a() { embed!(\"web\") }", true),
            ("#[embed(folder = \"web\")] struct A;", true),
            (
                "#[a([1], b = \"web\")] struct A; fn a() { embed(\"web\"); println!(\"web\") }",
                false,
            ),
        ] {
            assert_eq!(look(text).is_interesting, expected, "{text}");
        }
    }

    #[test]
    fn definitions_are_seen() {
        let outline = look("const A: u8 = 1; pub static mut B: u8 = 2; fn c() {} mod d;");
        for name in ["A", "B", "c"] {
            assert!(outline.defines.contains(name), "{name}");
        }
        assert!(outline.has_modules);
        assert!(!look("fn a() { model(); } mod b { fn c() {} }").has_modules);
        assert!(look("mod b { include!(\"c.rs\"); }").has_modules);
    }

    #[test]
    fn odd_bytes_are_no_panic() {
        for text in [
            "\"", "\"\\", "'", "'\\", "r#", "r#\"", "b'", "br#", "/*", "}}}", "'ü", "ü\"\\ü",
            "b'\\",
        ] {
            look(text);
        }
    }
}
