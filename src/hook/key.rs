//! [`Key`]: the secret that a receiver shares with us, and the signatures made with it.

use crate::model::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use std::fmt;

/// What stands before a secret, so that it is known for one wherever it turns up.
const PREFIX: &str = "whsec_";

/// Bytes that a secret may have: fewer can be guessed, more add nothing.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Secrets at once: an old and a new one, and one to spare.
const SECRETS_MAX: usize = 3;

/// One secret, or several while receivers change over to a new one.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Vec<Vec<u8>>);

impl Key {
    /// The key that a text of secrets with spaces between them spells.
    ///
    /// # Errors
    /// In words that never repeat the text: it holds none, too many, or something else.
    pub fn parse(text: &str) -> Result<Self, String> {
        let secrets: Vec<_> = text.split_whitespace().map(secret).collect::<Result<_, _>>()?;
        if secrets.is_empty() || secrets.len() > SECRETS_MAX {
            return Err(format!("it holds {} secrets, not 1 to {SECRETS_MAX}", secrets.len()));
        }
        Ok(Self(secrets))
    }

    /// The value of `webhook-signature`: one signature for each secret.
    pub(super) fn sign(&self, id: &str, at: Timestamp, body: &[u8]) -> String {
        let one = |secret: &Vec<u8>| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            let mut context = hmac::Context::with_key(&key);
            context.update(format!("{id}.{}.", at.as_second()).as_bytes());
            context.update(body);
            format!("v1,{}", STANDARD.encode(context.sign()))
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

fn secret(text: &str) -> Result<Vec<u8>, String> {
    let digits = text.strip_prefix(PREFIX).ok_or(format!("it does not begin with `{PREFIX}`"))?;
    let bytes = STANDARD.decode(digits).map_err(|_| format!("no base64 follows `{PREFIX}`"))?;
    if !BYTES.contains(&bytes.len()) {
        let (least, most) = (BYTES.start(), BYTES.end());
        return Err(format!("it has {} bytes, not {least} to {most}", bytes.len()));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::tests::SECRET;
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        let key = Key::parse(SECRET).unwrap();
        let at = Timestamp::from_second(1_614_265_330).unwrap();
        let signed = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b"{\"test\": 2432232314}");
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn an_old_and_a_new_secret_sign_together() {
        let new = format!("whsec_{}", STANDARD.encode([7; 32]));
        let both = Key::parse(&format!("{new} {SECRET}")).unwrap();
        let (at, body) = (Timestamp::UNIX_EPOCH, b"{}");
        let alone = |text: &str| Key::parse(text).unwrap().sign("m", at, body);
        assert_eq!(both.sign("m", at, body), format!("{} {}", alone(&new), alone(SECRET)));
    }

    #[test]
    fn what_is_no_secret_is_refused_without_repeating_it() {
        let check = |text: &str, expect: &str| {
            let said = Key::parse(text).unwrap_err();
            assert!(said.contains(expect) && !said.contains("sesame"), "{said}");
        };
        check("sesame", "`whsec_`");
        check("whsec_sesame!", "no base64");
        check("whsec_c2VzYW1l", "it has 6 bytes, not 24 to 64");
        check(" ", "0 secrets");
        check(&[SECRET; 4].join(" "), "4 secrets");
    }
}
