//! A source file as tokens.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A source file.
#[derive(Default)]
pub struct Source {
    /// From the root of the workspace.
    pub path: PathBuf,
    /// From the folder of its crate.
    pub inner: PathBuf,
    pub text: String,
    pub tokens: Vec<Token>,
    /// Why it has no tokens.
    pub unreadable: Option<String>,
    /// True when all of it is compiled for tests only.
    pub is_test: bool,
    /// Lines of items that are compiled for tests only.
    test_lines: usize,
    /// Modules in files of their own that are compiled for tests only.
    test_modules: Vec<String>,
}

/// A token and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub line: usize,
    /// True inside an item that is compiled for tests only.
    pub is_test: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Word(String),
    /// A string literal as written, without its quotes.
    Text(String),
    Mark(char),
    /// A number or a character.
    Other,
}

impl Source {
    /// Reads a file of the crate in `folder`.
    pub fn read(path: PathBuf, folder: &Path, text: String) -> Self {
        let inner = path.strip_prefix(folder).unwrap_or(&path).to_owned();
        let is_test = !inner.starts_with("src") || inner.file_stem().is_some_and(|stem| stem == "tests");
        let mut source = Self { path, inner, text, is_test, ..Self::default() };
        match source.text.parse::<TokenStream>() {
            Ok(tokens) => source.flatten(tokens, false),
            Err(error) => source.unreadable = Some(error.to_string()),
        }
        source
    }

    /// Lines that are compiled without tests.
    pub fn production_lines(&self) -> usize {
        if self.is_test { 0 } else { self.lines().saturating_sub(self.test_lines) }
    }

    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// The tokens that are compiled without tests.
    pub fn production(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|token| !self.is_test && !token.is_test)
    }

    /// The words that are compiled without tests, with their lines.
    pub fn words(&self) -> impl Iterator<Item = (&str, usize)> {
        self.production().filter_map(|token| match &token.kind {
            Kind::Word(word) => Some((word.as_str(), token.line)),
            _ => None,
        })
    }

    fn push(&mut self, kind: Kind, line: usize, is_test: bool) {
        self.tokens.push(Token { kind, line, is_test });
    }

    fn flatten(&mut self, tokens: TokenStream, is_test: bool) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = trees.as_slice();
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            if !is_test && is_test_attribute(first, after.first()) {
                let len = item_len(after);
                let (item, next) = after.split_at(len);
                self.take_test_item(first, item);
                rest = next;
            } else {
                self.flatten_tree(first, is_test);
            }
        }
    }

    fn take_test_item(&mut self, first: &TokenTree, item: &[TokenTree]) {
        let start = first.span().start().line;
        let end = item.last().map_or(start, |last| last.span().end().line);
        self.test_lines += end + 1 - start;
        if let [.., TokenTree::Ident(keyword), TokenTree::Ident(name), TokenTree::Punct(_)] = item
            && keyword == "mod"
        {
            self.test_modules.push(name.to_string());
        }
        for tree in item {
            self.flatten_tree(tree, true);
        }
    }

    fn flatten_tree(&mut self, tree: &TokenTree, is_test: bool) {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Ident(word) => self.push(Kind::Word(word.to_string()), line, is_test),
            TokenTree::Punct(mark) => self.push(Kind::Mark(mark.as_char()), line, is_test),
            TokenTree::Literal(literal) => self.push(literal_kind(&literal.to_string()), line, is_test),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ('(', ')'),
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::None => (' ', ' '),
                };
                self.push(Kind::Mark(open), line, is_test);
                self.flatten(group.stream(), is_test);
                self.push(Kind::Mark(close), group.span_close().start().line, is_test);
            }
        }
    }
}

/// True for `#[cfg(test)]`.
fn is_test_attribute(first: &TokenTree, second: Option<&TokenTree>) -> bool {
    let (TokenTree::Punct(mark), Some(TokenTree::Group(group))) = (first, second) else { return false };
    mark.as_char() == '#'
        && group.delimiter() == Delimiter::Bracket
        && group.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// How many trees an item with its attributes has: up to its braces or its semicolon.
fn item_len(trees: &[TokenTree]) -> usize {
    let is_end = |tree: &TokenTree| match tree {
        TokenTree::Punct(mark) => mark.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    trees.iter().position(is_end).map_or(trees.len(), |end| end + 1)
}

fn literal_kind(literal: &str) -> Kind {
    let inner = literal.trim_start_matches(['b', 'c', 'r']).trim_matches('#');
    inner
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .map_or(Kind::Other, |text| Kind::Text(text.to_owned()))
}

/// Marks the files of modules that are declared for tests only.
pub fn mark_tests(sources: &mut [Source]) {
    let mut tests: BTreeSet<PathBuf> = BTreeSet::new();
    for source in sources.iter() {
        let folder = match source.inner.file_stem().and_then(|stem| stem.to_str()) {
            Some("lib" | "main") => source.inner.parent().map(Path::to_owned).unwrap_or_default(),
            _ => source.inner.with_extension(""),
        };
        tests.extend(source.test_modules.iter().map(|name| folder.join(name)));
    }
    for source in sources {
        let module = source.inner.with_extension("");
        source.is_test |= module.ancestors().any(|part| tests.contains(part));
    }
}

#[cfg(test)]
mod tests;
