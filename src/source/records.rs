//! Types whose fields are filled from variables of the environment, and where that happens.

use syn::{Attribute, Expr, Fields, Meta};

use super::facts::{Field, Fill, Record};
use super::read::Reader;
use super::value::Value;

/// Derives that fill a type.
const DERIVES: &[&str] = &["Deserialize", "Envconfig"];
/// Methods after which the program goes on without a value.
const GOING_ON: &[&str] = &["ok", "unwrap_or", "unwrap_or_default", "unwrap_or_else"];

impl Reader<'_> {
    /// A type that can be filled.
    pub(super) fn record(&mut self, item: &syn::ItemStruct) {
        let Fields::Named(fields) = &item.fields else {
            return;
        };
        let derives = item
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("derive"));
        let is_filled = derives.clone().any(|attribute| {
            let Meta::List(list) = &attribute.meta else {
                return false;
            };
            let text = list.tokens.to_string();
            let mut words = text.split(|char: char| !char.is_alphanumeric());
            words.any(|word| DERIVES.contains(&word))
        });
        if !is_filled {
            return;
        }
        let has_default = self
            .keys(&item.attrs)
            .iter()
            .any(|(key, _)| key == "default");
        let live = fields
            .named
            .iter()
            .filter(|field| self.is_live(&field.attrs));
        let fields = live.filter_map(|field| {
            let name = field.ident.as_ref()?;
            let keys = self.keys(&field.attrs);
            let text = |wanted: &str| {
                keys.iter().find_map(|(key, value)| match value {
                    Some(Value::Text(text)) if key == wanted => Some(text.clone()),
                    _ => None,
                })
            };
            let is_said = |key: &str| keys.iter().any(|(name, _)| name == key);
            let words = super::types::words(&field.ty);
            let is_optional = words.first().is_some_and(|word| word == "Option");
            let free = ["default", "flatten", "nested", "skip", "skip_deserializing"];
            let name_text = name.to_string();
            Some(Field {
                name: text("rename")
                    .unwrap_or_else(|| name_text.trim_start_matches("r#").to_owned()),
                kind: words.last().cloned().unwrap_or_default(),
                is_positional: false,
                is_subcommand: false,
                is_flattened: is_said("flatten") || is_said("nested"),
                is_required: !has_default && !is_optional && !free.iter().any(|key| is_said(key)),
                variable: text("from"),
                line: name.span().start().line,
            })
        });
        let record = Record {
            name: item.ident.to_string(),
            fields: fields.collect(),
        };
        self.out.records.push(record);
    }

    /// The keys of the attributes of crates that fill types.
    fn keys(&self, attributes: &[Attribute]) -> Vec<(String, Option<Value>)> {
        let mut keys = Vec::new();
        for attribute in attributes {
            let is_said = ["serde", "envconfig"]
                .iter()
                .any(|name| attribute.path().is_ident(name));
            if let (true, Meta::List(list)) = (is_said, &attribute.meta) {
                for part in super::cfg::split(list.tokens.clone(), ',') {
                    keys.extend(self.key(part));
                }
            }
        }
        keys
    }

    /// `envy::from_env::<Config>()`, `Config::init_from_env()`
    pub(super) fn fills(&mut self, path: &str, function: &syn::Path) {
        let last = function.segments.last();
        let line = last.map_or(1, |last| last.ident.span().start().line);
        let mut kinds = last.map(super::types::arguments_of).unwrap_or_default();
        if path.ends_with("envy::from_env") {
            self.fill(kinds, Some(String::new()), line);
        } else if let Some(owner) = path.strip_suffix("::init_from_env") {
            kinds.push(owner.rsplit("::").next().unwrap_or(owner).to_owned());
            self.fill(kinds, None, line);
        }
    }

    /// `envy::prefixed("APP_").from_env::<Config>()`
    pub(super) fn fills_by(&mut self, call: &syn::ExprMethodCall) {
        let Expr::Call(made) = call.receiver.as_ref() else {
            return;
        };
        let Expr::Path(path) = made.func.as_ref() else {
            return;
        };
        if call.method != "from_env" || !self.full_path(&path.path).ends_with("envy::prefixed") {
            return;
        }
        if let Some(Value::Text(prefix)) = made.args.first().map(|prefix| self.fold(prefix)) {
            let kinds = call.turbofish.iter().flat_map(super::types::kinds_of);
            let line = call.method.span().start().line;
            self.fill(kinds.collect(), Some(prefix), line);
        }
    }

    fn fill(&mut self, mut kinds: Vec<String>, prefix: Option<String>, line: usize) {
        let goes_on = self
            .chain
            .iter()
            .any(|link| GOING_ON.contains(&link.method.as_str()));
        if goes_on {
            return;
        }
        kinds.extend(self.left_kind.iter().flatten().cloned());
        if let Some(function) = self.functions.last() {
            kinds.extend(function.returns.iter().cloned());
        }
        let owner = self.owners.iter().rev().nth(1).cloned();
        kinds.extend(owner.and_then(|owner| owner.split(' ').next().map(str::to_owned)));
        self.out.fills.push(Fill {
            kinds,
            prefix,
            line,
        });
    }
}
