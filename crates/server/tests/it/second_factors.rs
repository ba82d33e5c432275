//! Second factors, as their owners, and those who would like to be, see them.

mod access;
mod create;
mod update;

use keystead_testkit::{ADMIN_PASSWORD, Answer, Caller, World};
use serde_json::json;

pub use keystead_signing::totp::Seed;

/// Makes a factor with the password.
pub async fn create(caller: &Caller, user: &str) -> Answer {
    let body = json!({ "meta": { "password": ADMIN_PASSWORD } });
    caller
        .post(&format!("/users/{user}/second-factors"), body)
        .await
}

/// What an authenticator app reads from an answer.
pub fn seed(answer: &Answer) -> Seed {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let text = answer.at("/data/attributes/secret");
    let text = text.as_str().expect("a secret");
    assert_eq!(text.len(), 32);
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter);
        let value = u32::try_from(value.expect("base32")).expect("five bits");
        bits = bits << 5 | value;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).expect("eight bits"));
        }
    }
    Seed::from_bytes(&bytes).expect("a seed")
}

/// Enables a factor, or disables it, with this code.
pub async fn switch(caller: &Caller, path: &str, enabled: bool, code: &str) -> Answer {
    let body = json!({
        "data": { "type": "second-factors", "attributes": { "enabled": enabled } },
        "meta": { "otp": code },
    });
    caller.patch(path, body).await
}

/// A factor that is enabled: its path, and what its codes are made from.
pub async fn enabled(w: &World, caller: &Caller, user: &str) -> (String, Seed) {
    let made = create(caller, user).await.expect(201);
    let seed = seed(&made);
    let path = format!("/users/{user}/second-factors/{}", made.id());
    switch(caller, &path, true, &seed.code(w.now()))
        .await
        .expect(200);
    (path, seed)
}
