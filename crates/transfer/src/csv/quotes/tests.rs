use super::misplaced;

#[test]
fn the_first_quote_that_does_not_belong_is_found() {
    let cases = [
        ("a,\"b\n1,2\n", Some((1, "a quote that nothing closes in column 2 (line 7, character 3): close it"))),
        (
            "a,b \"c\" d,e\n",
            Some((1, "in the middle of a cell in column 2 (line 7, character 5): put the whole cell into quotes")),
        ),
        ("5\" pipe\n", Some((0, "double those within, as `\"5\"\" pipe\"`"))),
        ("\"x\ny\",\"a\"b\",c\n", Some((1, "in the middle of a cell in column 2 (line 8, character 6): double it"))),
        ("\"x\r\ny\",z\"\r\n", Some((1, "(line 8, character 5)"))),
        ("\u{fc}\u{fc},\u{fc}\"\n", Some((1, "(line 7, character 5)"))),
        ("\"a\" ,\"b \"\"c\"\"\",d\n\"", None),
        ("a,b\n\"c", None),
        ("a,b\r\"c", None),
        ("", None),
        ("a,", None),
    ];
    for (text, expected) in cases {
        let found = misplaced(text, 7);
        assert_eq!(found.as_ref().map(|found| found.cell), expected.map(|(cell, _)| cell), "{text:?}");
        let said = found.map(|found| found.to_string()).unwrap_or_default();
        assert!(said.contains(expected.map(|(_, said)| said).unwrap_or_default()), "{said} for {text:?}");
    }
}
