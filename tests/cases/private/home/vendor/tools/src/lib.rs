pub fn name() -> &'static str { "tools" }
