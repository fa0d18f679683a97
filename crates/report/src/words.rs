//! Words that the program itself says, in both languages.

use impegno_calendar::Instant;
use impegno_calendar::Zone;
use impegno_charter::{
    Commitment, Comparison, Dimension, Expected, ShareForm, Standard, SubDimension, Target, TimeUnit,
};
use impegno_measure::{Judgement, Reason, StretchState, Verdict};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::document::Language;
use crate::numbers;

/// The Italian or the English of two texts.
pub(crate) fn say(language: Language, italian: &str, english: &str) -> String {
    match language {
        Language::It => italian.to_owned(),
        Language::En => english.to_owned(),
    }
}

/// A verdict as one word or two.
pub(crate) fn verdict(verdict: &Verdict, language: Language) -> String {
    match verdict {
        Verdict::Met => say(language, "Rispettato", "Met"),
        Verdict::Missed => say(language, "Non rispettato", "Missed"),
        Verdict::NotProvable => say(language, "Non dimostrabile", "Not provable"),
        Verdict::NoThreshold => say(language, "Senza soglia", "No threshold"),
        Verdict::NotMeasured(_) => say(language, "Non misurato", "Not measured"),
    }
}

/// Dimension and sub-dimension of quality: `Efficacia: affidabilità`; empty where a promise names none.
pub(crate) fn dimension(commitment: &Commitment, language: Language) -> String {
    let part = commitment.sub_dimension.map(|part| match part {
        SubDimension::Physical => say(language, "fisica", "physical"),
        SubDimension::Multichannel => say(language, "multicanale", "multichannel"),
        SubDimension::Conformity => say(language, "conformità", "conformity"),
        SubDimension::Reliability => say(language, "affidabilità", "reliability"),
        SubDimension::Completeness => say(language, "compiutezza", "completeness"),
    });
    let whole = commitment.dimension.map(|whole| match whole {
        Dimension::Accessibility => say(language, "Accessibilità", "Accessibility"),
        Dimension::Timeliness => say(language, "Tempestività", "Timeliness"),
        Dimension::Transparency => say(language, "Trasparenza", "Transparency"),
        Dimension::Effectiveness => say(language, "Efficacia", "Effectiveness"),
    });
    whole.into_iter().chain(part).collect::<Vec<_>>().join(": ")
}

/// The period for which something is promised, from its months.
pub(crate) fn period(months: u8, language: Language) -> String {
    match months {
        1 => say(language, "mese", "month"),
        3 => say(language, "trimestre", "quarter"),
        6 => say(language, "semestre", "half-year"),
        12 => say(language, "anno", "year"),
        other => self::months(i64::from(other), language),
    }
}

/// Which kind of standard a promise is, in a word.
pub(crate) fn standard(standard: Standard, language: Language) -> String {
    match standard {
        Standard::Specific => say(language, "specifico", "specific"),
        Standard::General => say(language, "generale", "general"),
    }
}

/// Why there is no value.
pub(crate) fn reason(reason: &Reason, language: Language) -> String {
    match reason {
        Reason::NoFacts => {
            say(language, "nessun fatto ricevuto per il periodo", "no fact received for the period")
        }
        Reason::NoProbe => {
            say(language, "nessuna sonda osserva il componente", "no probe watches the component")
        }
        Reason::NoCase => say(language, "nessun caso nel periodo", "no case in the period"),
        Reason::NoEvent(event) => say(
            language,
            &format!("nessun caso ha mai avuto l’evento «{event}»"),
            &format!("no case ever had the event “{event}”"),
        ),
        Reason::NothingKnown => {
            say(language, "stato sconosciuto per tutto il periodo", "state unknown all the time")
        }
        Reason::AllExcused => say(
            language,
            "tutto il tempo di servizio è escluso, o non ce n’è",
            "all service time is excused, or there is none",
        ),
        Reason::NoScan => {
            say(language, "nessuna scansione della rete nel periodo", "no scan of the network in the period")
        }
        Reason::UnfinishedScan => say(
            language,
            "nessuna scansione della rete portata a termine nel periodo",
            "no scan of the network was done to its end in the period",
        ),
        Reason::EmptyWhole => say(language, "nulla di cui calcolare la quota", "nothing to take a share of"),
    }
}

/// What became of a case.
pub(crate) fn judgement(judgement: Judgement, language: Language) -> String {
    match judgement {
        Judgement::Good => say(language, "entro il termine", "in time"),
        Judgement::Late => say(language, "in ritardo", "late"),
        Judgement::Open => say(language, "aperto, non ancora in ritardo", "open, not yet late"),
        Judgement::NotJudgeable => say(language, "non giudicabile", "not judgeable"),
        Judgement::Excluded => say(language, "escluso dall’impegno", "left out of the promise"),
        Judgement::WithoutDeadline => say(language, "senza scadenza", "without a deadline"),
    }
}

/// What a stretch of time counts as.
pub(crate) fn stretch(state: StretchState, language: Language) -> String {
    match state {
        StretchState::Down => say(language, "fermo", "down"),
        StretchState::Excused => say(language, "fermo programmato (escluso)", "planned stop (excused)"),
        StretchState::Unknown => say(language, "stato sconosciuto", "unknown"),
    }
}

/// The sign of a comparison.
pub(crate) fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::AtLeast => "≥",
        Comparison::MoreThan => ">",
        Comparison::AtMost => "≤",
        Comparison::LessThan => "<",
    }
}

/// An expected value: `≥ 98,50 %`.
pub(crate) fn expected(expected: &Expected, language: Language) -> String {
    let sign = sign(expected.comparison);
    let value = match &expected.target {
        Target::Unstated => return say(language, "nessuna soglia", "no threshold"),
        Target::Share { numerator, denominator, written: ShareForm::Fraction(decimals), .. } => {
            let scale = BigInt::from(10).pow(u32::from(*decimals));
            let number = |digits: i128| {
                numbers::decimal(&BigRational::new(BigInt::from(digits), scale.clone()), *decimals, language)
            };
            format!("{}/{}", number(*numerator), number(*denominator))
        }
        Target::Share { numerator, denominator, decimals, written: ShareForm::Percent } => {
            let share = BigRational::new(BigInt::from(*numerator), BigInt::from(*denominator));
            numbers::percent(&share, *decimals, language)
        }
        Target::Time { length, unit } => time_in(*unit, length.0, language),
        Target::Months(months) => self::months(*months, language),
        Target::Days { numerator, denominator } => {
            days(&BigRational::new(BigInt::from(*numerator), BigInt::from(*denominator)), language)
        }
        Target::Number { numerator, denominator, decimals } => {
            let number = BigRational::new(BigInt::from(*numerator), BigInt::from(*denominator));
            numbers::decimal(&number, *decimals, language)
        }
        Target::Cents(cents) => numbers::euro(*cents, language),
    };
    format!("{sign} {value}")
}

/// A length of time in one unit, with as many decimals as it needs (at most nine).
pub(crate) fn time_in(unit: TimeUnit, micros: i64, language: Language) -> String {
    let value = BigRational::new(BigInt::from(micros), BigInt::from(unit.micros()));
    let decimals = (0..9).find(|decimals| {
        let scale = BigInt::from(10).pow(u32::from(*decimals));
        (&value * BigRational::from_integer(scale)).is_integer()
    });
    let name = match unit {
        TimeUnit::Millisecond => "ms",
        TimeUnit::Second => "s",
        TimeUnit::Minute => "min",
        TimeUnit::Hour => "h",
    };
    format!("{} {name}", numbers::decimal(&value, decimals.unwrap_or(9), language))
}

/// A number of months.
pub(crate) fn months(months: i64, language: Language) -> String {
    match (language, months) {
        (Language::It, 1) => "1 mese".to_owned(),
        (Language::It, _) => format!("{months} mesi"),
        (Language::En, 1) => "1 month".to_owned(),
        (Language::En, _) => format!("{months} months"),
    }
}

/// A number of days, with at most two decimals; a mean that has more is rounded.
pub(crate) fn days(days: &BigRational, language: Language) -> String {
    let decimals = (0..2).find(|decimals| {
        let scale = BigRational::from_integer(BigInt::from(10).pow(u32::from(*decimals)));
        (days * scale).is_integer()
    });
    let number = numbers::decimal(days, decimals.unwrap_or(2), language);
    let one = *days == BigRational::from_integer(BigInt::from(1));
    match (language, one) {
        (Language::It, true) => "1 giorno".to_owned(),
        (Language::It, false) => format!("{number} giorni"),
        (Language::En, true) => "1 day".to_owned(),
        (Language::En, false) => format!("{number} days"),
    }
}

/// A number of days, `5 giorni lavorativi`.
pub(crate) fn whole_days(days: i32, working: bool, language: Language) -> String {
    match (language, days, working) {
        (Language::It, 1, true) => "1 giorno lavorativo".to_owned(),
        (Language::It, 1, false) => "1 giorno".to_owned(),
        (Language::It, _, true) => format!("{days} giorni lavorativi"),
        (Language::It, _, false) => format!("{days} giorni"),
        (Language::En, 1, true) => "1 working day".to_owned(),
        (Language::En, 1, false) => "1 day".to_owned(),
        (Language::En, _, true) => format!("{days} working days"),
        (Language::En, _, false) => format!("{days} days"),
    }
}

/// The name of a month, from 1.
pub(crate) fn month(number: i8, language: Language) -> &'static str {
    const ITALIAN: [&str; 12] = [
        "Gennaio",
        "Febbraio",
        "Marzo",
        "Aprile",
        "Maggio",
        "Giugno",
        "Luglio",
        "Agosto",
        "Settembre",
        "Ottobre",
        "Novembre",
        "Dicembre",
    ];
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let names = match language {
        Language::It => ITALIAN,
        Language::En => ENGLISH,
    };
    usize::try_from(number - 1).ok().and_then(|n| names.get(n)).copied().unwrap_or("")
}

/// An instant as people of the centre read it.
pub(crate) fn instant(at: Instant, zone: &Zone, language: Language) -> String {
    let civil = zone.civil(at);
    let (day, month, year) = (civil.day(), civil.month(), civil.year());
    let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
    match language {
        Language::It => format!("{day:02}/{month:02}/{year} {hour:02}:{minute:02}:{second:02}"),
        Language::En => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

/// A civil day as people of the centre read it.
pub(crate) fn day(day: jiff::civil::Date, language: Language) -> String {
    match language {
        Language::It => format!("{:02}/{:02}/{}", day.day(), day.month(), day.year()),
        Language::En => day.to_string(),
    }
}
