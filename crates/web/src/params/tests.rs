use super::Params;

#[test]
fn lists_are_read_in_every_way_of_writing() {
    for (query, values) in [
        ("fields%5B%5D=A&fields%5B%5D=B", &["A", "B"][..]),
        ("fields[]=A&fields[]=B", &["A", "B"]),
        ("fields[1]=B&fields[0]=A", &["A", "B"]),
        ("fields[10]=C&fields[9]=B&fields[0]=A", &["A", "B", "C"]),
        ("fields=A&fields=B", &["A", "B"]),
        ("fields[]=&fields=", &[]),
        ("fields[]=a+b&fields[]=c%2Bd%20e&fields[]=%E2%82%AC", &["a b", "c+d e", "€"]),
        ("fieldset[]=A&fields[x]=B&field[]=C", &[]),
        ("fields[]=%&fields[]=%4&fields[]=%4z1&fields[]=%+1", &["%", "%4", "%4z1", "% 1"]),
        ("fields[]=%ff", &["\u{fffd}"]),
        ("&&fields[]=A=B&", &["A=B"]),
    ] {
        assert_eq!(Params::parse(query).list("fields"), values, "{query}");
    }
}

#[test]
fn tables_are_ordered_by_their_number() {
    let query = "sort%5B1%5D%5Bfield%5D=y&sort[0][direction]=desc&sort[0][field]=x&sort[a][field]=z&sort=Name";
    let rows = [(0, "direction", "desc"), (0, "field", "x"), (1, "field", "y")];
    let params = Params::parse(query);
    assert_eq!(params.table("sort"), rows);
    assert_eq!((params.count("sort"), params.count("sor"), params.count("s[")), (5, 0, 0));
}

#[test]
fn rows_without_numbers_begin_where_a_part_comes_again() {
    let query = "sort[][field]=a&sort[][direction]=desc&sort[][field]=b&sort[][field]=c&sort[0][field]=first";
    let params = Params::parse(query);
    let table = params.table("sort");
    let first = table[1].0;
    let rows = [
        (0, "field", "first"),
        (first, "field", "a"),
        (first, "direction", "desc"),
        (first + 1, "field", "b"),
        (first + 2, "field", "c"),
    ];
    assert_eq!(table, rows);
}

#[test]
fn single_values_have_types() {
    let params = Params::parse("a=1&a=2&empty=&on=true&one=1&off=false&nought=0&n=+7&bad=x7");
    assert_eq!((params.get("a"), params.get("empty"), params.get("none")), (Some("2"), None, None));
    let flags = ["on", "one", "off", "nought", "none", "empty"].map(|key| params.flag(key).unwrap());
    assert_eq!(flags, [true, true, false, false, false, false]);
    assert_eq!(params.flag("bad").unwrap_err(), "`bad` is `true` or `false`, or `1` or `0`, not `x7`");
    assert_eq!((params.number("n"), params.number("bad"), params.number("none")), (Some(Ok(7)), Some(Err("x7")), None));
}
