pub const NAME: &str = "target";
