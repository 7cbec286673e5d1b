//! Which of the gateway's own places a request path names.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A place of the gateway.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// `/{stage}`: where WebSockets connect.
    Stage,
    /// `/{stage}/@connections/{id}`, or for convenience without the stage. The id is not checked yet.
    Connection(Cow<'a, str>),
    /// An `@connections` path of a wrong stage or shape.
    Forbidden,
    /// Not the gateway's.
    Elsewhere,
}

/// Finds the place of a raw path. Each segment is decoded exactly once, after the path was split: an encoded slash never
/// makes a segment, and `..` is a name like any other.
pub(crate) fn place<'a>(path: &'a str, stage: &str) -> Place<'a> {
    let Some(path) = path.strip_prefix('/') else { return Place::Elsewhere };
    let segments: Vec<Cow<'a, str>> =
        path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy()).collect();
    match segments.as_slice() {
        [one] if one == stage => Place::Stage,
        [one, end] if one == stage && end.is_empty() => Place::Stage,
        [at, id] if at == CONNECTIONS && !id.is_empty() => Place::Connection(id.clone()),
        [one, at, id] if one == stage && at == CONNECTIONS && !id.is_empty() => Place::Connection(id.clone()),
        other if other.iter().any(|segment| segment == CONNECTIONS) => Place::Forbidden,
        _ => Place::Elsewhere,
    }
}

const CONNECTIONS: &str = "@connections";

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "PJqB0fHsqRcCHlw=";

    #[test]
    fn all_four_spellings_of_a_connection_are_one_place() {
        for path in [
            "/dev/@connections/PJqB0fHsqRcCHlw%3D",
            "/dev/@connections/PJqB0fHsqRcCHlw=",
            "/dev/%40connections/PJqB0fHsqRcCHlw%3D",
            "/dev/%40connections/PJqB0fHsqRcCHlw=",
            "/dev/%40connections/PJqB0fHsqRcCHlw%3d",
            "/@connections/PJqB0fHsqRcCHlw=",
            "/%40connections/PJqB0fHsqRcCHlw%3D",
        ] {
            assert_eq!(place(path, "dev"), Place::Connection(ID.into()), "{path}");
        }
    }

    #[test]
    fn segments_are_decoded_once_and_never_split_again() {
        for (path, id) in [
            ("/dev/@connections/PJqB0fHsqRcCHlw%253D", "PJqB0fHsqRcCHlw%3D"),
            ("/dev/@connections/..%2F..%2Fother", "../../other"),
            ("/dev/@connections/..", ".."),
            ("/dev/@connections/a%00b", "a\0b"),
        ] {
            assert_eq!(place(path, "dev"), Place::Connection(id.into()), "{path}");
        }
    }

    #[test]
    fn a_wrong_stage_or_shape_is_forbidden() {
        for path in [
            "/prod/@connections/PJqB0fHsqRcCHlw=",
            "/DEV/@connections/PJqB0fHsqRcCHlw=",
            "/dev/../prod/@connections/PJqB0fHsqRcCHlw=",
            "/dev/x/../@connections/PJqB0fHsqRcCHlw=",
            "/..%2Fdev/@connections/PJqB0fHsqRcCHlw=",
            "//@connections/PJqB0fHsqRcCHlw=",
            "/dev/@connections",
            "/dev/@connections/",
            "/@connections/",
            "/@connections",
            "/dev/@connections/PJqB0fHsqRcCHlw=/",
        ] {
            assert_eq!(place(path, "dev"), Place::Forbidden, "{path}");
        }
    }

    #[test]
    fn a_stage_is_one_segment() {
        for path in ["/dev", "/dev/", "/d%65v"] {
            assert_eq!(place(path, "dev"), Place::Stage, "{path}");
        }
        for path in [
            "",
            "/",
            "/Dev",
            "/dev/x",
            "/dev//",
            "//dev",
            "/../dev",
            "/x/../dev",
            "/%2e%2e/dev",
            "/%2Fdev",
            "/de",
            "dev",
            "*",
        ] {
            assert_eq!(place(path, "dev"), Place::Elsewhere, "{path}");
        }
    }

    #[test]
    fn a_double_encoded_at_sign_is_not_the_management_api() {
        assert_eq!(place("/dev/%2540connections/x", "dev"), Place::Elsewhere);
    }

    proptest::proptest! {
        #[test]
        fn no_path_reaches_a_connection_of_another_stage(stage in "[a-z.%/]{0,6}", id in "[ -~]{0,20}") {
            proptest::prop_assume!(!stage.is_empty() && !stage.starts_with('/') && stage != "dev");
            let path = format!("/{stage}/@connections/{id}");
            let decoded = percent_decode_str(&stage).decode_utf8_lossy();
            proptest::prop_assume!(decoded != "dev");
            proptest::prop_assert_eq!(place(&path, "dev"), Place::Forbidden);
        }
    }
}
