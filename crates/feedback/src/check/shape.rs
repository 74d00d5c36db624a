//! How codes are written.

/// A syntax that a field must have, and its name for people.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) fits: fn(&str) -> bool,
    pub(super) expected: &'static str,
}

pub(super) const JURISDICTION: Shape = Shape {
    fits: is_jurisdiction,
    expected: "an ISO 3166 code of a country or of a part of one, such as `GB` or `US-CA`",
};
pub(super) const LANGUAGE: Shape = Shape {
    fits: is_language,
    expected: "a BCP 47 language tag, such as `de-AT`",
};
pub(super) const SOURCE: Shape = Shape {
    fits: is_source,
    expected: "a source of 1 to 40 of a-z, 0-9 and `-`",
};
pub(super) const CODE: Shape = Shape {
    fits: is_code,
    expected: "1 to 60 of a-z, 0-9, `.`, `_` and `-`",
};
pub(super) const MEDIA_TYPE: Shape = Shape {
    fits: is_media_type,
    expected: "a media type, such as `image/png`",
};
pub(super) const DIGEST: Shape = Shape {
    fits: is_digest,
    expected: "64 lower-case hex digits",
};

fn is_jurisdiction(text: &str) -> bool {
    let (country, part) = text.split_once('-').unwrap_or((text, "-"));
    let part_fits = part == "-"
        || ((1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    country.len() == 2 && is_alphabetic(country) && part_fits
}

fn is_language(text: &str) -> bool {
    let mut subtags = text.split('-');
    let language_fits = subtags
        .next()
        .is_some_and(|tag| (2..=8).contains(&tag.len()) && is_alphabetic(tag));
    let subtag_fits =
        |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    text.len() <= 35 && language_fits && subtags.all(subtag_fits)
}

fn is_alphabetic(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphabetic())
}

/// A language tag in the case of RFC 5646 section 2.1.1, so that one language is one slice.
pub(super) fn customary_case(tag: &str) -> String {
    let mut after_singleton = false;
    let mut written: Vec<String> = Vec::new();
    for subtag in tag.split('-') {
        let mut subtag = subtag.to_ascii_lowercase();
        let may_be_raised = !written.is_empty() && !after_singleton && is_alphabetic(&subtag);
        if may_be_raised && subtag.len() == 2 {
            subtag.make_ascii_uppercase();
        } else if may_be_raised && subtag.len() == 4 {
            subtag[..1].make_ascii_uppercase();
        }
        after_singleton |= subtag.len() == 1;
        written.push(subtag);
    }
    written.join("-")
}

/// Narrower than a code, because it is a part of the subject under which its messages come.
fn is_source(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(good)
}

fn is_code(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    (1..=60).contains(&text.len()) && text.bytes().all(good)
}

fn is_media_type(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b);
    let name = |part: &str| (1..=100).contains(&part.len()) && part.bytes().all(good);
    text.split_once('/')
        .is_some_and(|(kind, sub)| name(kind) && name(sub))
}

fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_right_shape_pass_and_others_do_not() {
        for (shape, good, bad) in [
            (
                JURISDICTION,
                "GB gb US-CA us-ca Us-cA FR-75 US-UM",
                "USA US- US-CALI U US-C- US-C_ 1A É -",
            ),
            (
                LANGUAGE,
                "de DE-at zh-Hant-TW en-GB-oxendict",
                "d de- -de de_AT de--AT deutschland-x é",
            ),
            (CODE, "cfpb call_centre a.b-1", "Cfpb a/b ü"),
            (SOURCE, "cfpb demo file crm-eu 7", "Cfpb crm_eu a.b ü * >"),
            (
                MEDIA_TYPE,
                "image/png application/vnd.x+json",
                "image image/ /png a/b/c",
            ),
        ] {
            for text in good.split(' ') {
                assert!((shape.fits)(text), "{text}");
            }
            for text in bad.split(' ') {
                assert!(!(shape.fits)(text), "{text}");
            }
        }
    }

    #[test]
    fn a_language_tag_is_written_in_its_customary_case() {
        for (tag, written) in [
            ("EN", "en"),
            ("de-at", "de-AT"),
            ("ZH-hant-tw", "zh-Hant-TW"),
            ("en-x-ab-abcd", "en-x-ab-abcd"),
            ("de-1996", "de-1996"),
        ] {
            assert_eq!(customary_case(tag), written);
        }
    }
}
