//! What customers write, in five languages. `{model}`, `{days}` and `{order}` are filled in.

mod dutch;
mod english;
mod french;
mod german;
mod spanish;

use super::chance::Chance;

/// The sentences of one language.
#[derive(Debug)]
pub(super) struct Language {
    code: &'static str,
    openings: &'static [&'static str],
    /// (Issue, sentences about it).
    issues: &'static [(&'static str, &'static [&'static str])],
    /// (Remedy, how to ask for it).
    wishes: &'static [(&'static str, &'static str)],
    pub(super) compliments: &'static [&'static str],
    pub(super) suggestions: &'static [&'static str],
    pub(super) enquiries: &'static [&'static str],
    pub(super) safety_reports: &'static [&'static str],
    pub(super) content_comments: &'static [&'static str],
    pub(super) discontent_comments: &'static [&'static str],
    /// Why we say no.
    pub(super) refusal: &'static str,
    /// Why the customer does not agree.
    pub(super) dispute: &'static str,
    /// Why a closed complaint is opened again.
    pub(super) recurrence: &'static str,
}

const LANGUAGES: &[&Language] = &[
    &english::SENTENCES,
    &german::SENTENCES,
    &french::SENTENCES,
    &spanish::SENTENCES,
    &dutch::SENTENCES,
];

/// The sentences of the language; English ones where we have none.
pub(super) fn of(code: &str) -> &'static Language {
    LANGUAGES
        .iter()
        .find(|language| language.code == code)
        .unwrap_or(&LANGUAGES[0])
}

impl Language {
    pub(super) fn complaint(
        &self,
        issue: &str,
        remedy: Option<&str>,
        chance: &mut Chance,
    ) -> String {
        let mut parts = Vec::new();
        if chance.percent(60) {
            parts.push(chance.pick(self.openings));
        }
        if let Some((_, sentences)) = self.issues.iter().find(|(about, _)| *about == issue) {
            parts.push(chance.pick(sentences));
        }
        let wish = self.wishes.iter().find(|(kind, _)| Some(*kind) == remedy);
        parts.extend(wish.map(|(_, sentence)| *sentence));
        parts.join(" ")
    }
}

/// Puts the facts into the sentences.
pub(super) fn filled(text: &str, model: &str, days: i64, order: &str) -> String {
    text.replace("{model}", model)
        .replace("{days}", &days.to_string())
        .replace("{order}", order)
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::PRODUCTS;
    use super::super::generate::REMEDIES_SOUGHT;
    use super::*;

    #[test]
    fn every_language_has_words_for_every_issue_and_wish() {
        for language in LANGUAGES {
            for (issue, _) in PRODUCTS.iter().flat_map(|product| product.issues) {
                let sentences = language.issues.iter().find(|(about, _)| about == issue);
                assert!(
                    sentences.is_some_and(|(_, it)| it.len() > 1),
                    "{} {issue}",
                    language.code
                );
            }
            for (remedy, _) in REMEDIES_SOUGHT {
                let wish = language
                    .wishes
                    .iter()
                    .find(|(kind, _)| Some(*kind) == *remedy);
                assert!(
                    remedy.is_none() || wish.is_some(),
                    "{} {remedy:?}",
                    language.code
                );
            }
        }
    }

    #[test]
    fn nothing_is_left_to_fill_in() {
        let text = filled(
            "{model} after {days} days, order {order}",
            "Brisa 3",
            4,
            "O-1",
        );
        assert_eq!(text, "Brisa 3 after 4 days, order O-1");
    }
}
