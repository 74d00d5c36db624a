//! Etags: the version of a resource's stream, as an opaque text.

use redress_service::Problem;

/// The etag of a resource whose stream has `version` events.
pub fn etag(version: u64) -> String {
    format!("v{version}")
}

/// The version that a command insists on; none if it sent no etag.
pub fn expected_version(etag: &str) -> Result<Option<u64>, Problem> {
    if etag.is_empty() {
        return Ok(None);
    }
    let version = etag
        .strip_prefix('v')
        .and_then(|digits| digits.parse().ok());
    let known = version.filter(|version| self::etag(*version) == etag);
    known.map(Some).ok_or_else(|| {
        Problem::invalid(
            "ETAG_INVALID",
            "etag",
            "the etag is not one that this service gave",
        )
        .with_remedy("send the etag of the last answer unchanged, or none at all")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_comes_back_as_it_went() {
        assert_eq!(expected_version(&etag(17)).unwrap(), Some(17));
        assert_eq!(expected_version("").unwrap(), None);
        for text in ["17", "v", "v017", "v-1", "vx", "V17"] {
            assert_eq!(
                expected_version(text).unwrap_err().code,
                "ETAG_INVALID",
                "{text}"
            );
        }
    }
}
