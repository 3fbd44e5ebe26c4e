//! Prints the epoch in local time.

use jiff::Timestamp;
use jiff::tz::TimeZone;

fn main() {
    let local = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::system());
    println!("{}", local.strftime("%FT%T%:z"));
}
