//! Files of at most 400 lines, and functions of at most 80; tests that have a file of their own may be longer.

use std::path::Path;

use syn::visit::{self, Visit};

use super::files_of;

const FILE: usize = 400;
const FUNCTION: usize = 80;

/// Functions that are longer still; they can only become fewer.
const KNOWN: [&str; 2] = ["decide/context.rs: decide", "decide/runtime.rs: decide"];

/// Functions that are longer.
struct Long(Vec<(String, usize)>);

impl Long {
    fn look(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.fn_token.span.start().line;
        let last = block.brace_token.span.close().end().line;
        if last + 1 - first > FUNCTION {
            self.0.push((signature.ident.to_string(), last + 1 - first));
        }
    }
}

impl<'ast> Visit<'ast> for Long {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.look(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.look(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }
}

#[test]
fn files_and_functions_are_short() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut long = Vec::new();
    let mut known = Vec::new();
    let mut lengths = Vec::new();
    for path in files_of(&source) {
        let text = fs_err::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(&source).unwrap().display();
        let lines = text.lines().count();
        lengths.push(lines);
        if lines > FILE {
            long.push(format!("{shown} has {lines} lines"));
        }
        let inside = path.strip_prefix(&source).unwrap();
        if inside
            .iter()
            .any(|part| part == "tests" || part == "tests.rs")
        {
            continue;
        }
        let mut functions = Long(Vec::new());
        functions.visit_file(&syn::parse_file(&text).unwrap());
        for (name, lines) in functions.0 {
            let name = format!("{shown}: {name}");
            match KNOWN.contains(&name.as_str()) {
                true => known.push(name),
                false => long.push(format!("{name} has {lines} lines")),
            }
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= 200, "the median file has {median} lines");
    assert!(
        long.is_empty(),
        "longer than {FILE} or {FUNCTION} lines:\n{}",
        long.join("\n")
    );
    known.sort_unstable();
    assert_eq!(known, KNOWN, "take what is short now out of the list");
}
