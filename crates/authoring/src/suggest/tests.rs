use super::bare;

#[test]
fn what_models_put_around_a_formula_is_left_aside() {
    for said in [
        "{Points} * 2",
        " {Points} * 2\n",
        "`{Points} * 2`",
        "= {Points} * 2",
        "```\n{Points} * 2\n```",
        "```airtable\n{Points} * 2\n```",
        "```{Points} * 2```",
    ] {
        assert_eq!(bare(said), "{Points} * 2", "{said:?}");
    }
    assert_eq!(bare("```a\nb\n```"), "b");
    assert_eq!(bare("```"), "");
}
