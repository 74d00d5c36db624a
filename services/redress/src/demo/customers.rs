//! The people who write in. Names are made from common first and last names; addresses are in a
//! domain that is reserved for examples, telephone numbers in a range reserved for fiction.

use super::chance::Chance;
use super::item::Customer;

/// (Jurisdiction, language, how many).
type Market = (&'static str, &'static str);

const MARKETS: &[(Market, u32)] = &[
    (("GB", "en"), 26),
    (("IE", "en"), 6),
    (("DE", "de"), 24),
    (("AT", "de"), 5),
    (("FR", "fr"), 15),
    (("BE", "fr"), 4),
    (("BE", "nl"), 4),
    (("NL", "nl"), 8),
    (("ES", "es"), 12),
];

const SEGMENTS: &[(&str, u32)] = &[
    ("household", 82),
    ("small business", 11),
    ("hospitality", 5),
    ("retailer", 2),
];

/// Every customer so far; some of them come back.
#[derive(Debug, Default)]
pub(super) struct Customers {
    known: Vec<Customer>,
}

impl Customers {
    pub(super) fn somebody(&mut self, chance: &mut Chance) -> Customer {
        if !self.known.is_empty() && chance.percent(24) {
            return chance.pick(&self.known);
        }
        let customer = newcomer(self.known.len(), chance);
        self.known.push(customer.clone());
        customer
    }
}

fn newcomer(index: usize, chance: &mut Chance) -> Customer {
    let (jurisdiction, language) = chance.weighted(MARKETS);
    let (first_names, last_names) = names(language);
    let (first, last) = (chance.pick(first_names), chance.pick(last_names));
    let number = 100_000 + index * 7;
    let phone = (jurisdiction == "GB" && chance.percent(60))
        .then(|| format!("+44 7700 900{:03}", chance.between(0, 999)));
    Customer {
        reference: format!("HW-{number}"),
        name: format!("{first} {last}"),
        email: format!("customer.{number}@example.org"),
        phone,
        jurisdiction,
        language,
        segment: chance.weighted(SEGMENTS),
        vulnerable: chance.percent(4),
        accessibility_need: chance.percent(3),
    }
}

fn names(language: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match language {
        "de" => (
            &[
                "Anna", "Jonas", "Leonie", "Felix", "Katrin", "Uwe", "Sabine", "Emre", "Birgit",
            ],
            &[
                "Schäfer", "Vogel", "Krüger", "Böhm", "Yilmaz", "Hartmann", "Seidel", "Lorenz",
            ],
        ),
        "fr" => (
            &[
                "Camille", "Luc", "Inès", "Hugo", "Margaux", "Yanis", "Éloïse", "Bernard",
            ],
            &[
                "Lefèvre",
                "Morel",
                "Garnier",
                "Benali",
                "Perrin",
                "Chevalier",
                "Roussel",
            ],
        ),
        "es" => (
            &[
                "Lucía", "Álvaro", "Carmen", "Iker", "Noelia", "Joaquín", "Begoña", "Raúl",
            ],
            &[
                "Ibáñez", "Ferrer", "Castaño", "Serrano", "Peña", "Vidal", "Montero",
            ],
        ),
        "nl" => (
            &[
                "Sanne", "Daan", "Femke", "Bram", "Lotte", "Joost", "Anouk", "Wim",
            ],
            &[
                "de Vries", "Bakker", "van Dijk", "Smit", "Mulder", "Peeters", "Bos",
            ],
        ),
        _ => (
            &[
                "Amelia", "Oliver", "Priya", "Callum", "Niamh", "George", "Zainab", "Ruth", "Tom",
            ],
            &[
                "Walsh", "Patel", "Hughes", "Okafor", "Murphy", "Fraser", "Ellis", "Khan",
            ],
        ),
    }
}
