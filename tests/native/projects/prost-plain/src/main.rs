//! Encodes a message.

use prost::Message;

include!(concat!(env!("OUT_DIR"), "/event.rs"));

fn main() {
    let event = Event {
        name: "start".to_owned(),
        count: 7,
    };
    let bytes = event.encode_to_vec();
    let same = Event::decode(&bytes[..]).is_ok_and(|other| other == event);
    println!("{} bytes, same {same}", bytes.len());
}
