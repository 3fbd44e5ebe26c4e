//! Encodes a message with a message of Google's in it.

use prost::Message;

include!(concat!(env!("OUT_DIR"), "/event.rs"));

fn main() {
    let at = prost_types::Timestamp {
        seconds: 1,
        nanos: 2,
    };
    let event = Event {
        name: "start".to_owned(),
        at: Some(at),
    };
    let bytes = event.encode_to_vec();
    let same = Event::decode(&bytes[..]).is_ok_and(|other| other == event);
    println!("{} bytes, same {same}", bytes.len());
}
