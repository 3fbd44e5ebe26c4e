//! What is no Rust to a parser: the bodies of macros, and files of an edition that it does not know.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::visit::Visit;
use syn::{Block, Expr, Lit};

use super::facts::{Naming, Wrapper};
use super::read::Reader;
use super::table::Row;
use super::value::Value;

impl Reader<'_> {
    pub(super) fn macro_call(&mut self, call: &syn::Macro) {
        for segment in &call.path.segments {
            self.word(&segment.ident);
        }
        if let Some(last) = call.path.segments.last() {
            self.macro_tokens(&last.ident, call.tokens.clone());
        }
    }

    /// Remembers what a macro does with what it is given: `($name:expr) => { env!($name) }`.
    pub(super) fn macro_rules(&mut self, name: &Ident, tokens: TokenStream) {
        let mut pending = vec![tokens];
        while let Some(stream) = pending.pop() {
            let trees: Vec<TokenTree> = stream.into_iter().collect();
            for (at, tree) in trees.iter().enumerate() {
                let TokenTree::Group(group) = tree else {
                    continue;
                };
                pending.push(group.stream());
                let called = match trees.get(at.saturating_sub(2)) {
                    Some(TokenTree::Ident(called)) if at > 1 => called.to_string(),
                    _ => continue,
                };
                let mut inner = group.stream().into_iter();
                let is_given =
                    is_punct(trees.get(at - 1), '!') && is_punct(inner.next().as_ref(), '$');
                if let Some(row) = self.table.macro_(&called).filter(|_| is_given) {
                    self.out.wrappers.push(Wrapper {
                        name: name.to_string(),
                        means: row.means,
                        row: &row.path,
                    });
                }
            }
        }
    }

    fn macro_tokens(&mut self, ident: &Ident, tokens: TokenStream) {
        let name = ident.to_string();
        if name == "cfg_if" {
            self.apart(|reader| reader.cfg_if(tokens));
            return;
        }
        let arguments = super::literals::arguments(&tokens);
        let row = self.table.macro_(&name);
        if row.is_some() || name == "include" {
            let values: Vec<Value> = arguments
                .iter()
                .flatten()
                .map(|part| self.fold(part))
                .collect();
            let names = arguments.iter().flatten().filter_map(argument_name);
            let names: Vec<String> = names.collect();
            let is_otherwise = |row: &&Row| row.unless.iter().any(|name| names.contains(name));
            match row {
                Some(row) if is_otherwise(&row) => {
                    if let Some(meaning) = row.with {
                        self.means(row, meaning, &values, ident.span());
                    }
                }
                Some(row) => self.matched(row, &values, ident.span()),
                None => {}
            }
            if name == "include" {
                self.out.included.extend(values);
            }
        }
        self.apart(|reader| match arguments {
            Some(arguments) => {
                for argument in &arguments {
                    reader.macro_argument(&name, argument);
                }
            }
            None => match Block::parse_within.parse2(tokens.clone()) {
                Ok(statements) => statements
                    .iter()
                    .for_each(|statement| reader.visit_stmt(statement)),
                Err(_) => reader.tokens(tokens, Some(&name)),
            },
        });
    }

    /// A literal is an argument of the macro; all else is code.
    fn macro_argument(&mut self, name: &str, argument: &Expr) {
        match argument {
            Expr::Lit(literal) => {
                if let Lit::Str(text) = &literal.lit {
                    self.text(
                        text.value(),
                        text.span().start().line,
                        Some(name.to_owned()),
                    );
                }
            }
            Expr::Reference(inner) => self.macro_argument(name, &inner.expr),
            Expr::Assign(assign) => {
                if let Expr::Path(path) = assign.left.as_ref() {
                    path.path
                        .segments
                        .iter()
                        .for_each(|segment| self.word(&segment.ident));
                }
                self.macro_argument(name, &assign.right);
            }
            other => self.visit_expr(other),
        }
    }

    /// `cfg_if! { if #[cfg(unix)] { mod a; } else { mod b; } }`
    fn cfg_if(&mut self, tokens: TokenStream) {
        let mut is_taken = false;
        let mut holds = Some(true);
        for tree in tokens {
            match tree {
                TokenTree::Ident(word) if word == "if" || word == "else" => holds = Some(true),
                TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                    let mut trees = group.stream().into_iter().skip(1);
                    if let Some(TokenTree::Group(condition)) = trees.next() {
                        holds = self.conditions.hold(condition.stream());
                    }
                }
                TokenTree::Group(group) if !is_taken && holds != Some(false) => {
                    is_taken = holds == Some(true);
                    self.code(group.stream());
                }
                _ => {}
            }
        }
    }

    /// Items or statements, as far as they can be parsed.
    fn code(&mut self, tokens: TokenStream) {
        if let Ok(file) = syn::parse2::<syn::File>(tokens.clone()) {
            self.items(&file.items);
        } else if let Ok(statements) = Block::parse_within.parse2(tokens.clone()) {
            statements
                .iter()
                .for_each(|statement| self.visit_stmt(statement));
        } else {
            self.tokens(tokens, None);
        }
    }

    /// Tokens that are no whole code: what can be parsed among them is.
    pub(super) fn tokens(&mut self, stream: TokenStream, argument_of: Option<&str>) {
        let trees = self.live(stream);
        let mut start = 0;
        for end in 0..=trees.len() {
            let is_end = match trees.get(end) {
                Some(TokenTree::Punct(punct)) => {
                    matches!(punct.as_char(), ';' | ',')
                        || (punct.as_char() == '>' && end > 0 && is_punct(trees.get(end - 1), '='))
                }
                Some(_) => false,
                None => true,
            };
            if is_end {
                let is_statement = is_punct(trees.get(end), ';');
                let part = trees.get(start..end).unwrap_or_default();
                self.part(part, is_statement, argument_of);
                start = end + 1;
            }
        }
    }

    /// Leaves out what a condition switches off, and reads the attributes of what is left.
    fn live(&mut self, stream: TokenStream) -> Vec<TokenTree> {
        let mut live = Vec::new();
        let mut is_dead = false;
        let mut is_attribute = false;
        for tree in stream {
            match &tree {
                TokenTree::Punct(punct) if punct.as_char() == '#' => is_attribute = true,
                TokenTree::Punct(punct) if is_attribute && punct.as_char() == '!' => {}
                TokenTree::Group(group)
                    if is_attribute && group.delimiter() == Delimiter::Bracket =>
                {
                    is_attribute = false;
                    is_dead |= !self.token_attribute(group.stream());
                }
                TokenTree::Group(group) if is_dead && group.delimiter() == Delimiter::Brace => {
                    is_dead = false;
                }
                TokenTree::Punct(punct) if is_dead && matches!(punct.as_char(), ';' | ',') => {
                    is_dead = false
                }
                _ if is_dead => {}
                _ => {
                    is_attribute = false;
                    live.push(tree);
                }
            }
        }
        live
    }

    /// Whether what follows an attribute is compiled.
    fn token_attribute(&mut self, stream: TokenStream) -> bool {
        let Ok(meta) = syn::parse2::<syn::Meta>(stream) else {
            return true;
        };
        let attribute = syn::Attribute {
            pound_token: Default::default(),
            style: syn::AttrStyle::Outer,
            bracket_token: Default::default(),
            meta,
        };
        let attributes = [attribute];
        let is_live = self.is_live(&attributes);
        if is_live {
            self.attributes(&attributes);
        }
        is_live
    }

    /// What stands between two ends of statements or arguments.
    fn part(&mut self, trees: &[TokenTree], is_statement: bool, argument_of: Option<&str>) {
        match trees {
            [] => return,
            [TokenTree::Ident(module), TokenTree::Ident(name)]
                if is_statement && module == "mod" =>
            {
                self.declared(name.to_string());
            }
            [.., TokenTree::Ident(module), TokenTree::Ident(name)]
                if is_statement && module == "mod" =>
            {
                self.declared(name.to_string());
            }
            _ => {}
        }
        if self.assigned(trees, argument_of) {
            return;
        }
        let is_literal = matches!(trees, [TokenTree::Literal(_)]);
        if !is_literal {
            if let Ok(expression) = syn::parse2::<Expr>(trees.iter().cloned().collect()) {
                self.apart(|reader| reader.visit_expr(&expression));
                return;
            }
        }
        self.descend(trees, argument_of);
    }

    /// `static ref A: String = value`, `let a = value`, `key = value`
    fn assigned(&mut self, trees: &[TokenTree], argument_of: Option<&str>) -> bool {
        let is_equals = |at: usize| {
            let is_part = |near: Option<usize>| {
                let tree = near.and_then(|near| trees.get(near));
                matches!(tree, Some(TokenTree::Punct(punct)) if "=<>!+-*/%&|^".contains(punct.as_char()))
            };
            is_punct(trees.get(at), '=')
                && !is_part(at.checked_sub(1))
                && !is_part(at.checked_add(1))
        };
        let Some(at) = (0..trees.len()).find(|at| is_equals(*at)) else {
            return false;
        };
        let (before, value) = (&trees[..at], trees.get(at + 1..).unwrap_or_default());
        let Ok(value) = syn::parse2::<Expr>(value.iter().cloned().collect()) else {
            return false;
        };
        let words = before.iter().filter_map(|tree| match tree {
            TokenTree::Ident(ident) => Some(ident),
            _ => None,
        });
        let mut is_constant = false;
        let mut is_binding = false;
        let mut name = None;
        for word in words {
            match word.to_string().as_str() {
                "static" | "const" => is_constant = true,
                "let" => is_binding = true,
                "pub" | "mut" | "ref" | "crate" => {}
                word if name.is_none() => name = Some(word.to_owned()),
                _ => {}
            }
        }
        self.descend(before, None);
        self.apart(|reader| {
            let folded = reader.fold(&value);
            if let Some(name) = &name {
                if is_constant || is_binding {
                    reader.name(Naming::Binding, vec![name.clone()], &folded, &value);
                }
                if is_constant && folded.is_known() {
                    reader.out.constants.push((name.clone(), folded));
                }
            }
            reader.left = name;
            match (argument_of, is_constant || is_binding) {
                (Some(called), false) => reader.macro_argument(called, &value),
                _ => reader.visit_expr(&value),
            }
        });
        true
    }

    fn descend(&mut self, trees: &[TokenTree], argument_of: Option<&str>) {
        for (at, tree) in trees.iter().enumerate() {
            match tree {
                TokenTree::Ident(ident) => self.word(ident),
                TokenTree::Literal(literal) => {
                    if let Lit::Str(text) = Lit::new(literal.clone()) {
                        let line = text.span().start().line;
                        self.text(text.value(), line, argument_of.map(str::to_owned));
                    }
                }
                TokenTree::Group(group) => {
                    let before = |back: usize| at.checked_sub(back).and_then(|at| trees.get(at));
                    match (before(2), before(1)) {
                        (Some(TokenTree::Ident(name)), Some(TokenTree::Punct(bang)))
                            if bang.as_char() == '!' =>
                        {
                            self.macro_tokens(name, group.stream());
                        }
                        (_, Some(TokenTree::Ident(_)))
                            if group.delimiter() == Delimiter::Parenthesis =>
                        {
                            self.called(trees, at, group.stream());
                        }
                        // `{ path: "wit" }` is no Rust: it is the macro's own.
                        _ => self.tokens(group.stream(), argument_of),
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// A call among tokens: its path is directly before the arguments.
    fn called(&mut self, trees: &[TokenTree], at: usize, arguments: TokenStream) {
        let mut from = at.saturating_sub(1);
        while from >= 3
            && is_punct(trees.get(from - 1), ':')
            && is_punct(trees.get(from - 2), ':')
            && matches!(trees.get(from - 3), Some(TokenTree::Ident(_)))
        {
            from -= 3;
        }
        let call = trees.get(from..=at).unwrap_or_default();
        match syn::parse2::<Expr>(call.iter().cloned().collect()) {
            Ok(call) => self.apart(|reader| reader.visit_expr(&call)),
            Err(_) => self.tokens(arguments, None),
        }
    }
}

/// `name = value`
fn argument_name(argument: &Expr) -> Option<String> {
    match argument {
        Expr::Assign(assign) => match assign.left.as_ref() {
            Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
            _ => None,
        },
        _ => None,
    }
}

fn is_punct(tree: Option<&TokenTree>, char: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}
