pub const VERSION: u8 = 3;
