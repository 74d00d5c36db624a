//! Halden & Wick, a maker of kitchen and household machines that does not exist.

pub(super) const ESPRESSO_MACHINE: &str = "Espresso machine";
pub(super) const LEAKS_WATER: &str = "Leaks water";
pub(super) const DOES_NOT_SWITCH_ON: &str = "Does not switch on";
pub(super) const TOO_NOISY: &str = "Too noisy";
pub(super) const OVERHEATS: &str = "Overheats";
pub(super) const POOR_RESULT: &str = "Poor result";
pub(super) const PART_MISSING: &str = "Part missing";
pub(super) const DAMAGED_ON_ARRIVAL: &str = "Damaged on arrival";
pub(super) const DELIVERED_LATE: &str = "Delivered late";
pub(super) const WRONG_ITEM: &str = "Wrong item delivered";
pub(super) const CHARGED_WRONGLY: &str = "Charged wrongly";
pub(super) const REFUND_NOT_RECEIVED: &str = "Refund not received";
pub(super) const NOBODY_ANSWERS: &str = "Nobody answers";

#[derive(Debug)]
pub(super) struct Product {
    pub(super) name: &'static str,
    /// (Model, how much of the sales).
    pub(super) models: &'static [(&'static str, u32)],
    pub(super) business_unit: &'static str,
    pub(super) plant: &'static str,
    pub(super) supplier: &'static str,
    pub(super) price_minor_units: i64,
    /// (Issue, complaints in an average month).
    pub(super) issues: &'static [(&'static str, f64)],
    /// How much of the feedback that is no complaint.
    pub(super) popularity: u32,
}

pub(super) const PRODUCTS: &[Product] = &[
    Product {
        name: ESPRESSO_MACHINE,
        models: &[("Brisa 2", 3), (SHIFTED_MODEL, 5), ("Brisa Pro", 2)],
        business_unit: "Coffee",
        plant: "Braga plant",
        supplier: "Kestrel Pumps",
        price_minor_units: 42_900,
        issues: &[
            (LEAKS_WATER, 18.0),
            (DOES_NOT_SWITCH_ON, 2.0),
            (TOO_NOISY, 1.0),
            (POOR_RESULT, 1.0),
            (DELIVERED_LATE, 1.0),
            (REFUND_NOT_RECEIVED, 1.0),
        ],
        popularity: 22,
    },
    Product {
        name: "Filter coffee maker",
        models: &[("Tilia", 6), ("Tilia Timer", 4)],
        business_unit: "Coffee",
        plant: "Braga plant",
        supplier: "Ondal Glass",
        price_minor_units: 8_900,
        issues: &[
            (LEAKS_WATER, 1.5),
            (DOES_NOT_SWITCH_ON, 2.0),
            (PART_MISSING, 1.5),
            (DAMAGED_ON_ARRIVAL, 2.0),
            (DELIVERED_LATE, 2.0),
        ],
        popularity: 14,
    },
    Product {
        name: "Kettle",
        models: &[("Fjord 1.0", 4), ("Fjord 1.7", 6)],
        business_unit: "Kitchen",
        plant: "Gdansk plant",
        supplier: "Termoral",
        price_minor_units: 5_900,
        issues: &[
            (LEAKS_WATER, 2.0),
            (OVERHEATS, 2.0),
            (DOES_NOT_SWITCH_ON, 2.0),
            (TOO_NOISY, 1.5),
            (DAMAGED_ON_ARRIVAL, 2.0),
        ],
        popularity: 12,
    },
    Product {
        name: "Toaster",
        models: &[("Ember 2", 7), ("Ember 4", 3)],
        business_unit: "Kitchen",
        plant: "Gdansk plant",
        supplier: "Termoral",
        price_minor_units: 4_900,
        issues: &[
            (OVERHEATS, 2.0),
            (DOES_NOT_SWITCH_ON, 1.5),
            (PART_MISSING, 1.5),
            (DAMAGED_ON_ARRIVAL, 1.5),
        ],
        popularity: 9,
    },
    Product {
        name: "Blender",
        models: &[("Maelstrom", 6), ("Maelstrom Go", 4)],
        business_unit: "Kitchen",
        plant: "Gdansk plant",
        supplier: "Rotarion Motors",
        price_minor_units: 11_900,
        issues: &[
            (TOO_NOISY, 2.5),
            (POOR_RESULT, 2.0),
            (PART_MISSING, 2.0),
            (DAMAGED_ON_ARRIVAL, 1.5),
            (DELIVERED_LATE, 1.5),
        ],
        popularity: 10,
    },
    Product {
        name: "Vacuum cleaner",
        models: &[("Zephyr", 4), ("Zephyr Cordless", 6)],
        business_unit: "Home care",
        plant: "Braga plant",
        supplier: "Rotarion Motors",
        price_minor_units: 27_900,
        issues: &[
            (DOES_NOT_SWITCH_ON, 3.0),
            (TOO_NOISY, 2.0),
            (POOR_RESULT, 2.5),
            (PART_MISSING, 1.5),
            (REFUND_NOT_RECEIVED, 2.5),
            (NOBODY_ANSWERS, 2.5),
        ],
        popularity: 13,
    },
    Product {
        name: "Air fryer",
        models: &[("Solis 4", 5), ("Solis 6", 5)],
        business_unit: "Kitchen",
        plant: "Gdansk plant",
        supplier: "Termoral",
        price_minor_units: 14_900,
        issues: &[
            (OVERHEATS, 2.5),
            (POOR_RESULT, 2.0),
            (DAMAGED_ON_ARRIVAL, 2.0),
            (DELIVERED_LATE, 2.0),
            (WRONG_ITEM, 3.0),
            (REFUND_NOT_RECEIVED, 2.0),
        ],
        popularity: 11,
    },
    Product {
        name: "Water filter subscription",
        models: &[("Spring Monthly", 7), ("Spring Quarterly", 3)],
        business_unit: "Subscriptions",
        plant: "Braga plant",
        supplier: "Aquelle Media",
        price_minor_units: 1_490,
        issues: &[
            (CHARGED_WRONGLY, 6.0),
            (DELIVERED_LATE, 2.0),
            (NOBODY_ANSWERS, 3.5),
            (WRONG_ITEM, 3.0),
        ],
        popularity: 9,
    },
];

/// The model whose new seals begin to leak when the shift begins.
pub(super) const SHIFTED_MODEL: &str = "Brisa 3";

/// Where an issue comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Machine,
    Delivery,
    Service,
}

pub(super) fn origin(issue: &str) -> Origin {
    match issue {
        DAMAGED_ON_ARRIVAL | DELIVERED_LATE | WRONG_ITEM => Origin::Delivery,
        CHARGED_WRONGLY | REFUND_NOT_RECEIVED | NOBODY_ANSWERS => Origin::Service,
        _ => Origin::Machine,
    }
}

pub(super) const WAREHOUSES: &[(&str, u32)] = &[("Rotterdam warehouse", 6), ("Lyon warehouse", 4)];
pub(super) const CARRIERS: &[(&str, u32)] = &[("Ostra Parcel", 7), ("Vialto Freight", 3)];
pub(super) const CONTACT_CENTRES: &[(&str, u32)] =
    &[("Cork contact centre", 5), ("Leipzig contact centre", 5)];

/// What was found to be behind an issue.
pub(super) fn causes(issue: &str) -> &'static [&'static str] {
    match issue {
        LEAKS_WATER => &[
            "seal_worn_early",
            "hose_fitting_loose",
            "seal_batch_out_of_tolerance",
        ],
        DOES_NOT_SWITCH_ON => &["fuse_tripped", "control_board_failed", "power_lead_damaged"],
        TOO_NOISY => &["bearing_play", "mounting_not_tightened"],
        OVERHEATS => &["thermostat_drift", "ventilation_blocked"],
        POOR_RESULT => &[
            "instructions_unclear",
            "calibration_off",
            "blade_worn_early",
        ],
        PART_MISSING => &["packing_list_not_followed", "part_out_of_stock"],
        DAMAGED_ON_ARRIVAL => &["packaging_too_weak", "rough_handling_in_transit"],
        DELIVERED_LATE => &[
            "carrier_capacity",
            "address_label_unreadable",
            "picked_late",
        ],
        WRONG_ITEM => &["labels_swapped_at_packing", "order_changed_after_picking"],
        CHARGED_WRONGLY => &["tariff_table_out_of_date", "payment_collected_twice"],
        REFUND_NOT_RECEIVED => &["return_not_booked_in", "bank_details_outdated"],
        _ => &["too_few_people_on_shift", "ticket_closed_without_an_answer"],
    }
}

pub(super) const HANDLERS: &[&str] = &[
    "agent-01", "agent-02", "agent-03", "agent-04", "agent-05", "agent-06", "agent-07", "agent-08",
];
pub(super) const INVESTIGATORS: &[&str] =
    &["engineer-01", "engineer-02", "engineer-03", "engineer-04"];
pub(super) const LEADS: &[&str] = &["lead-01", "lead-02"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slice_that_is_charted_has_enough_complaints_to_be_judged() {
        for product in PRODUCTS {
            let monthly: f64 = product.issues.iter().map(|(_, rate)| rate).sum();
            assert!(monthly > 5.0, "{}: {monthly}", product.name);
        }
    }
}
