use super::super::catalogue as c;
use super::Language;

pub(super) const SENTENCES: Language = Language {
    code: "nl",
    openings: &[
        "Goedendag,",
        "Het gaat om bestelling {order}.",
        "Dit is de tweede keer dat ik contact moet opnemen.",
    ],
    issues: &[
        (
            c::LEAKS_WATER,
            &[
                "Na {days} dagen ligt er elke ochtend een plas onder de {model}.",
                "Zodra de {model} opwarmt, loopt er water uit.",
                "De {model} druppelt aan de achterkant en heeft het blad beschadigd.",
            ],
        ),
        (
            c::DOES_NOT_SWITCH_ON,
            &[
                "{model} gaat sinds gisteren niet meer aan.",
                "{model} doet niets, in geen enkel stopcontact.",
            ],
        ),
        (
            c::TOO_NOISY,
            &[
                "{model} maakt zoveel lawaai dat je elkaar niet verstaat.",
                "Sinds vorige week fluit en rammelt {model}.",
            ],
        ),
        (
            c::OVERHEATS,
            &[
                "{model} wordt aan de buitenkant zo heet dat mijn zoon zich brandde.",
                "Na een paar minuten ruikt {model} naar heet plastic.",
            ],
        ),
        (
            c::POOR_RESULT,
            &[
                "Welke stand ik ook kies, {model} doet het niet goed.",
                "{model} ging {days} dagen goed en wordt sindsdien slechter.",
            ],
        ),
        (
            c::PART_MISSING,
            &[
                "De doos van {model} was verzegeld, maar er ontbreekt een onderdeel.",
                "{model} kwam zonder deksel en zonder handleiding.",
            ],
        ),
        (
            c::DAMAGED_ON_ARRIVAL,
            &[
                "{model} kwam aan met een barst in de zijkant.",
                "Het pakket is gevallen en {model} heeft een deuk.",
            ],
        ),
        (
            c::DELIVERED_LATE,
            &[
                "Bestelling {order} zou vorige week komen; {days} dagen later nog niets.",
                "De zending met {model} staat al {days} dagen stil.",
            ],
        ),
        (
            c::WRONG_ITEM,
            &[
                "Ik bestelde {model} en kreeg iets anders.",
                "Wat bij bestelling {order} zat, staat niet op de factuur.",
            ],
        ),
        (
            c::CHARGED_WRONGLY,
            &[
                "Voor {model} is deze maand twee keer afgeschreven.",
                "Het afgeschreven bedrag voor {model} klopt niet.",
            ],
        ),
        (
            c::REFUND_NOT_RECEIVED,
            &[
                "Ik stuurde {model} {days} dagen geleden terug en heb mijn geld niet.",
                "De beloofde terugbetaling van {order} is nooit gekomen.",
            ],
        ),
        (
            c::NOBODY_ANSWERS,
            &[
                "Vier keer gebeld over {model}, elke keer een half uur wachten.",
                "Drie e-mails over {order} in {days} dagen en geen antwoord.",
            ],
        ),
    ],
    wishes: &[
        ("refund", "Ik wil mijn geld terug."),
        ("replacement", "Stuur mij alstublieft een nieuwe."),
        ("repair", "Laat het alstublieft repareren."),
        (
            "compensation",
            "Ik verwacht een vergoeding voor de overlast.",
        ),
        ("information", "Leg mij alstublieft uit wat er is gebeurd."),
        ("apology", "Excuses zijn wel het minste."),
    ],
    compliments: &[
        "{model} is het beste wat we in de keuken hebben. Bedankt!",
        "Aan de telefoon in vijf minuten opgelost. Geweldig.",
    ],
    suggestions: &[
        "Kan {model} een langer snoer krijgen?",
        "Verkoop de afdichtingen van {model} ook los, alstublieft.",
    ],
    enquiries: &[
        "Welke ontkalker mag ik voor {model} gebruiken?",
        "Is {model} ook in het zwart te koop?",
        "Hoe wijzig ik het adres van bestelling {order}?",
    ],
    safety_reports: &["Bij het insteken van {model} kwamen er vonken. Niemand raakte gewond."],
    content_comments: &["Snel en vriendelijk.", "Alles goed met {model}."],
    discontent_comments: &[
        "Het duurde te lang en ik moest alles twee keer uitleggen.",
        "{model} is nog steeds niet in orde.",
    ],
    refusal: "Wij vonden geen gebrek, en kalk valt niet onder de garantie. \
              Bijgevoegd staat hoe u ontkalkt en tot wie u zich kunt wenden als u het oneens bent.",
    dispute: "Ik ontkalk elke maand. Dit accepteer ik niet.",
    recurrence: "Het gerepareerde apparaat heeft weer hetzelfde gebrek.",
};
