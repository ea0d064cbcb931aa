//! One Rust source as the rules see it: its tokens with lines, its functions, its paths, and which lines are test code.
//!
//! Tokens come from the real lexer, so a word in a string or a comment is never taken for code. Macro bodies are
//! tokens too, and are seen.

use std::ops::RangeInclusive;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A word, a literal, a bracket or one character of punctuation.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// A name with its way to it, as `std::time::Instant`.
#[derive(Debug)]
pub(crate) struct NamedPath {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    /// What stands right after it: `(` for a call.
    pub(crate) next: Option<String>,
}

/// A function with a body, methods and tests included.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// From the line of its signature to that of its closing brace.
    pub(crate) lines: RangeInclusive<usize>,
}

/// A parsed source.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the root of the checkout.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) paths: Vec<NamedPath>,
    pub(crate) functions: Vec<Function>,
    test_lines: Vec<RangeInclusive<usize>>,
}

impl Source {
    /// An error is the line and the parser's words.
    pub(crate) fn parse(path: &str, text: String) -> Result<Self, (usize, String)> {
        let located = |error: &syn::Error| (error.span().start().line, error.to_string());
        let file = syn::parse_file(&text).map_err(|error| located(&error))?;
        let stream: TokenStream =
            text.parse().map_err(|error: proc_macro2::LexError| located(&error.into()))?;
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        let mut paths = paths_of(&tokens);
        let mut finder = Finder::default();
        finder.visit_file(&file);
        paths.extend(finder.imports);
        Ok(Self {
            path: path.to_owned(),
            text,
            tokens,
            paths,
            functions: finder.functions,
            test_lines: finder.test_lines,
        })
    }

    /// The folder name of the crate below `crates/`, if it lies there.
    pub(crate) fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Whether the whole file is test code, by where it lies.
    pub(crate) fn is_test_file(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "benches" | "tests.rs"))
    }

    /// Whether a line is test code: a test file, a `#[cfg(test)]` item or a `#[test]` function.
    pub(crate) fn is_test_line(&self, line: usize) -> bool {
        self.is_test_file() || self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// The attributes, each as the tokens between its brackets.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &[Token]> {
        (0..self.tokens.len()).filter_map(|at| {
            if self.tokens[at].text != "#" {
                return None;
            }
            let bang = self.tokens.get(at + 1).is_some_and(|token| token.text == "!");
            let open = at + 1 + usize::from(bang);
            if self.tokens.get(open)?.text != "[" {
                return None;
            }
            let mut depth = 0_usize;
            for (end, token) in self.tokens.iter().enumerate().skip(open) {
                match token.text.as_str() {
                    "[" => depth += 1,
                    "]" => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    return Some(&self.tokens[open + 1..end]);
                }
            }
            None
        })
    }
}

fn flatten(stream: TokenStream, into: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                into.push(Token { text: open.to_owned(), line });
                flatten(group.stream(), into);
                let last = group.span_close().start().line;
                into.push(Token { text: close.to_owned(), line: last });
            }
            TokenTree::Ident(word) => into.push(Token { text: word.to_string(), line }),
            TokenTree::Punct(mark) => into.push(Token { text: mark.to_string(), line }),
            TokenTree::Literal(literal) => into.push(Token { text: literal.to_string(), line }),
        }
    }
}

fn paths_of(tokens: &[Token]) -> Vec<NamedPath> {
    let text = |at: usize| tokens.get(at).map(|token| token.text.as_str());
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !is_word(&tokens[at].text) {
            at += 1;
            continue;
        }
        let line = tokens[at].line;
        let mut segments = vec![tokens[at].text.clone()];
        at += 1;
        while text(at) == Some(":") && text(at + 1) == Some(":") {
            match text(at + 2) {
                Some(word) if is_word(word) => segments.push(word.to_owned()),
                _ => break,
            }
            at += 3;
        }
        paths.push(NamedPath { segments, line, next: text(at).map(str::to_owned) });
    }
    paths
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && text.chars().all(|each| each.is_alphanumeric() || each == '_')
}

/// Collects functions, imports and test code from the syntax tree.
#[derive(Default)]
struct Finder {
    functions: Vec<Function>,
    imports: Vec<NamedPath>,
    test_lines: Vec<RangeInclusive<usize>>,
}

impl Finder {
    fn function(&mut self, attributes: &[syn::Attribute], name: &syn::Ident, whole: Lines) {
        self.functions.push(Function {
            name: name.to_string(),
            doc: doc_of(attributes),
            lines: whole,
        });
    }

    fn mark(&mut self, attributes: &[syn::Attribute], item: &impl Spanned) {
        if attributes.iter().any(is_test_attribute) {
            let span = item.span();
            self.test_lines.push(span.start().line..=span.end().line);
        }
    }

    fn import(&mut self, tree: &syn::UseTree, before: &[String]) {
        let mut segments = before.to_vec();
        match tree {
            syn::UseTree::Path(path) => {
                segments.push(path.ident.to_string());
                self.import(&path.tree, &segments);
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, &segments);
                }
            }
            syn::UseTree::Name(syn::UseName { ident })
            | syn::UseTree::Rename(syn::UseRename { ident, .. }) => {
                if ident != "self" {
                    segments.push(ident.to_string());
                }
                let line = ident.span().start().line;
                self.imports.push(NamedPath { segments, line, next: None });
            }
            syn::UseTree::Glob(glob) => {
                let line = glob.span().start().line;
                self.imports.push(NamedPath { segments, line, next: None });
            }
        }
    }
}

type Lines = RangeInclusive<usize>;

fn lines(signature: &syn::Signature, block: &syn::Block) -> Lines {
    signature.span().start().line..=block.span().end().line
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        match item {
            syn::Item::Const(it) => self.mark(&it.attrs, it),
            syn::Item::Enum(it) => self.mark(&it.attrs, it),
            syn::Item::Fn(it) => self.mark(&it.attrs, it),
            syn::Item::Impl(it) => self.mark(&it.attrs, it),
            syn::Item::Macro(it) => self.mark(&it.attrs, it),
            syn::Item::Mod(it) => self.mark(&it.attrs, it),
            syn::Item::Static(it) => self.mark(&it.attrs, it),
            syn::Item::Struct(it) => self.mark(&it.attrs, it),
            syn::Item::Trait(it) => self.mark(&it.attrs, it),
            syn::Item::Use(it) => self.mark(&it.attrs, it),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_item_fn(&mut self, it: &'ast syn::ItemFn) {
        self.function(&it.attrs, &it.sig.ident, lines(&it.sig, &it.block));
        visit::visit_item_fn(self, it);
    }

    fn visit_impl_item_fn(&mut self, it: &'ast syn::ImplItemFn) {
        self.mark(&it.attrs, it);
        self.function(&it.attrs, &it.sig.ident, lines(&it.sig, &it.block));
        visit::visit_impl_item_fn(self, it);
    }

    fn visit_trait_item_fn(&mut self, it: &'ast syn::TraitItemFn) {
        if let Some(block) = &it.default {
            self.function(&it.attrs, &it.sig.ident, lines(&it.sig, block));
        }
        visit::visit_trait_item_fn(self, it);
    }

    fn visit_item_use(&mut self, it: &'ast syn::ItemUse) {
        self.import(&it.tree, &[]);
    }
}

fn is_test_attribute(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    if path.is_ident("cfg") {
        let syn::Meta::List(list) = &attribute.meta else { return false };
        let words = list.tokens.to_string();
        let has_test = words.split(|each: char| !each.is_alphanumeric()).any(|word| word == "test");
        return has_test && !words.replace(' ', "").contains("not(test)");
    }
    path.segments.last().is_some_and(|last| last.ident == "test")
}

fn doc_of(attributes: &[syn::Attribute]) -> String {
    let mut doc = String::new();
    for attribute in attributes {
        let syn::Meta::NameValue(pair) = &attribute.meta else { continue };
        let syn::Expr::Lit(literal) = &pair.value else { continue };
        if let (true, syn::Lit::Str(text)) = (pair.path.is_ident("doc"), &literal.lit) {
            doc.push_str(text.value().trim());
            doc.push('\n');
        }
    }
    doc
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::parse("crates/model/src/example.rs", text.to_owned()).expect("it is Rust")
    }

    #[test]
    fn a_function_spans_from_its_signature_to_its_closing_brace() {
        let source =
            source("/// Doc.\n#[inline]\nfn a() {\n    1;\n}\nimpl X {\n    fn b() {}\n}\n");
        let seen: Vec<_> =
            source.functions.iter().map(|it| (it.name.as_str(), it.lines.clone())).collect();
        assert_eq!(seen, [("a", 3..=5), ("b", 7..=7)]);
        assert_eq!(source.functions[0].doc, "Doc.\n");
    }

    #[test]
    fn test_code_is_told_from_other_code() {
        let source = source(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n#[cfg(not(test))]\nfn c() {}\n#[tokio::test]\nasync fn d() {}\n",
        );
        let tests: Vec<usize> = (1..=9).filter(|line| source.is_test_line(*line)).collect();
        assert_eq!(tests, [2, 3, 4, 5, 8, 9]);
    }

    #[test]
    fn imports_are_written_out() {
        let source = source("use std::{fs, time::{self, Instant as Now}};\n");
        let seen: Vec<String> = source.paths.iter().map(|it| it.segments.join("::")).collect();
        for path in ["std::fs", "std::time", "std::time::Instant"] {
            assert!(seen.iter().any(|it| it == path), "{path} in {seen:?}");
        }
    }

    #[test]
    fn words_in_strings_and_comments_are_no_code() {
        let source = source("// std::fs::read\nfn a() -> &'static str { \"std::fs::read\" }\n");
        assert!(source.paths.iter().all(|it| it.segments != ["std", "fs", "read"]));
    }

    #[test]
    fn attributes_are_found_with_what_is_inside() {
        let source = source("#![deny(missing_docs)]\n#[derive(Debug)]\nstruct A([u8; 3]);\n");
        let seen: Vec<String> = source
            .attributes()
            .map(|tokens| tokens.iter().map(|token| token.text.as_str()).collect())
            .collect();
        assert_eq!(seen, ["deny(missing_docs)", "derive(Debug)"]);
    }

    #[test]
    fn what_is_not_rust_is_told_with_its_line() {
        let error = Source::parse("x.rs", "fn a() {}\nfn fn\n".to_owned()).expect_err("no Rust");
        assert_eq!(error.0, 2);
    }
}
