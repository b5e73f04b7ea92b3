use super::*;

fn texts(message: &str) -> Vec<String> {
    words(message).into_iter().map(|w| w.text).collect()
}

#[test]
fn messages_are_cut_into_words() {
    let cases: [(&str, &[&str]); 16] = [
        ("How many tasks?", &["how", "many", "tasks"]),
        ("budget >= 5", &["budget", ">=", "5"]),
        ("a<=b", &["a", "<=", "b"]),
        ("50%", &["50"]),
        ("R&D team", &["r", "&", "d", "team"]),
        ("1,200 euros", &["1,200", "euros"]),
        ("1,20,3", &["1", "20", "3"]),
        ("v1.5 is out", &["v1", "5", "is", "out"]),
        ("the 3rd one", &["the", "3rd", "one"]),
        ("don't stop", &["do", "not", "stop"]),
        ("dont stop", &["do", "not", "stop"]),
        ("can't won't", &["can", "not", "will", "not"]),
        ("arent isnt werent", &["are", "not", "is", "not", "were", "not"]),
        ("Ann's cat", &["ann", "cat"]),
        ("Zürich café", &["zurich", "cafe"]),
        ("  ", &[]),
    ];
    for (message, wanted) in cases {
        assert_eq!(texts(message), wanted, "{message}");
    }
}

#[test]
fn what_is_seen_of_a_word_is_kept() {
    let found = words("Show \"On hold\" of Ann's list, please.");
    let word = |text: &str| found.iter().find(|w| w.text == text).unwrap();
    assert!(word("on").quoted && word("hold").quoted && !word("of").quoted);
    assert!(word("show").capital && !word("of").capital);
    assert!(word("ann").possessive && !word("list").possessive);
    assert!(word("list").stop && word("please").stop && !word("of").stop);
    assert_eq!(&"Show \"On hold\" of Ann's list"[word("hold").start..word("hold").end], "hold");
}

#[test]
fn quotation_marks_of_all_kinds() {
    for message in ["is “on hold” now", "is «on hold» now", "is \"on hold\" now", "is 'on hold' now"] {
        let quoted: Vec<String> = words(message).into_iter().filter(|w| w.quoted).map(|w| w.text).collect();
        assert_eq!(quoted, ["on", "hold"], "{message}");
    }
}

#[test]
fn numbers_have_values() {
    let cases = [
        ("12", Some(12.0)),
        ("1,234.5", Some(1234.5)),
        ("-3", Some(-3.0)),
        ("3k", Some(3000.0)),
        ("2bn", Some(2e9)),
        ("3rd", None),
        ("12x", None),
        ("twelve", None),
    ];
    for (text, value) in cases {
        assert_eq!(words(text)[0].number, value, "{text}");
    }
    assert!(words("5%")[0].percent);
}

#[test]
fn a_minus_between_numbers_is_no_sign() {
    let found = words("5 -3 10-4");
    assert_eq!(found.iter().map(|w| w.number).collect::<Vec<_>>(), [Some(5.0), Some(3.0), Some(10.0), Some(4.0)]);
}

#[test]
fn words_have_a_singular() {
    let cases = [
        ("tasks", "task"),
        ("cities", "city"),
        ("ties", "tie"),
        ("boxes", "box"),
        ("classes", "class"),
        ("dishes", "dish"),
        ("status", "status"),
        ("statuses", "status"),
        ("bus", "bus"),
        ("analysis", "analysis"),
        ("people", "person"),
        ("children", "child"),
        ("series", "series"),
        ("species", "species"),
        ("won", "win"),
        ("is", "is"),
        ("glass", "glass"),
        ("countrys", "country"),
    ];
    for (word, wanted) in cases {
        assert_eq!(stem(word), wanted, "{word}");
    }
}

#[test]
fn words_are_more_or_less_alike() {
    let cases = [
        ("task", "task", 1.0),
        ("tasks", "task", 0.98),
        ("driver", "drive", 0.85),
        ("directed", "director", 0.85),
        ("price", "cost", 0.7),
        ("employee", "staff", 0.7),
        ("dept", "department", 0.0),
        ("depart", "department", 0.85),
        ("pop", "population", 0.7),
        ("progam", "program", 0.8),
        ("astronuat", "astronaut", 0.8),
        ("task", "cat", 0.0),
        ("2010", "2010", 1.0),
        ("2010", "2011", 0.0),
        ("form", "farm", 0.0),
    ];
    for (one, other, wanted) in cases {
        let likeness = alike(&words(one)[0], &words(other)[0]);
        assert!((likeness - wanted).abs() < 0.01, "{one} {other}: {likeness}");
        let back = alike(&words(other)[0], &words(one)[0]);
        assert!((likeness - back).abs() < 0.01, "{other} {one}: {back}");
    }
}

#[test]
fn slips_of_the_pen() {
    let cases = [
        ("germny", "germany", true),
        ("brelin", "berlin", true),
        ("departmnt", "department", true),
        ("deprtmnt", "department", true),
        ("berlin", "merlin", false),
        ("cat", "cut", false),
        ("paris", "parsley", false),
        ("which", "while", false),
    ];
    for (one, other, wanted) in cases {
        assert_eq!(typo(one, other), wanted, "{one} {other}");
    }
}

#[test]
fn misspelt_words_of_asking_are_mended() {
    let cases = [
        ("avrage", "average"),
        ("differnt", "different"),
        ("higest", "highest"),
        ("lowst", "lowest"),
        ("numbr", "number"),
        ("wich", "wich"),
        ("totl", "totl"),
        ("smallset", "smallest"),
        ("betwen", "between"),
        ("median", "median"),
        ("witout", "without"),
        ("averages", "averages"),
    ];
    for (said, wanted) in cases {
        assert_eq!(texts(said), [wanted], "{said}");
    }
    assert_eq!(texts("the \"avrage\" band"), ["the", "avrage", "band"], "what is quoted stays");
}

#[test]
fn other_forms_of_a_word() {
    let cases: [(&str, &[&str]); 8] = [
        ("nurses", &["nurse"]),
        ("climbing", &["climb", "climbe"]),
        ("foggy", &["fogg", "fog"]),
        ("rainy", &["rain"]),
        ("delayed", &["delay", "delaye"]),
        ("stopped", &["stopp", "stop"]),
        ("cat", &[]),
        ("cities", &["city", "cit"]),
    ];
    for (word, wanted) in cases {
        assert_eq!(forms(word), wanted, "{word}");
    }
}

#[test]
fn folding_takes_case_and_accents_away() {
    for (text, wanted) in [("ÀÉÎ", "aei"), ("ABC", "abc"), ("Straße", "straße"), ("Łódź", "łodz"), ("", "")] {
        assert_eq!(fold(text), wanted);
    }
}
