//! Signatures of responses and webhooks: digest, signing string and headers.

mod accept;

pub use accept::{AcceptError, AcceptSignature};

use std::fmt::{Display, Write};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    algorithm::Algorithm,
    keys::{Signer, SigningError},
};

/// The header with the signature of a response or a webhook.
pub const SIGNATURE_HEADER: &str = "Keygen-Signature";
/// The request header that chooses the algorithm.
pub const ACCEPT_SIGNATURE_HEADER: &str = "Keygen-Accept-Signature";

/// Room for the signing string and for the header around any signature, so that
/// neither makes the text grow: RSA's 344 base64 characters and 150 around them.
const HEADER_BYTES: usize = 512;

/// The value of the `Digest` header for a body: SHA-256 in base64.
pub fn digest_header(body: &[u8]) -> String {
    let mut header = String::with_capacity(52);
    header.push_str("sha-256=");
    STANDARD.encode_string(digest(&SHA256, body), &mut header);
    header
}

/// The value of the legacy `X-Signature` header: RSA PKCS#1 v1.5 over the body alone.
///
/// Costs an RSA operation (about 0.7 ms) on every answer of an account that wants it.
///
/// # Errors
/// If the account's RSA key can't be used.
pub fn legacy_signature(body: &[u8], signer: &Signer) -> Result<String, SigningError> {
    Ok(signer.sign(Algorithm::RsaSha256, body)?.to_base64())
}

/// What a signature of a response or webhook covers.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The method, in any case.
    pub method: &'a str,
    /// Path and query exactly as received or sent; empty means `/`.
    pub target: &'a str,
    /// The host as the client names it, a port other than the scheme's own included: what its
    /// URL says, which is what SDKs verify with.
    pub host: &'a str,
    /// The value of the `Date` header.
    pub date: &'a str,
    /// The value of the `Digest` header.
    pub digest: &'a str,
}

impl Message<'_> {
    /// The text that is signed: four lines without a final newline.
    pub fn signing_string(&self) -> String {
        let mut text = String::with_capacity(self.signing_string_bytes());
        self.write_signing_string(&mut text);
        text
    }

    /// The value of the `Keygen-Signature` header, made in a single allocation.
    ///
    /// # Errors
    /// Never with Ed25519; otherwise if the account's key can't be used.
    pub fn signature_header(
        &self,
        account: impl Display,
        accept: &AcceptSignature,
        signer: &Signer,
    ) -> Result<String, SigningError> {
        let mut text = String::with_capacity(self.signing_string_bytes().max(HEADER_BYTES));
        self.write_signing_string(&mut text);
        let signature = signer.sign(accept.algorithm(), text.as_bytes())?;

        text.clear();
        write!(
            text,
            r#"keyid="{account}", algorithm="{}", signature=""#,
            accept.written()
        )
        .expect("writing to a string can't fail");
        STANDARD.encode_string(signature.as_bytes(), &mut text);
        text.push_str(r#"", headers="(request-target) host date digest""#);
        Ok(text)
    }

    fn write_signing_string(&self, text: &mut String) {
        text.push_str("(request-target): ");
        text.extend(
            self.method
                .chars()
                .map(|letter| letter.to_ascii_lowercase()),
        );
        text.push(' ');
        text.push_str(if self.target.is_empty() {
            "/"
        } else {
            self.target
        });
        text.push_str("\nhost: ");
        text.push_str(self.host);
        text.push_str("\ndate: ");
        text.push_str(self.date);
        text.push_str("\ndigest: ");
        text.push_str(self.digest);
    }

    fn signing_string_bytes(&self) -> usize {
        // The names, spaces and newlines, and the slash of an empty target.
        let fixed = "(request-target): \nhost: \ndate: \ndigest:  /".len();
        let parts = [self.method, self.target, self.host, self.date, self.digest];
        fixed + parts.iter().map(|part| part.len()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testkeys;

    const ACCOUNT: &str = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    const MESSAGE: Message<'static> = Message {
        method: "POST",
        target: "/v1/licenses?page[size]=1",
        host: "licensing.example.com:6480",
        date: "Sat, 31 Jan 2026 09:15:27 GMT",
        digest: "sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    };

    #[test]
    fn the_digest_of_an_empty_body_is_that_of_the_empty_string() {
        assert_eq!(digest_header(b""), MESSAGE.digest);
    }

    #[test]
    fn the_digest_of_abc_is_that_of_the_standard() {
        // FIPS 180-4, example "abc".
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

        let base64 = STANDARD.encode(hex::decode(digest).unwrap());
        assert_eq!(digest_header(b"abc"), format!("sha-256={base64}"));
    }

    #[test]
    fn the_signing_string_has_four_lines_and_the_host_as_named() {
        assert_eq!(
            MESSAGE.signing_string(),
            "(request-target): post /v1/licenses?page[size]=1\n\
             host: licensing.example.com:6480\n\
             date: Sat, 31 Jan 2026 09:15:27 GMT\n\
             digest: sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
    }

    #[test]
    fn an_empty_target_is_a_slash() {
        let message = Message {
            target: "",
            ..MESSAGE
        };

        assert!(
            message
                .signing_string()
                .starts_with("(request-target): post /\n")
        );
    }

    #[test]
    fn the_header_of_every_algorithm_verifies() {
        let signer = testkeys::signer();
        for algorithm in Algorithm::ALL {
            let accept = AcceptSignature::of(algorithm);

            let header = MESSAGE.signature_header(ACCOUNT, &accept, &signer).unwrap();

            let start = format!(r#"keyid="{ACCOUNT}", algorithm="{algorithm}", signature=""#);
            let end = r#"", headers="(request-target) host date digest""#;
            let base64 = header
                .strip_prefix(&start)
                .and_then(|rest| rest.strip_suffix(end))
                .unwrap_or_else(|| panic!("{header}"));
            testkeys::verify(
                signer.public_keys().unwrap(),
                algorithm,
                MESSAGE.signing_string().as_bytes(),
                &STANDARD.decode(base64).unwrap(),
            )
            .unwrap();
            assert_eq!(header.capacity(), HEADER_BYTES, "the text had to grow");
        }
    }

    #[test]
    fn a_long_target_is_made_room_for_at_once() {
        let target = format!("/v1/licenses?filter={}", "x".repeat(4000));
        let message = Message {
            target: &target,
            ..MESSAGE
        };

        assert!(message.signing_string().len() <= message.signing_string_bytes());
        assert_eq!(
            message.signing_string().capacity(),
            message.signing_string_bytes()
        );
    }

    #[test]
    fn the_algorithm_is_echoed_as_the_client_wrote_it() {
        let accept = AcceptSignature::parse(r#"Algorithm="ED25519""#, ACCOUNT).unwrap();

        let header = MESSAGE
            .signature_header(ACCOUNT, &accept, &testkeys::signer())
            .unwrap();

        assert!(header.contains(r#"algorithm="ED25519""#), "{header}");
    }

    #[test]
    fn the_legacy_signature_covers_the_body_alone() {
        let signature = legacy_signature(b"hello from the vault", &testkeys::signer()).unwrap();

        assert_eq!(signature, testkeys::RSA_SHA256_BY_OPENSSL.trim());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_signature_covers_every_byte_of_what_was_sent(
            algorithm in prop::sample::select(Algorithm::ALL.to_vec()),
            body in proptest::collection::vec(any::<u8>(), 1..200),
            at in any::<prop::sample::Index>(),
            bit in 0..8_u32,
            part in 0..4_usize,
        ) {
            let signer = testkeys::signer();
            let signed = |body: &[u8], [target, host, date]: [&str; 3]| {
                let digest = digest_header(body);
                let message = Message { method: "POST", target, host, date, digest: &digest };
                message.signing_string()
            };
            let sent = ["/v1/licenses", "licensing.example.com", "Sat, 31 Jan 2026 09:15:27 GMT"];
            let signature = signer.sign(algorithm, signed(&body, sent).as_bytes()).unwrap();
            let verifies = |string: &str| {
                let public = signer.public_keys().unwrap();
                testkeys::verify(public, algorithm, string.as_bytes(), signature.as_bytes()).is_ok()
            };
            prop_assert!(verifies(&signed(&body, sent)));

            let mut altered = body.clone();
            let mut other = sent.map(str::to_owned);
            match other.get_mut(part) {
                Some(text) => {
                    let at = at.index(text.len());
                    text.replace_range(at..=at, "~");
                }
                None => altered[at.index(body.len())] ^= 1 << bit,
            }

            let other = signed(&altered, other.each_ref().map(String::as_str));
            prop_assert!(!verifies(&other));
        }
    }
}
