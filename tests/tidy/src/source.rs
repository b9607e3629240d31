//! Parses a source file for the rules: the paths that it names and the methods that it calls, without comments, string
//! literals and its own tests. Long because one visitor reads all of it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A parsed source file.
#[derive(Debug)]
pub struct Source {
    /// The path from the workspace root, with `/` as separator.
    pub path: String,
    /// The unchanged text.
    pub text: String,
    /// The paths that the code names, with grouped imports expanded.
    pub names: Vec<Name>,
    /// The method calls.
    pub calls: Vec<Call>,
    /// The lines of functions that take a tuple, or a reference to one, as a parameter.
    pub tuple_parameters: Vec<usize>,
    /// The number of lines of test code: of what stands under `#[cfg(test)]`, with its attributes and comments.
    pub test_lines: usize,
}

/// A path that the code names: `use a::{b, c}` gives `a::b` and `a::c`.
#[derive(Debug, Clone)]
pub struct Name {
    /// The segments of the path.
    pub segments: Vec<String>,
    /// The line, from 1.
    pub line: usize,
    /// Whether the code is conditional on a Cargo feature.
    pub is_optional: bool,
    /// The number of inline modules that enclose it within the file.
    pub depth: usize,
    /// Whether the file re-exports it: `pub use`.
    pub is_handed_on: bool,
}

/// A method call.
#[derive(Debug)]
pub struct Call {
    /// The name of the method.
    pub method: String,
    /// The line, from 1.
    pub line: usize,
    /// Whether its argument is a closure or function that only converts its input to a string.
    pub only_makes_text: bool,
}

impl Source {
    /// Parses a file.
    ///
    /// # Errors
    /// Returns an error if the text is not valid Rust.
    pub fn new(path: impl Into<String>, text: &str) -> syn::Result<Self> {
        let file = syn::parse_file(text)?;
        let mut reader = Reader::default();
        reader.visit_file(&file);
        Ok(Self {
            path: path.into(),
            text: text.to_owned(),
            names: reader.names,
            calls: reader.calls,
            tuple_parameters: reader.tuple_parameters,
            test_lines: reader.test_lines,
        })
    }

    /// Returns the paths that begin with these segments.
    pub fn names_below<'s>(&'s self, start: &'s [&str]) -> impl Iterator<Item = &'s Name> {
        self.names.iter().filter(move |name| {
            name.segments.len() >= start.len() && name.segments.iter().zip(start).all(|(one, other)| one == other)
        })
    }

    /// Returns the number of lines that are no test code, wherever in the file the tests stand.
    #[must_use]
    pub fn lines_without_tests(&self) -> usize {
        self.text.lines().count().saturating_sub(self.test_lines)
    }
}

#[derive(Default)]
struct Reader {
    names: Vec<Name>,
    calls: Vec<Call>,
    tuple_parameters: Vec<usize>,
    test_lines: usize,
    optional: usize,
    depth: usize,
    is_handed_on: bool,
}

impl Reader {
    fn name(&mut self, segments: Vec<String>, line: usize) {
        let (is_optional, depth) = (self.optional > 0, self.depth);
        self.names.push(Name { segments, line, is_optional, depth, is_handed_on: self.is_handed_on });
    }

    fn tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |ident: &syn::Ident| before.iter().cloned().chain([ident.to_string()]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) if name.ident == "self" => self.name(before.to_vec(), name.span().start().line),
            syn::UseTree::Name(name) => self.name(with(&name.ident), name.span().start().line),
            syn::UseTree::Rename(rename) => self.name(with(&rename.ident), rename.span().start().line),
            syn::UseTree::Glob(glob) => {
                let segments = before.iter().cloned().chain(["*".to_owned()]).collect();
                self.name(segments, glob.span().start().line);
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(before, item)),
        }
    }

    /// Collects the paths in the tokens of a macro or an attribute, without code that is conditional on a feature.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Path::default();
        let mut is_skipping = false;
        for token in tokens {
            if is_skipping {
                is_skipping = !is_end_of_item(&token);
                continue;
            }
            match token {
                TokenTree::Ident(ident) => {
                    if !path.goes_on() {
                        self.path(&mut path);
                    }
                    path.push(&ident);
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => path.colons += 1,
                TokenTree::Group(group) => {
                    self.path(&mut path);
                    let text = group.stream().to_string();
                    is_skipping = text.starts_with("cfg (feature") || text.starts_with("cfg(feature");
                    if !is_skipping && !text.starts_with("cfg_attr") {
                        self.tokens(group.stream());
                    }
                }
                _ => self.path(&mut path),
            }
        }
        self.path(&mut path);
    }

    /// Records a complete path, and starts a new one.
    fn path(&mut self, path: &mut Path) {
        let Path { segments, line, .. } = std::mem::take(path);
        if !segments.is_empty() {
            self.name(segments, line);
        }
    }

    fn signature(&mut self, signature: &syn::Signature) {
        let is_tuple = |input: &syn::FnArg| match input {
            syn::FnArg::Receiver(_) => false,
            syn::FnArg::Typed(typed) => matches!(*typed.pat, syn::Pat::Tuple(_)) || is_tuple(&typed.ty),
        };
        let found = signature.inputs.iter().filter(|input| is_tuple(input)).map(|input| input.span().start().line);
        self.tuple_parameters.extend(found);
    }

    /// Counts the lines of an item that is test code.
    fn test(&mut self, item: &impl Spanned) {
        let span = item.span();
        self.test_lines += span.end().line + 1 - span.start().line;
    }
}

/// Checks whether a type is a tuple with parts, or a reference to one.
fn is_tuple(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Tuple(tuple) => !tuple.elems.is_empty(),
        syn::Type::Reference(reference) => is_tuple(&reference.elem),
        syn::Type::Paren(inner) => is_tuple(&inner.elem),
        _ => false,
    }
}

/// A path in a token stream that is being read.
#[derive(Default)]
struct Path {
    segments: Vec<String>,
    line: usize,
    colons: usize,
}

impl Path {
    fn goes_on(&self) -> bool {
        self.segments.is_empty() || self.colons == 2
    }

    fn push(&mut self, ident: &proc_macro2::Ident) {
        if self.segments.is_empty() {
            self.line = ident.span().start().line;
        }
        self.segments.push(ident.to_string());
        self.colons = 0;
    }
}

fn is_end_of_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}

fn condition(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::List(list) = &attribute.meta else { return None };
    list.path.is_ident("cfg").then(|| list.tokens.to_string())
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().filter_map(condition).any(|condition| condition == "test")
}

impl Visit<'_> for Reader {
    fn visit_item(&mut self, item: &syn::Item) {
        let attributes: &[syn::Attribute] = match item {
            syn::Item::Const(item) => &item.attrs,
            syn::Item::Enum(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Macro(item) => &item.attrs,
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Static(item) => &item.attrs,
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Trait(item) => &item.attrs,
            syn::Item::Type(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            _ => &[],
        };
        if is_test(attributes) {
            self.test(item);
            return;
        }
        let is_optional = attributes.iter().filter_map(condition).any(|condition| condition.contains("feature"));
        self.optional += usize::from(is_optional);
        visit::visit_item(self, item);
        self.optional -= usize::from(is_optional);
    }

    fn visit_impl_item_fn(&mut self, item: &syn::ImplItemFn) {
        if is_test(&item.attrs) {
            self.test(item);
        } else {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &syn::ItemMod) {
        self.depth += 1;
        visit::visit_item_mod(self, item);
        self.depth -= 1;
    }

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        self.is_handed_on = !matches!(item.vis, syn::Visibility::Inherited);
        self.tree(&[], &item.tree);
        self.is_handed_on = false;
    }

    /// Skips visibilities: `super` in `pub(super)` is not a use of a module.
    fn visit_visibility(&mut self, _visibility: &syn::Visibility) {}

    fn visit_path(&mut self, path: &syn::Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.name(segments, path.span().start().line);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &syn::Macro) {
        self.tokens(mac.tokens.clone());
        visit::visit_macro(self, mac);
    }

    fn visit_attribute(&mut self, attribute: &syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta
            && !list.path.is_ident("cfg_attr")
        {
            self.tokens(list.tokens.clone());
        }
    }

    fn visit_signature(&mut self, signature: &syn::Signature) {
        self.signature(signature);
        visit::visit_signature(self, signature);
    }

    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        self.calls.push(Call {
            method: call.method.to_string(),
            line: call.method.span().start().line,
            only_makes_text: call.args.first().is_some_and(only_makes_text),
        });
        visit::visit_expr_method_call(self, call);
    }
}

/// Checks whether an expression is `|error| error.to_string()` or `ToString::to_string`.
fn only_makes_text(argument: &syn::Expr) -> bool {
    match argument {
        syn::Expr::Closure(closure) => match closure.body.as_ref() {
            syn::Expr::MethodCall(call) => call.method == "to_string" && matches!(*call.receiver, syn::Expr::Path(_)),
            _ => false,
        },
        syn::Expr::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "to_string"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let source = Source::new("x.rs", text).expect("a file");
        source.names.iter().filter(|name| !name.is_optional).map(|name| name.segments.join("::")).collect()
    }

    #[test]
    fn imports_are_told_one_by_one() {
        let text = "use crate::{area, photo::{Link, self}, staff as s}; use entity::*;";
        assert_eq!(names(text), ["crate::area", "crate::photo::Link", "crate::photo", "crate::staff", "entity::*"]);
    }

    #[test]
    fn paths_in_code_macros_and_attributes_are_names() {
        let text = "#[derive(a::B)] struct S; fn f() -> c::D { e::g(); h!(x, i::j(k)) }";
        let found = names(text);
        for name in ["a::B", "c::D", "e::g", "i::j", "k"] {
            assert!(found.contains(&name.to_owned()), "{name}: {found:?}");
        }
    }

    #[test]
    fn comments_texts_and_tests_are_no_code() {
        let text = "// a::b\n/* c::d */ const E: &str = \"e::f\"; #[cfg(test)] mod tests { use g::h; }";
        assert_eq!(names(text), ["str"]);
    }

    #[test]
    fn what_exists_only_under_a_feature_is_marked() {
        let text = "#[cfg_attr(feature = \"f\", derive(sea_orm::A))]\nstruct B;\n#[cfg(feature = \"f\")]\n\
                    impl sea_orm::C for B {}\n#[cfg(feature = \"f\")]\nuse sea_orm::F;\nuse tokio::G;";
        assert_eq!(names(text), ["tokio::G"]);

        let text = "macro_rules! m { () => { #[cfg_attr(feature = \"f\", derive(sea_orm::A))] struct B; \
                    #[cfg(feature = \"f\")] impl sea_orm::C for B { fn d() {} } tokio::e(); } }";
        let found = names(text);
        assert!(!found.iter().any(|name| name.starts_with("sea_orm")), "{found:?}");
        assert!(found.contains(&"tokio::e".to_owned()), "{found:?}");
    }

    #[test]
    fn functions_that_take_a_tuple_are_found() {
        let text = "fn f(x: A, (y, z): (B, C)) {}\nimpl D { fn g((y, z): (B, C)) {} }\nfn h() { i(|(a, b)| a); }\n\
                    fn j(x: (B, C)) {}\nfn k(x: &mut (B, C), y: ()) {}\nfn l(x: (), y: &[(B, C)]) -> (B, C) {}";
        assert_eq!(Source::new("x.rs", text).expect("a file").tuple_parameters, [1, 2, 4, 5]);
    }

    #[test]
    fn tests_are_counted_wherever_they_stand() {
        let text = "struct A;\n\n/// Makes one.\n#[cfg(test)]\nfn a() {\n}\nimpl A {\n    #[cfg(test)]\n    fn b() {}\n\
                    }\nstruct B;\n#[cfg(test)]\nmod tests {\n    fn c() {}\n}\nstruct C;\n";
        let source = Source::new("x.rs", text).expect("a file");
        assert_eq!((source.test_lines, source.lines_without_tests()), (10, 6));
    }
}
