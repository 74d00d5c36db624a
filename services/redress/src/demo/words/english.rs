use super::super::catalogue as c;
use super::Language;

pub(super) const SENTENCES: Language = Language {
    code: "en",
    openings: &[
        "Hello,",
        "I have been a customer for years and never had to write before.",
        "I am writing about order {order}.",
        "This is the second time that I have to get in touch.",
    ],
    issues: &[
        (
            c::LEAKS_WATER,
            &[
                "After {days} days my {model} leaves a puddle on the worktop every morning.",
                "Water comes out underneath the {model} as soon as it heats up.",
                "The {model} drips from the back and has ruined a drawer.",
            ],
        ),
        (
            c::DOES_NOT_SWITCH_ON,
            &[
                "The {model} has been dead since yesterday; no light, nothing.",
                "My {model} will not switch on, whichever socket I try.",
            ],
        ),
        (
            c::TOO_NOISY,
            &[
                "The {model} is so loud that we cannot talk in the same room.",
                "Since last week the {model} rattles and whistles.",
            ],
        ),
        (
            c::OVERHEATS,
            &[
                "The {model} gets so hot on the outside that my son burnt a finger.",
                "The {model} smells of hot plastic after a few minutes.",
            ],
        ),
        (
            c::POOR_RESULT,
            &[
                "Whatever setting I use, the {model} does not do its job properly.",
                "The {model} worked well for {days} days and has got worse since.",
            ],
        ),
        (
            c::PART_MISSING,
            &[
                "The box of the {model} was sealed but a part is missing.",
                "Your {model} came without the lid and without instructions.",
            ],
        ),
        (
            c::DAMAGED_ON_ARRIVAL,
            &[
                "The {model} arrived with a crack down one side.",
                "The parcel had been dropped and the {model} inside is dented.",
            ],
        ),
        (
            c::DELIVERED_LATE,
            &[
                "Order {order} was promised for last week; {days} days later it is still not here.",
                "The tracking of the {model} has not moved for {days} days.",
            ],
        ),
        (
            c::WRONG_ITEM,
            &[
                "I ordered the {model} and received something else.",
                "What came with order {order} is not what is on the invoice.",
            ],
        ),
        (
            c::CHARGED_WRONGLY,
            &[
                "I was charged twice for {model} this month.",
                "The amount on my statement for {model} is not what we agreed.",
            ],
        ),
        (
            c::REFUND_NOT_RECEIVED,
            &[
                "I sent the {model} back {days} days ago and have not seen my money.",
                "You confirmed a refund for order {order}; it never came.",
            ],
        ),
        (
            c::NOBODY_ANSWERS,
            &[
                "I have called four times about the {model} and waited half an hour each time.",
                "Three e-mails about order {order} in {days} days, and not one answer.",
            ],
        ),
    ],
    wishes: &[
        ("refund", "I want my money back."),
        ("replacement", "Please send me a new one."),
        ("repair", "Please have it repaired."),
        (
            "compensation",
            "I expect to be compensated for the trouble.",
        ),
        ("information", "Please explain what happened."),
        ("apology", "An apology would be the least."),
    ],
    compliments: &[
        "The {model} is the best thing in our kitchen. Thank you!",
        "The person on the phone solved it in five minutes. Wonderful service.",
        "Delivered a day early and well packed. Very happy with the {model}.",
    ],
    suggestions: &[
        "Could the {model} get a longer lead?",
        "Please sell the seals of the {model} as a spare part.",
        "A quieter start in the morning would make the {model} perfect.",
        "Use less plastic in the packaging, please.",
    ],
    enquiries: &[
        "Which descaler may I use for the {model}?",
        "Is the {model} also sold in black?",
        "How do I change the address of order {order}?",
        "How long is the guarantee of the {model}?",
    ],
    safety_reports: &["The {model} gave off sparks when I plugged it in. Nobody was hurt."],
    content_comments: &[
        "Quick and friendly.",
        "All good with the {model}.",
        "As it should be.",
    ],
    discontent_comments: &[
        "It took too long and I had to explain everything twice.",
        "The {model} still is not right.",
        "I got an answer, but not to my question.",
    ],
    refusal: "We found no fault in the machine, and the guarantee does not cover limescale. \
              We have added how to descale it, and whom you can turn to if you disagree.",
    dispute: "I descale it every month. I do not accept this.",
    recurrence: "The repaired machine has the same fault again.",
};
