//! Versions of the API, and which of them a request speaks (identity reference §8).

words! {
    /// A minor version of API v1; a later one is greater.
    ApiVersion {
        V1_0 = "1.0",
        V1_1 = "1.1",
        V1_2 = "1.2",
        V1_3 = "1.3",
        V1_4 = "1.4",
        V1_5 = "1.5",
        V1_6 = "1.6",
        V1_7 = "1.7",
        V1_8 = "1.8",
    }
}

impl ApiVersion {
    /// What the server itself speaks.
    pub const LATEST: Self = Self::V1_8;

    /// The version a client asks for in a header: exact, save for one leading `v`.
    pub fn requested(header: &str) -> Option<Self> {
        Self::parse(header.strip_prefix('v').unwrap_or(header))
    }
}

impl Default for ApiVersion {
    fn default() -> Self {
        Self::LATEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_a_version_exactly_save_for_one_leading_v() {
        #[rustfmt::skip]
        let table = [
            ("1.0",   Some(ApiVersion::V1_0)),
            ("1.8",   Some(ApiVersion::V1_8)),
            ("v1.5",  Some(ApiVersion::V1_5)),
            ("vv1.5", None),
            ("V1.5",  None),
            ("1",     None),
            ("1.8.0", None),
            ("1.9",   None),
            (" 1.8",  None),
            ("",      None),
        ];
        for (header, version) in table {
            assert_eq!(ApiVersion::requested(header), version, "{header:?}");
        }
    }

    #[test]
    fn later_versions_are_greater() {
        assert!(ApiVersion::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(ApiVersion::ALL.last(), Some(&ApiVersion::LATEST));
        assert_eq!(ApiVersion::ALL.len(), 9);
    }
}
