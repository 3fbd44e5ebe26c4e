pub fn name() -> &'static str { "acme-log" }
