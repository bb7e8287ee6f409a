//! Why webpki turns a chain down, in words.

use webpki::Error;

/// One store's reason.
pub(super) struct Rejection {
    /// For people; webpki's own name for it stands in brackets.
    pub(super) words: String,
    /// Whether a certificate was not allowed to stand where it stands (RFC 5280 §6.1.4).
    pub(super) breaks_rule: bool,
}

impl Rejection {
    pub(super) fn other(words: &str) -> Self {
        Self {
            words: words.to_owned(),
            breaks_rule: false,
        }
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        let debug = format!("{error:?}");
        let name = debug
            .split(|character: char| !character.is_alphanumeric())
            .next()
            .unwrap_or_default();
        Self {
            words: format!("{} ({name})", meaning(&error)),
            breaks_rule: matches!(
                error,
                Error::CaUsedAsEndEntity
                    | Error::EndEntityUsedAsCa
                    | Error::NameConstraintViolation
                    | Error::PathLenConstraintViolated
                    | Error::RequiredEkuNotFoundContext(_)
            ),
        }
    }
}

fn meaning(error: &Error) -> &'static str {
    match error {
        Error::CertExpired { .. } => "a certificate has expired",
        Error::CertNotValidYet { .. } => "a certificate is not valid yet",
        Error::UnknownIssuer => "no path leads to one of its roots",
        Error::InvalidSignatureForPublicKey => "a signature does not verify with its issuer's key",
        Error::CaUsedAsEndEntity => "the server's own certificate is a CA certificate",
        Error::EndEntityUsedAsCa => "a certificate that is no CA issued another",
        Error::NameConstraintViolation => "a CA on the path may not issue for this name",
        Error::PathLenConstraintViolated => "the path is longer than a CA on it allows",
        Error::RequiredEkuNotFoundContext(_) => {
            "a certificate is not meant for servers: extendedKeyUsage lacks serverAuth"
        }
        Error::UnsupportedCriticalExtension => "a critical extension is unknown to verifiers",
        Error::UnsupportedCertVersion => "a certificate is not X.509 version 3",
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
        | Error::SignatureAlgorithmMismatch => "a signature algorithm is not supported",
        Error::MaximumNameConstraintComparisonsExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumPathDepthExceeded
        | Error::MaximumSignatureChecksExceeded => "the chain takes too much work to verify",
        _ => "a certificate is malformed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_stands_without_its_fields_and_rules_are_told_from_other_reasons() {
        let expired = Rejection::from(Error::CertExpired {
            time: rustls_pki_types::UnixTime::since_unix_epoch(std::time::Duration::ZERO),
            not_after: rustls_pki_types::UnixTime::since_unix_epoch(std::time::Duration::ZERO),
        });
        assert_eq!(expired.words, "a certificate has expired (CertExpired)");
        assert!(!expired.breaks_rule);
        assert!(Rejection::from(Error::PathLenConstraintViolated).breaks_rule);
        assert!(!Rejection::from(Error::UnsupportedCriticalExtension).breaks_rule);
    }
}
