use super::super::catalogue as c;
use super::Language;

pub(super) const SENTENCES: Language = Language {
    code: "de",
    openings: &[
        "Guten Tag,",
        "sehr geehrte Damen und Herren,",
        "es geht um die Bestellung {order}.",
        "Leider muss ich mich schon zum zweiten Mal melden.",
    ],
    issues: &[
        (
            c::LEAKS_WATER,
            &[
                "Nach {days} Tagen steht jeden Morgen Wasser unter der {model}.",
                "Sobald die {model} heizt, läuft unten Wasser heraus.",
                "Die {model} tropft hinten, die Arbeitsplatte ist aufgequollen.",
            ],
        ),
        (
            c::DOES_NOT_SWITCH_ON,
            &[
                "{model} lässt sich seit gestern nicht mehr einschalten.",
                "{model} ist tot, an jeder Steckdose das Gleiche.",
            ],
        ),
        (
            c::TOO_NOISY,
            &[
                "{model} ist so laut, dass man sich nicht mehr unterhalten kann.",
                "Seit letzter Woche pfeift und klappert {model}.",
            ],
        ),
        (
            c::OVERHEATS,
            &[
                "{model} wird außen so heiß, dass sich mein Kind verbrannt hat.",
                "Nach wenigen Minuten riecht {model} nach heißem Kunststoff.",
            ],
        ),
        (
            c::POOR_RESULT,
            &[
                "Egal welche Einstellung: {model} liefert kein brauchbares Ergebnis.",
                "{model} war {days} Tage gut und wird seither immer schlechter.",
            ],
        ),
        (
            c::PART_MISSING,
            &[
                "Der Karton von {model} war versiegelt, trotzdem fehlt ein Teil.",
                "{model} kam ohne Deckel und ohne Anleitung.",
            ],
        ),
        (
            c::DAMAGED_ON_ARRIVAL,
            &[
                "{model} kam mit einem Riss im Gehäuse an.",
                "Das Paket ist offenbar gefallen, {model} hat eine Delle.",
            ],
        ),
        (
            c::DELIVERED_LATE,
            &[
                "Die Bestellung {order} sollte letzte Woche kommen, jetzt sind es {days} Tage mehr.",
                "Die Sendung mit {model} bewegt sich seit {days} Tagen nicht.",
            ],
        ),
        (
            c::WRONG_ITEM,
            &[
                "Bestellt war {model}, geliefert wurde etwas anderes.",
                "Was mit der Bestellung {order} kam, steht nicht auf der Rechnung.",
            ],
        ),
        (
            c::CHARGED_WRONGLY,
            &[
                "Für {model} wurde diesen Monat zweimal abgebucht.",
                "Der abgebuchte Betrag für {model} stimmt nicht.",
            ],
        ),
        (
            c::REFUND_NOT_RECEIVED,
            &[
                "{model} ist seit {days} Tagen wieder bei Ihnen, das Geld nicht bei mir.",
                "Die zugesagte Erstattung für {order} ist nie angekommen.",
            ],
        ),
        (
            c::NOBODY_ANSWERS,
            &[
                "Viermal habe ich wegen {model} angerufen, jedes Mal eine halbe Stunde Musik.",
                "Drei E-Mails zu {order} in {days} Tagen, keine einzige Antwort.",
            ],
        ),
    ],
    wishes: &[
        ("refund", "Ich möchte mein Geld zurück."),
        ("replacement", "Bitte schicken Sie mir ein neues Gerät."),
        ("repair", "Bitte reparieren Sie das Gerät."),
        (
            "compensation",
            "Für den Ärger erwarte ich eine Entschädigung.",
        ),
        (
            "information",
            "Bitte erklären Sie mir, wie das passieren konnte.",
        ),
        ("apology", "Eine Entschuldigung wäre das Mindeste."),
    ],
    compliments: &[
        "{model} ist das Beste in unserer Küche. Danke!",
        "Die Dame am Telefon hatte es in fünf Minuten gelöst. Großartig.",
        "Einen Tag früher da und gut verpackt. Sehr zufrieden mit {model}.",
    ],
    suggestions: &[
        "Könnte {model} ein längeres Kabel bekommen?",
        "Bitte verkaufen Sie die Dichtungen für {model} auch einzeln.",
        "Bitte weniger Plastik in der Verpackung.",
    ],
    enquiries: &[
        "Welchen Entkalker darf ich für {model} nehmen?",
        "Gibt es {model} auch in Schwarz?",
        "Wie ändere ich die Adresse der Bestellung {order}?",
    ],
    safety_reports: &["Beim Einstecken von {model} gab es Funken. Verletzt wurde niemand."],
    content_comments: &[
        "Schnell und freundlich.",
        "Alles bestens mit {model}.",
        "So soll es sein.",
    ],
    discontent_comments: &[
        "Hat zu lange gedauert, und ich musste alles zweimal erklären.",
        "{model} ist immer noch nicht in Ordnung.",
    ],
    refusal: "Wir haben am Gerät keinen Fehler gefunden, und Kalk fällt nicht unter die Garantie. \
              Wie man entkalkt und an wen Sie sich wenden können, liegt bei.",
    dispute: "Ich entkalke jeden Monat. Das akzeptiere ich nicht.",
    recurrence: "Das reparierte Gerät hat wieder denselben Fehler.",
};
