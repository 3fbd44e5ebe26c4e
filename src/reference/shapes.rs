//! Shapes of types that are read by hand.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::decide::RuleList;
use crate::diagnostic::Code;
use crate::knowledge::Rule;
use crate::settings::{DataFolder, Healthcheck, List, LocalLayers, User};

/// What a list is made of, as far as its shape differs.
trait Item: JsonSchema {
    /// Whether one of them needs no brackets.
    const STANDS_ALONE: bool;
}

impl Item for String {
    const STANDS_ALONE: bool = false;
}

impl Item for Code {
    const STANDS_ALONE: bool = false;
}

impl Item for u16 {
    const STANDS_ALONE: bool = true;
}

impl Item for DataFolder {
    const STANDS_ALONE: bool = false;
}

impl JsonSchema for DataFolder {
    fn schema_name() -> Cow<'static, str> {
        "DataFolder".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, {
            "type": "object",
            "properties": { "path": { "type": "string" }, "volume": { "type": "boolean" } },
            "required": ["path"],
            "additionalProperties": false,
        }] })
    }
}

impl JsonSchema for User {
    fn schema_name() -> Cow<'static, str> {
        "User".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "string"] })
    }
}

impl JsonSchema for Healthcheck {
    fn schema_name() -> Cow<'static, str> {
        "Healthcheck".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
        ] })
    }
}

impl<T: Item> JsonSchema for List<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("ListOf_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let list = generator.subschema_for::<Vec<T>>();
        let mut options = vec![list.clone()];
        if T::STANDS_ALONE {
            options.insert(0, generator.subschema_for::<T>());
        }
        options.push(json_schema!({
            "description": "Adds to what is inherited, instead of taking its place.",
            "type": "object",
            "properties": { "add": list },
            "required": ["add"],
            "additionalProperties": false,
        }));
        json_schema!({ "anyOf": options })
    }
}

impl JsonSchema for LocalLayers {
    fn schema_name() -> Cow<'static, str> {
        "LocalLayers".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let lists = generator.subschema_for::<Vec<Vec<String>>>();
        json_schema!({ "anyOf": [lists, { "const": "auto" }] })
    }
}

impl JsonSchema for RuleList {
    fn schema_name() -> Cow<'static, str> {
        "RuleList".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let rule = generator.subschema_for::<Rule>();
        json_schema!({ "anyOf": [rule, { "type": "array", "items": rule }] })
    }
}
