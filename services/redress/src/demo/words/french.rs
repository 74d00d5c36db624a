use super::super::catalogue as c;
use super::Language;

pub(super) const SENTENCES: Language = Language {
    code: "fr",
    openings: &[
        "Bonjour,",
        "Madame, Monsieur,",
        "Je vous écris au sujet de la commande {order}.",
        "C'est la deuxième fois que je dois vous contacter.",
    ],
    issues: &[
        (
            c::LEAKS_WATER,
            &[
                "Après {days} jours, la {model} laisse une flaque chaque matin.",
                "Dès que la {model} chauffe, de l'eau sort par le dessous.",
                "La {model} goutte à l'arrière et a abîmé le meuble.",
            ],
        ),
        (
            c::DOES_NOT_SWITCH_ON,
            &[
                "Depuis hier, {model} ne s'allume plus du tout.",
                "{model} ne démarre pas, quelle que soit la prise.",
            ],
        ),
        (
            c::TOO_NOISY,
            &[
                "{model} fait tant de bruit qu'on ne s'entend plus.",
                "Depuis une semaine, {model} siffle et vibre.",
            ],
        ),
        (
            c::OVERHEATS,
            &[
                "L'extérieur de {model} devient brûlant, mon fils s'est brûlé le doigt.",
                "Au bout de quelques minutes, {model} sent le plastique chaud.",
            ],
        ),
        (
            c::POOR_RESULT,
            &[
                "Quel que soit le réglage, {model} ne donne rien de bon.",
                "{model} a bien marché {days} jours, puis de moins en moins.",
            ],
        ),
        (
            c::PART_MISSING,
            &[
                "Le carton de {model} était scellé mais il manque une pièce.",
                "{model} est arrivé sans couvercle ni notice.",
            ],
        ),
        (
            c::DAMAGED_ON_ARRIVAL,
            &[
                "{model} est arrivé fendu sur un côté.",
                "Le colis est tombé, {model} est cabossé.",
            ],
        ),
        (
            c::DELIVERED_LATE,
            &[
                "La commande {order} était promise la semaine dernière ; {days} jours après, rien.",
                "Le suivi de {model} n'a pas bougé depuis {days} jours.",
            ],
        ),
        (
            c::WRONG_ITEM,
            &[
                "J'ai commandé {model} et reçu autre chose.",
                "Le contenu de la commande {order} ne correspond pas à la facture.",
            ],
        ),
        (
            c::CHARGED_WRONGLY,
            &[
                "J'ai été débité deux fois pour {model} ce mois-ci.",
                "Le montant prélevé pour {model} n'est pas le bon.",
            ],
        ),
        (
            c::REFUND_NOT_RECEIVED,
            &[
                "J'ai renvoyé {model} il y a {days} jours, toujours pas de remboursement.",
                "Le remboursement promis pour {order} n'est jamais arrivé.",
            ],
        ),
        (
            c::NOBODY_ANSWERS,
            &[
                "J'ai appelé quatre fois pour {model}, une demi-heure d'attente chaque fois.",
                "Trois courriels sur {order} en {days} jours, aucune réponse.",
            ],
        ),
    ],
    wishes: &[
        ("refund", "Je veux être remboursé."),
        ("replacement", "Merci de m'en envoyer un neuf."),
        ("repair", "Merci de le faire réparer."),
        ("compensation", "J'attends un dédommagement."),
        ("information", "Merci de m'expliquer ce qui s'est passé."),
        ("apology", "Des excuses seraient le minimum."),
    ],
    compliments: &[
        "{model} est ce que nous avons de mieux en cuisine. Merci !",
        "Mon problème a été réglé au téléphone en cinq minutes. Bravo.",
    ],
    suggestions: &[
        "Un câble plus long pour {model} serait utile.",
        "Vendez les joints de {model} au détail, s'il vous plaît.",
        "Moins de plastique dans l'emballage, s'il vous plaît.",
    ],
    enquiries: &[
        "Quel détartrant utiliser pour {model} ?",
        "{model} existe-t-il en noir ?",
        "Comment changer l'adresse de la commande {order} ?",
    ],
    safety_reports: &["{model} a fait des étincelles au branchement. Personne n'est blessé."],
    content_comments: &["Rapide et aimable.", "Tout va bien avec {model}."],
    discontent_comments: &[
        "Trop long, et j'ai dû tout expliquer deux fois.",
        "{model} ne fonctionne toujours pas bien.",
    ],
    refusal: "Nous n'avons constaté aucun défaut, et la garantie ne couvre pas le tartre. \
              Vous trouverez ci-joint comment détartrer et à qui vous adresser en cas de désaccord.",
    dispute: "Je détartre tous les mois. Je n'accepte pas cette réponse.",
    recurrence: "L'appareil réparé présente de nouveau le même défaut.",
};
