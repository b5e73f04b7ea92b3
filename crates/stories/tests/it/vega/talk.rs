//! Questions as people write them, each with its answer computed from the raw rows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::raw::{Raw, Row};
use super::score::Asked;

fn count(table: &Raw, meets: impl Fn(&Row<'_>) -> bool) -> Value {
    json!(table.rows().filter(|row| meets(row)).count())
}

fn numbers(table: &Raw, column: &str, meets: impl Fn(&Row<'_>) -> bool) -> Vec<f64> {
    table.rows().filter(|row| meets(row)).filter_map(|row| row.number(column)).collect()
}

fn sum(table: &Raw, column: &str, meets: impl Fn(&Row<'_>) -> bool) -> Value {
    json!(numbers(table, column, meets).iter().sum::<f64>())
}

fn average(table: &Raw, column: &str, meets: impl Fn(&Row<'_>) -> bool) -> Value {
    let all = numbers(table, column, meets);
    json!(all.iter().sum::<f64>() / all.len() as f64)
}

fn greatest(table: &Raw, column: &str, meets: impl Fn(&Row<'_>) -> bool) -> Value {
    json!(numbers(table, column, meets).into_iter().reduce(f64::max))
}

fn least(table: &Raw, column: &str, meets: impl Fn(&Row<'_>) -> bool) -> Value {
    json!(numbers(table, column, meets).into_iter().reduce(f64::min))
}

fn cells(table: &Raw, column: &str, meets: impl Fn(&Row<'_>) -> bool) -> Value {
    table.rows().filter(|row| meets(row)).map(|row| json!(row.text(column))).collect()
}

fn different(table: &Raw, column: &str, meets: impl Fn(&Row<'_>) -> bool) -> Value {
    json!(table.rows().filter(|row| meets(row)).map(|row| row.text(column)).collect::<BTreeSet<_>>())
}

/// The cells of the rows in which `by` is as great as anywhere among those that meet the condition.
fn at_greatest(table: &Raw, column: &str, by: &str, meets: impl Fn(&Row<'_>) -> bool) -> Value {
    let most = greatest(table, by, &meets).as_f64();
    cells(table, column, |row| meets(row) && row.number(by) == most)
}

fn groups(table: &Raw, column: &str) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for row in table.rows() {
        *all.entry(row.text(column).to_owned()).or_insert(0) += 1;
    }
    all
}

/// The keys of the largest groups, or of the smallest.
fn extreme_groups(table: &Raw, column: &str, most: bool) -> Value {
    let all = groups(table, column);
    let edge = if most { all.values().max() } else { all.values().min() };
    all.iter().filter(|(_, size)| Some(*size) == edge).map(|(key, _)| json!(key)).collect()
}

fn grouped(table: &Raw, column: &str) -> Value {
    groups(table, column).into_iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}

fn any(_: &Row<'_>) -> bool {
    true
}

pub fn about(table: &Raw) -> Vec<Asked> {
    let asked: Vec<(&str, Value)> = match table.name {
        "birdstrikes" => birdstrikes(table),
        "football" => football(table),
        "jobs" => jobs(table),
        "la riots" => riots(table),
        "disasters" => disasters(table),
        "airports" => airports(table),
        "github" => github(table),
        "seattle weather" => weather(table),
        "countries" => countries(table),
        "zipcodes" => zipcodes(table),
        "flights" => flights(table),
        other => panic!("nobody asked about {other}"),
    };
    asked.into_iter().map(|(question, wanted)| Asked { question: question.to_owned(), wanted }).collect()
}

fn birdstrikes(t: &Raw) -> Vec<(&'static str, Value)> {
    let texas = |row: &Row<'_>| row.is("Origin State", "Texas");
    vec![
        (
            "How many bird strikes happened at Dallas Fort Worth?",
            count(t, |row| row.is("Airport Name", "DALLAS/FORT WORTH INTL ARPT")),
        ),
        ("which airline operator had the most strikes", extreme_groups(t, "Aircraft Airline Operator", true)),
        ("i need the total repair cost for all strikes in texas", sum(t, "Cost Repair", texas)),
        (
            "What was the most expensive strike? Give me the airport.",
            at_greatest(t, "Airport Name", "Cost Total $", any),
        ),
        (
            "how many strikes happend at night in California",
            count(t, |row| row.is("Time of day", "Night") && row.is("Origin State", "California")),
        ),
        ("Number of birdstrikes involving a Canada goose", count(t, |row| row.is("Wildlife Species", "Canada goose"))),
        (
            "We hit something at dusk quite often. How many times did that happen?",
            count(t, |row| row.is("Time of day", "Dusk")),
        ),
        (
            "avg speed when the plane was climbing",
            average(t, "Speed IAS in knots", |row| row.is("Phase of flight", "Climb")),
        ),
        (
            "How many different wildlife species are in the data?",
            json!(different(t, "Wildlife Species", any).as_array().map(Vec::len)),
        ),
        ("Which state saw the fewest strikes?", extreme_groups(t, "Origin State", false)),
        (
            "how many of the strikes did substantial damage",
            count(t, |row| row.is("Effect Amount of damage", "Substantial")),
        ),
        ("strikes per phase of flight please", grouped(t, "Phase of flight")),
        ("How many incidents were there in 1995?", count(t, |row| row.text("Flight Date").starts_with("1995"))),
        ("Were there any strikes during taxi?", json!(true)),
    ]
}

fn football(t: &Raw) -> Vec<(&'static str, Value)> {
    let arsenal = |row: &Row<'_>| row.is("home_team", "Arsenal");
    vec![
        ("How many games did Arsenal play at home?", count(t, arsenal)),
        ("how many goals did Arsenal score at home in total?", sum(t, "home_score", arsenal)),
        (
            "How many matches ended with the home team scoring more than 6?",
            count(t, |row| row.number("home_score").is_some_and(|score| score > 6.0)),
        ),
        ("what's the biggest home score ever", greatest(t, "home_score", any)),
        ("games in the Serie A, how many?", count(t, |row| row.is("division", "Serie A"))),
        ("list all divisions", different(t, "division", any)),
        ("which home team scored 9 goals", cells(t, "home_team", |row| row.is("home_score", "9"))),
        ("how many matchs were played on 15 May 2016", count(t, |row| row.is("date", "2016-05-15"))),
        (
            "number of English Premier League games in 2014",
            count(t, |row| row.is("division", "English Premier League") && row.text("date").starts_with("2014")),
        ),
        (
            "average away score in the Primera Division",
            average(t, "away_score", |row| row.is("division", "Primera Division")),
        ),
    ]
}

fn jobs(t: &Raw) -> Vec<(&'static str, Value)> {
    let of = |job: &'static str, sex: &'static str, year: &'static str| {
        move |row: &Row<'_>| row.is("job", job) && row.is("sex", sex) && row.is("year", year)
    };
    vec![
        ("How many women were nurses in 1950?", cells(t, "count", of("Nurse", "women", "1950"))),
        ("In 1900, how many men worked as blacksmith?", cells(t, "count", of("Blacksmith", "men", "1900"))),
        ("What was the perc for men who were Farmer in 1900", cells(t, "perc", of("Farmer", "men", "1900"))),
        ("how many different jobs do we have", json!(different(t, "job", any).as_array().map(Vec::len))),
        ("the largest count for bakers?", greatest(t, "count", |row| row.is("job", "Baker"))),
        ("Which years does the data cover?", different(t, "year", any)),
    ]
}

fn riots(t: &Raw) -> Vec<(&'static str, Value)> {
    let type_is = |kind: &'static str| move |row: &Row<'_>| row.is("type", kind);
    vec![
        (
            "how old was George Alvarez?",
            cells(t, "age", |row| row.is("first_name", "George") && row.is("last_name", "Alvarez")),
        ),
        ("How many people died in Koreatown?", count(t, |row| row.is("neighborhood", "Koreatown"))),
        ("how many of the victims were women?", count(t, |row| row.is("gender", "Female"))),
        ("what was the average age of the victims", average(t, "age", any)),
        ("who was the oldest victim? I need the last name", at_greatest(t, "last_name", "age", any)),
        ("How many were shot by officers?", count(t, type_is("Officer-involved shooting"))),
        ("deaths by race", grouped(t, "race")),
        (
            "how many homicides on April 30 1992",
            count(t, |row| row.is("type", "Homicide") && row.is("death_date", "1992-04-30")),
        ),
        (
            "What is the first name of the youngest person who died?",
            cells(t, "first_name", |row| row.number("age").is_some_and(|age| age <= 15.0)),
        ),
        ("people younger than 18: how many?", count(t, |row| row.number("age").is_some_and(|age| age < 18.0))),
        ("Is there anybody without an age?", json!(true)),
    ]
}

fn disasters(t: &Raw) -> Vec<(&'static str, Value)> {
    let of = |kind: &'static str| move |row: &Row<'_>| row.is("Entity", kind);
    vec![
        (
            "How many people died in earthquakes in 2010?",
            cells(t, "Deaths", |row| row.is("Entity", "Earthquake") && row.is("Year", "2010")),
        ),
        ("what was the deadliest year for floods", at_greatest(t, "Year", "Deaths", of("Flood"))),
        (
            "total deaths from droughts since 1950",
            sum(t, "Deaths", |row| {
                row.is("Entity", "Drought") && row.number("Year").is_some_and(|year| year >= 1950.0)
            }),
        ),
        ("In which year did epidemics kill the most people?", at_greatest(t, "Year", "Deaths", of("Epidemic"))),
        ("what kinds of entity are there?", different(t, "Entity", any)),
        ("How many deaths did the worst earthquake year have?", greatest(t, "Deaths", of("Earthquake"))),
    ]
}

fn airports(t: &Raw) -> Vec<(&'static str, Value)> {
    let abroad = |row: &Row<'_>| !row.is("country", "USA");
    vec![
        ("which city is SEA in", cells(t, "city", |row| row.is("iata", "SEA"))),
        ("how many airports does AK have", count(t, |row| row.is("state", "AK"))),
        ("what's the name of the airport LAX", cells(t, "name", |row| row.is("iata", "LAX"))),
        ("airports in Houston, how many?", count(t, |row| row.is("city", "Houston"))),
        ("which state has the most airports?", extreme_groups(t, "state", true)),
        ("Which airport has the highest latitude?", at_greatest(t, "iata", "latitude", any)),
        ("Show me the names of the airports that aren't in the USA", cells(t, "name", abroad)),
        ("how many airports arent in the usa?", count(t, abroad)),
    ]
}

fn github(t: &Raw) -> Vec<(&'static str, Value)> {
    vec![
        ("What's the highest count?", greatest(t, "count", any)),
        ("how many rows have a count over 10", count(t, |row| row.number("count").is_some_and(|held| held > 10.0))),
        ("total count in january 2015", sum(t, "count", |row| row.text("time").starts_with("2015/01"))),
        (
            "How many rows are there after April 2015?",
            count(t, |row| row.text("time").starts_with("2015/05") || row.text("time").starts_with("2015/06")),
        ),
    ]
}

fn weather(t: &Raw) -> Vec<(&'static str, Value)> {
    let below =
        |column: &'static str, bound: f64| move |row: &Row<'_>| row.number(column).is_some_and(|held| held < bound);
    vec![
        (
            "How many days did it snow in 2012?",
            count(t, |row| row.is("weather", "snow") && row.text("date").starts_with("2012")),
        ),
        ("What was the hottest day?", at_greatest(t, "date", "temp_max", any)),
        ("what was temp max on July 4 2013", cells(t, "temp_max", |row| row.is("date", "2013-07-04"))),
        ("total rainfall in November 2014", sum(t, "precipitation", |row| row.text("date").starts_with("2014-11"))),
        ("avg wind on foggy days", average(t, "wind", |row| row.is("weather", "fog"))),
        ("How many days had a min temp below 0", count(t, below("temp_min", 0.0))),
        ("what was the weather like on 2015-12-25?", cells(t, "weather", |row| row.is("date", "2015-12-25"))),
        (
            "how many days with more than 20 of precipitation?",
            count(t, |row| row.number("precipitation").is_some_and(|held| held > 20.0)),
        ),
        ("whats the coldest it ever got", least(t, "temp_min", any)),
    ]
}

fn countries(t: &Raw) -> Vec<(&'static str, Value)> {
    let of = |country: &'static str, year: &'static str| {
        move |row: &Row<'_>| row.is("country", country) && row.is("year", year)
    };
    vec![
        ("what was the life expectancy in Japan in 1990?", cells(t, "life_expect", of("Japan", "1990"))),
        (
            "Which country had the highest fertility in 1955?",
            at_greatest(t, "country", "fertility", |row| row.is("year", "1955")),
        ),
        ("fertility of germny in 2000", cells(t, "fertility", of("Germany", "2000"))),
        ("how many countrys are in there", json!(different(t, "country", any).as_array().map(Vec::len))),
        (
            "average life expectancy in 2000 across all countries",
            average(t, "life_expect", |row| row.is("year", "2000")),
        ),
        (
            "list the years in which Rwanda's life expectancy was under 40",
            cells(t, "year", |row| {
                row.is("country", "Rwanda") && row.number("life_expect").is_some_and(|years| years < 40.0)
            }),
        ),
    ]
}

fn zipcodes(t: &Raw) -> Vec<(&'static str, Value)> {
    let texas = |row: &Row<'_>| row.is("state", "TX");
    vec![
        ("what town is 90210", cells(t, "city", |row| row.is("zip_code", "90210"))),
        ("how many zip codes does Chicago have?", count(t, |row| row.is("city", "Chicago"))),
        (
            "how many zip codes are in Suffolk county NY",
            count(t, |row| row.is("county", "Suffolk") && row.is("state", "NY")),
        ),
        ("Which county is 10001 in?", cells(t, "county", |row| row.is("zip_code", "10001"))),
        ("how many differnt cities in TX", json!(different(t, "city", texas).as_array().map(Vec::len))),
    ]
}

fn flights(t: &Raw) -> Vec<(&'static str, Value)> {
    vec![
        ("How many flights left from PHX?", count(t, |row| row.is("origin", "PHX"))),
        (
            "avg delay of flights from LAX to LAS?",
            average(t, "delay", |row| row.is("origin", "LAX") && row.is("destination", "LAS")),
        ),
        ("longest flight distance", greatest(t, "distance", any)),
        (
            "how many flights were more than 60 minutes late",
            count(t, |row| row.number("delay").is_some_and(|minutes| minutes > 60.0)),
        ),
        ("Which destination gets the most flights", extreme_groups(t, "destination", true)),
        ("What's the total distance flown out of Oakland (OAK)?", sum(t, "distance", |row| row.is("origin", "OAK"))),
    ]
}
