use super::super::catalogue as c;
use super::Language;

pub(super) const SENTENCES: Language = Language {
    code: "es",
    openings: &[
        "Buenos días:",
        "Escribo por el pedido {order}.",
        "Es la segunda vez que tengo que escribirles.",
    ],
    issues: &[
        (
            c::LEAKS_WATER,
            &[
                "A los {days} días, la {model} deja un charco cada mañana.",
                "En cuanto se calienta la {model}, sale agua por debajo.",
                "La {model} gotea por detrás y ha estropeado la encimera.",
            ],
        ),
        (
            c::DOES_NOT_SWITCH_ON,
            &[
                "Desde ayer {model} no se enciende.",
                "{model} no arranca en ningún enchufe.",
            ],
        ),
        (
            c::TOO_NOISY,
            &[
                "{model} hace tanto ruido que no se puede hablar.",
                "Desde hace una semana {model} silba y vibra.",
            ],
        ),
        (
            c::OVERHEATS,
            &[
                "{model} quema por fuera; mi hijo se hizo daño en un dedo.",
                "A los pocos minutos {model} huele a plástico caliente.",
            ],
        ),
        (
            c::POOR_RESULT,
            &[
                "Con cualquier ajuste, {model} no da buen resultado.",
                "{model} fue bien {days} días y desde entonces va a peor.",
            ],
        ),
        (
            c::PART_MISSING,
            &[
                "La caja de {model} venía precintada, pero falta una pieza.",
                "{model} llegó sin tapa y sin instrucciones.",
            ],
        ),
        (
            c::DAMAGED_ON_ARRIVAL,
            &[
                "{model} llegó con una grieta en un lado.",
                "El paquete se había caído y {model} está abollado.",
            ],
        ),
        (
            c::DELIVERED_LATE,
            &[
                "El pedido {order} debía llegar la semana pasada; {days} días después, nada.",
                "El envío de {model} no se mueve desde hace {days} días.",
            ],
        ),
        (
            c::WRONG_ITEM,
            &[
                "Pedí {model} y recibí otra cosa.",
                "Lo que vino con el pedido {order} no es lo que dice la factura.",
            ],
        ),
        (
            c::CHARGED_WRONGLY,
            &[
                "Este mes me han cobrado {model} dos veces.",
                "El importe cobrado por {model} no es el acordado.",
            ],
        ),
        (
            c::REFUND_NOT_RECEIVED,
            &[
                "Devolví {model} hace {days} días y no he recibido el dinero.",
                "El reembolso prometido de {order} no ha llegado nunca.",
            ],
        ),
        (
            c::NOBODY_ANSWERS,
            &[
                "He llamado cuatro veces por {model}, media hora de espera cada vez.",
                "Tres correos sobre {order} en {days} días y ninguna respuesta.",
            ],
        ),
    ],
    wishes: &[
        ("refund", "Quiero que me devuelvan el dinero."),
        ("replacement", "Envíenme uno nuevo, por favor."),
        ("repair", "Les pido que lo reparen."),
        ("compensation", "Espero una compensación por las molestias."),
        ("information", "Explíquenme qué ha pasado, por favor."),
        ("apology", "Una disculpa sería lo mínimo."),
    ],
    compliments: &[
        "{model} es lo mejor de nuestra cocina. ¡Gracias!",
        "Por teléfono lo resolvieron en cinco minutos. Estupendo.",
    ],
    suggestions: &[
        "¿Podría llevar {model} un cable más largo?",
        "Vendan las juntas de {model} como recambio, por favor.",
    ],
    enquiries: &[
        "¿Qué descalcificador puedo usar con {model}?",
        "¿Existe {model} en negro?",
        "¿Cómo cambio la dirección del pedido {order}?",
    ],
    safety_reports: &["{model} soltó chispas al enchufarlo. Nadie resultó herido."],
    content_comments: &["Rápido y amable.", "Todo bien con {model}."],
    discontent_comments: &[
        "Tardaron demasiado y tuve que explicarlo dos veces.",
        "{model} sigue sin ir bien.",
    ],
    refusal: "No hemos encontrado ningún fallo, y la garantía no cubre la cal. \
              Adjuntamos cómo descalcificar y a quién puede acudir si no está de acuerdo.",
    dispute: "La descalcifico cada mes. No lo acepto.",
    recurrence: "El aparato reparado vuelve a tener el mismo fallo.",
};
