use super::Strict;

fn told(file: &[u8]) -> Result<Vec<Vec<String>>, String> {
    let strict = Strict::new(file, 3, 3)?;
    let mut all = vec![strict.table().names.clone()];
    let mut rows = strict.rows().unwrap();
    while let Some(row) = rows.next_row().unwrap() {
        all.push(row.cells().map(str::to_owned).collect());
    }
    Ok(all)
}

#[test]
fn what_is_written_by_the_book_is_read() {
    let plain = vec![vec!["a", "b"], vec!["1", "2"]];
    for file in ["a,b\n1,2\n", "a,b\r\n1,2", "a,b\r1,2\r", "\u{feff}a,b\n1,2\n", " a ,\"b\"\n\"1\",2\n\n", "a,b\n\n1,2"]
    {
        assert_eq!(told(file.as_bytes()).unwrap(), plain, "{file:?}");
    }
    let quoted = told(b"\"a\nb\",\"c,d\"\n\"say \"\"hi\"\"\",\"1\n2\"\na,b\n").unwrap();
    assert_eq!(quoted, [["a b", "c,d"], ["say \"hi\"", "1\n2"], ["a", "b"]]);
    assert_eq!(told(b"a,b\na,b\n").unwrap().len(), 2, "a row that is like the first one is a row");
    assert_eq!(told(b"a;b\n1;2\n").unwrap(), [["a;b"], ["1;2"]], "no delimiter is guessed");
    assert_eq!(told(b"a,b\n,\n").unwrap(), [["a", "b"], ["", ""]]);
    assert_eq!(told(b"a").unwrap(), [["a"]]);
}

#[test]
fn what_is_not_is_refused_with_its_place() {
    let cases: [(&[u8], &str); 16] = [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"a,b\n1,2\n\xff,3\n", "not UTF-8 (line 3)"),
        (b"\xff\xfea\0,\0b\0", "not UTF-8 (line 1)"),
        (b"a,b\n1,\0\n", "line 2 holds a NUL"),
        (b"a,b\n1,2\n3\n", "row 2 (line 3) has 1 cells, but the first row names 2"),
        (b"a,b\n1,2,3\n", "row 1 (line 2) has 3 cells"),
        (
            b"a,b\n1,\"2\n",
            "row 1 (line 2) has a quote that nothing closes in column 2 (line 2, character 3): close it at the end",
        ),
        (
            b"a,b\n1,2\n\n\r\n\n1,\"2\"3\n",
            "row 2 (line 6) has a quote in the middle of a cell in column 2 (line 6, character 5)",
        ),
        (
            b"a,b\r1,2\r\r1,say \"2\"\r",
            "row 2 (line 4) has a quote in the middle of a cell in column 2 (line 4, character 7)",
        ),
        (
            b"a,b\n\"1\n2\",3\"\n",
            "row 1 (line 2) has a quote in the middle of a cell in column 2 (line 3, character 5): put the whole cell into quotes and double those within, as `\"3\"\"\"`",
        ),
        (b"a,\"b\n1,2\n", "the first row has a quote that nothing closes in column 2 (line 1, character 3)"),
        (b"a,,c\n", "column 2 has no name"),
        (b"a,b, A\n", "two columns are called `A`"),
        (b"a,b,c,d\n", "4 columns, and 3 are the most"),
        (b"a\n1\n2\n3\n4\n", "more than 3 rows"),
    ];
    for (file, said) in cases {
        let error = told(file).unwrap_err();
        assert!(error.contains(said), "{error:?} for {:?}", String::from_utf8_lossy(file));
    }
}
