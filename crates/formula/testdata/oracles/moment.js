// Writes moment.txt: dates as the npm packages `moment` and `moment-timezone` show and read them.
//
//   npm install moment@2.31.0 moment-timezone@0.6.6 && node moment.js > moment.txt
"use strict";
// What JavaScript reads for `moment` is in the zone of the process.
process.env.TZ = "UTC";
const fs = require("fs");
const path = require("path");
const moment = require("moment-timezone");

const folder = path.join(path.dirname(require.resolve("moment/package.json")), "locale");
fs.readdirSync(folder).forEach((file) => require(path.join(folder, file)));
moment.locale("en");
moment.suppressDeprecationWarnings = true;
// The present of the tests.
const NOW = Date.UTC(2024, 2, 15, 11, 0, 0);
moment.now = () => NOW;
moment.tz.setDefault("UTC");

const text = (value) => JSON.stringify(value);
const told = (formula, value) => console.log(`${formula}\t${value === "" ? "blank" : value}`);
const iso = (at) => (at.isValid() ? at.toISOString() : "#ERROR!");

function shows(time, format, zone, locale) {
  let date = text(time);
  let at = moment.utc(time);
  if (zone) {
    date = `SET_TIMEZONE(${date}, ${text(zone)})`;
    at = at.tz(zone);
  }
  if (locale) {
    date = `SET_LOCALE(${date}, ${text(locale)})`;
    at = at.locale(locale);
  }
  told(`DATETIME_FORMAT(${date}${format === undefined ? "" : ", " + text(format)})`, at.format(format));
}

function reads(given, format, locale) {
  const at = locale ? moment.utc(given, format, locale) : moment.utc(given, format);
  const more = locale ? `, ${text(locale)}` : "";
  told(`DATETIME_PARSE(${text(given)}, ${text(format)}${more})`, iso(at));
}

console.log(`# By moment.js, from moment ${moment.version} and moment-timezone ${moment.tz.version}.`);

console.log("# Each token at times with one digit and with two, at both ends of years, weeks and days.");
const TOKENS = (
  "M Mo MM MMM MMMM Q Qo D Do DD DDD DDDo DDDD d do dd ddd dddd e E w wo ww W Wo WW YY YYYY YYYYY YYYYYY Y y yy yyy yyyy " +
  "gg gggg ggggg GG GGGG GGGGG A a H HH h hh k kk m mm s ss S SS SSS SSSS SSSSS SSSSSS SSSSSSSSS z zz Z ZZ X x " +
  "LT LTS L LL LLL LLLL l ll lll llll Hmm hmm Hmmss hmmss"
).split(" ");
const TIMES = [
  "2024-02-29T00:05:09.007Z",
  "2021-01-03T12:00:00.000Z",
  "2020-12-31T23:59:59.999Z",
  "1969-07-20T20:17:40.120Z",
  "2005-11-11T09:30:21.500Z",
];
for (const token of TOKENS) for (const time of TIMES) shows(time, token);

console.log("# Whole formats, texts in them, and what only looks like a token.");
for (const format of [
  undefined, "YYYY-MM-DD", "M/D/YYYY h:mm a", "DD.MM.YY", "dddd, MMMM Do YYYY, h:mm:ss a", "[Today is] dddd", "[]", "[a [b] c]",
  "[week] w [of] gggg", "[[x]]", "[YYYY", "YYYY]", "\\M", "\\MM M", "\\LL LL", "\\[YYYY]", "YYYYMMDDHHmmss", "YYYYYYY", "YYY", "MMMMM", "DDDDD",
  "dddddd", "LLLLL", "LTSLT", "[L] L", "lLl", "HHmm", "Hmm ss", "hmmA", "www", "WWW", "QQ", "ggg", "GGG", "SSSSSSSSSS", "ZZZ", "XX", "xx", "zzz",
  "o", "D o", "Bcfijnpqrtuv", "ABC", "T", "YYYY-MM-DDTHH:mm:ss.SSSZ", "YYYY-[W]WW-E", "GGGG-[W]WW-E", "h [o'clock] A", "\"D\"", "é D ü", "🎉 D 🎉",
  "‏D/M", "D\tM", "D  M", "%d", "$1", "D\\", "\\", "-D", "D,M;Y", "Do [of] MMMM", "Mo Qo Do wo",
]) shows("2024-02-29T15:05:09.007Z", format);
for (const time of ["-000976-02-29T12:00:00.000Z", "0001-01-01T00:00:00.000Z", "0099-12-31T23:59:59.999Z", "0999-05-05T05:05:05.005Z", "9999-12-31T23:59:59.999Z", "+012345-06-07T08:09:10.011Z"]) {
  for (const format of ["YYYY-MM-DD", "YYYYY", "y", "yyyy", "YY", "YYYYYY", "Y", "dddd", "GGGG-[W]WW", "gg w", "X", "x", "LLLL"]) shows(time, format);
}

console.log("# Weeks where years meet, by the rules of several languages.");
for (const day of ["2019-12-29", "2019-12-30", "2020-12-27", "2021-01-01", "2021-01-04", "2022-01-01", "2023-01-01", "2024-12-30", "2026-12-31", "2027-01-03"]) {
  for (const locale of ["en", "en-gb", "fr", "ar", "fa"]) shows(day + "T10:00:00.000Z", "gggg w e GGGG W E", undefined, locale);
}

console.log("# Time zones, on both sides of their changes.");
const ZONES = {
  "America/New_York": ["2024-03-10T06:59:59Z", "2024-03-10T07:00:00Z", "2024-11-03T05:59:59Z", "2024-11-03T06:00:00Z"],
  "Europe/London": ["2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z", "2024-10-27T00:59:59Z", "2024-10-27T01:00:00Z"],
  "Europe/Berlin": ["2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z", "1999-12-31T23:30:00Z"],
  "Australia/Sydney": ["2024-04-06T15:59:59Z", "2024-04-06T16:00:00Z", "2024-10-05T16:00:00Z"],
  "Australia/Lord_Howe": ["2024-04-06T14:59:59Z", "2024-04-06T15:00:00Z"],
  "Asia/Kolkata": ["2024-02-28T18:29:59Z", "2024-02-28T18:30:00Z"],
  "Asia/Kathmandu": ["2024-02-28T18:14:59Z", "2024-02-28T18:15:00Z"],
  "America/St_Johns": ["2024-07-01T02:29:59Z", "2024-07-01T02:30:00Z"],
  "Pacific/Kiritimati": ["2024-12-31T09:59:59Z", "2024-12-31T10:00:00Z"],
  "Pacific/Apia": ["2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z"],
  "America/Sao_Paulo": ["2018-11-04T02:59:59Z", "2018-11-04T03:00:00Z", "2024-11-04T03:00:00Z"],
  "Asia/Tokyo": ["2024-02-29T15:00:00Z"],
  "Africa/Casablanca": ["2024-04-01T12:00:00Z"],
  UTC: ["2024-02-29T15:00:00Z"],
  "america/los_angeles": ["2024-02-29T07:59:59Z", "2024-02-29T08:00:00Z"],
};
for (const [zone, times] of Object.entries(ZONES)) {
  for (const time of times) {
    shows(time, undefined, zone);
    shows(time, "ddd D MMM YYYY H:mm:ss Z ZZ X", zone);
  }
}
for (const zone of ["America/New_York", "Europe/Berlin", "Asia/Tokyo", "UTC"]) shows("2024-07-04T12:00:00Z", "z zz", zone);
shows("2024-02-29T23:30:00Z", "LLLL", "Asia/Tokyo", "ja");
shows("2024-02-29T23:30:00Z", "LLLL", "America/Mexico_City", "es-mx");
shows("2019-07-10T00:00:00Z", "LLLL", undefined, "es");

console.log("# Every language.");
const LOCALES = moment.locales().filter((id) => id !== "x-pseudo").sort();
for (const [index, locale] of LOCALES.entries()) {
  const month = String((index % 12) + 1).padStart(2, "0");
  const day = String((index % 28) + 1).padStart(2, "0");
  const hour = String((index * 5) % 24).padStart(2, "0");
  const time = `2023-${month}-${day}T${hour}:07:05.000Z`;
  shows(time, "LLLL", undefined, locale);
  shows(time, "dd ddd dddd, Do MMMM D-MMM-YYYY MMM MMMM", undefined, locale);
  shows(time, "Mo Qo DDDo do wo Wo LTS A a L l lll", undefined, locale);
}
for (const [locale, format] of [
  ["ru", "D MMMM"], ["ru", "MMMM"], ["ru", "[в] dddd"], ["ru", "MMM"], ["ru", "D MMM"], ["uk", "[у] dddd"], ["uk", "dddd"], ["uk", "[минулої] dddd"], ["pl", "D MMMM"],
  ["pl", "MMMM YYYY"], ["pl", "DD MMMM"], ["el", "D MMMM"], ["el", "MMMM YYYY"], ["es", "D-MMM-YYYY"], ["es", "D MMM YYYY"], ["nl", "D-MMM-YYYY"],
  ["nl", "D MMM YYYY"], ["lt", "MMMM D"], ["lt", "MMMM"], ["cs", "D. MMMM"], ["cs", "MMMM"], ["hr", "D. MMMM"], ["hr", "Do MMMM"], ["ca", "D MMMM"], ["ca", "MMMM"],
  ["es-CL", "LL"], ["de-DE", "LL"], ["EN-US", "LL"], ["pt_BR", "LL"], ["zh-CN", "LL"], ["fr-BE", "LL"],
]) shows("2024-05-03T10:00:00Z", format, undefined, locale);
for (const locale of ["zh-cn", "zh-tw", "hi", "bn", "ne", "ko", "vi", "id", "ms", "sw", "fa", "he", "te", "ta"]) {
  for (const hour of ["00", "04", "05", "08", "11", "12", "15", "18", "19", "20", "23"]) shows(`2024-05-03T${hour}:30:00Z`, "A a h", undefined, locale);
}

console.log("# Reading.");
for (const [given, format] of [
  ["4 Mar 2017 23:00", "D MMM YYYY HH:mm"], ["2017-03-04", "YYYY-MM-DD"], ["04/03/2017", "DD/MM/YYYY"], ["04/03/2017", "MM/DD/YYYY"],
  ["4.3.17", "D.M.YY"], [20240229, "YYYYMMDD"], [2024, "YYYY"], [229, "MMDD"], ["4.3.69", "D.M.YY"], ["4.3.68", "D.M.YY"], ["20170304", "YYYYMMDD"], ["20170304T1530", "YYYYMMDD[T]HHmm"],
  ["March 4th, 2017", "MMMM Do, YYYY"], ["march 4 2017", "MMMM D YYYY"], ["MARCH 4 2017", "MMM D YYYY"], ["Mar 4 2017", "MMMM D YYYY"],
  ["Saturday, March 4 2017", "dddd, MMMM D YYYY"], ["Sunday, March 4 2017", "dddd, MMMM D YYYY"], ["Sat 4 Mar 2017", "ddd D MMM YYYY"],
  ["4/3/2017 3:05 pm", "D/M/YYYY h:mm a"], ["4/3/2017 12:05 am", "D/M/YYYY h:mm A"], ["4/3/2017 12:05 pm", "D/M/YYYY h:mm a"], ["4/3/2017 3:05 PM", "D/M/YYYY h:mm a"],
  ["4/3/2017 15:05 pm", "D/M/YYYY h:mm a"], ["4/3/2017 24:00", "D/M/YYYY HH:mm"], ["4/3/2017 24:01", "D/M/YYYY HH:mm"], ["4/3/2017 25:00", "D/M/YYYY HH:mm"],
  ["4/3/2017 10:60", "D/M/YYYY HH:mm"], ["31/2/2017", "D/M/YYYY"], ["29/2/2024", "D/M/YYYY"], ["29/2/2023", "D/M/YYYY"], ["1/13/2017", "D/M/YYYY"], ["0/1/2017", "D/M/YYYY"],
  ["2017", "YYYY"], ["2017-5", "YYYY-M"], ["17", "YY"], ["10:30", "HH:mm"], ["10:30:15", "HH:mm:ss"], ["5 Mar", "D MMM"], ["March", "MMMM"], ["7", "D"], ["12 2017", "M YYYY"],
  ["2017-064", "YYYY-DDD"], ["2017-064", "YYYY-DDDD"], ["2017-366", "YYYY-DDD"], ["2016-366", "YYYY-DDD"], ["2017-W09-6", "GGGG-[W]WW-E"], ["2017-W53-1", "GGGG-[W]WW-E"],
  ["2020-W53-5", "GGGG-[W]WW-E"], ["2017 9", "GGGG W"], ["2017 10 2", "gggg w e"], ["2017 10 2", "gggg w d"], ["2017 Q3", "YYYY [Q]Q"], ["3", "Q"],
  ["1488625200", "X"], ["1488625200.123", "X"], ["-86400", "X"], ["1488625200123", "x"], ["2017-03-04T10:00:00+02:00", "YYYY-MM-DDTHH:mm:ssZ"],
  ["2017-03-04T10:00:00-0530", "YYYY-MM-DDTHH:mm:ssZZ"], ["2017-03-04T10:00:00Z", "YYYY-MM-DDTHH:mm:ssZ"], ["2017-03-04 10:00 +02", "YYYY-MM-DD HH:mm Z"], ["2017-03-04 10:00 +14:00", "YYYY-MM-DD HH:mm Z"],
  ["2017-03-04 10:00 +14:30", "YYYY-MM-DD HH:mm Z"], ["2017-03-04 10:00 -99:99", "YYYY-MM-DD HH:mm Z"], ["2017-03-04 10:00 +02:60", "YYYY-MM-DD HH:mm Z"],
  ["2017-03-04 10:00:00.5", "YYYY-MM-DD HH:mm:ss.S"], ["2017-03-04 10:00:00.123", "YYYY-MM-DD HH:mm:ss.SSS"], ["2017-03-04 10:00:00.123456", "YYYY-MM-DD HH:mm:ss.SSSSSS"],
  ["2017-03-04 930", "YYYY-MM-DD Hmm"], ["2017-03-04 1930", "YYYY-MM-DD Hmm"], ["2017-03-04 93015", "YYYY-MM-DD Hmmss"], ["2017-03-04 9:30 pm", "YYYY-MM-DD hmm a"],
  ["2017-03-04 24", "YYYY-MM-DD k"], ["2017-03-04 1", "YYYY-MM-DD kk"], ["on the 4th of March in 2017", "[on the] Do [of] MMMM [in] YYYY"], ["x4y3z2017", "D M YYYY"],
  ["4-3-2017", "D/M/YYYY"], ["4 3 2017", "D/M/YYYY"], ["nothing", "D/M/YYYY"], ["nothing", "YYYY"], ["Xyz 4 2017", "MMM D YYYY"], ["12/25/2017", "L"], ["December 25, 2017", "LL"],
  ["December 25, 2017 3:30 PM", "LLL"], ["Monday, December 25, 2017 3:30 PM", "LLLL"], ["3:30 PM", "LT"], ["3:30:10 PM", "LTS"], ["12/5/2017", "l"], ["Dec 5, 2017", "ll"],
  ["10000-01-01", "YYYYY-MM-DD"], ["+012017-01-01", "YYYYYY-MM-DD"], ["2017-03-04 extra", "YYYY-MM-DD"], ["  2017-03-04", "YYYY-MM-DD"],
  ["2017.03.04", "YYYY-MM-DD"], ["2017/3/4", "YYYY-MM-DD"], ["201734", "YYYYMD"], ["17-3-4", "YYYY-MM-DD"], ["217-3-4", "YYYY-MM-DD"], ["2017-3-4", "YY-MM-DD"],
  ["5pm", "ha"], ["5 p", "h a"], ["5 p.m.", "h a"], ["12:30 A.M.", "h:mm a"], ["5:00 P.M. 4/3/2017", "h:mm a D/M/YYYY"], ["Thursday", "dddd"], ["Thu", "ddd"], ["Th", "dd"],
]) reads(given, format);
for (const locale of LOCALES) {
  // Where `moment` does not read what it has written itself, nobody needs the same.
  const at = moment.utc("2019-05-17T00:00:00Z").locale(locale);
  for (const format of ["D MMMM YYYY", "LL"]) {
    if (moment.utc(at.format(format), format, locale).isSame(at)) reads(at.format(format), format, locale);
  }
}
for (const [given, format, locale] of [
  ["4 märz 2017", "D MMMM YYYY", "de"], ["4. März 2017", "LL", "de"], ["Samstag, 4. März 2017 15:30", "LLLL", "de"], ["1er janvier 2020", "Do MMMM YYYY", "fr"],
  ["2 févr. 2020", "D MMM YYYY", "fr"], ["3 de mayo de 2021", "LL", "es"], ["miércoles, 10 de julio de 2019 0:00", "LLLL", "es"], ["4 марта 2017", "D MMMM YYYY", "ru"],
  ["март 2017", "MMMM YYYY", "ru"], ["2017年3月4日", "YYYY年M月D日", "ja"], ["2017年3月4日", "LL", "zh-cn"], ["٤ مارس ٢٠١٧", "D MMMM YYYY", "ar"], ["04/03/2017", "L", "en-gb"],
  ["04/03/2017", "L", "en"], ["5 maggio 2020", "D MMMM YYYY", "it"], ["5 may 2020", "D MMMM YYYY", "it"],
]) reads(given, format, locale);

console.log("# Reading without a format.");
for (const given of [
  // ISO 8601.
  "2024-02-29", "2024-02", "2024", "2024-13", "2024-02-30", "2023-02-29", "20240229", "202402", "2024060", "2024-060", "2024-366", "2023-366", "2024-000", "2024-W09", "2024-W09-4",
  "2024W09", "2024W094", "2024-W53", "2020-W53-7", "2024-W00", "2024-W09-8", "0024-02-29", "+012345-06-07", "+0123450607", "-000976-02-29", "+012345",
  "2024-02-29T10", "2024-02-29T10:20", "2024-02-29 10:20", "2024-02-29T10:20:30", "2024-02-29T10:20:30.4", "2024-02-29T10:20:30,45", "2024-02-29T10:20:30.123456789Z",
  "2024-02-29T10:20:30.", "20240229T10", "20240229T1020", "20240229 102030.5", "2024-02-29T1020", "20240229T10:20", "2024-060 10:00", "2024-W09-4T10:00", "2024-W09 10:00",
  "2024-02-29T24:00", "2024-02-29T24:00:00.001", "2024-02-29T24:01", "2024-02-29T25:00", "2024-02-29T10:60", "2024-02-29T10:20:60", "2024-02-29T7:31", "2024-02-29t10:00",
  "2024-02-29T10:00Z", "2024-02-29T10:00 Z", "2024-02-29T10:00z", "2024-02-29T10:00+02:00", "2024-02-29T10:00+0200", "2024-02-29T10:00+02", "2024-02-29T10:00-05:30", "2024-02-29T10:00+14:00",
  "2024-02-29T10:00+14:01", "2024-02-29T10:00-12:00", "2024-02-29T10:00-12:01", "2024-02-29T10:00+10:60", "2024-02-29T10:00+99:99", "2024-02-29T10:00+nan:00", "2024-02-29T10:00+1e5:00",
  "2024-02-29T10:00+", "2024-02-29T10:00+2", "2024-02-29+02:00", "+2024-+02-+29", "  2024-02-29  ", "2024-02-29 ", "2024-02-29x", "2024-02-29 foo", "x2024-02-29",
  // Numbers with signs between them.
  "2/17/2013", "02/17/2013", "02/17/13", "2/17/2013 7:31", "2/17/2013 7:31:25", "2/17/2013 7:31:25.5", "2/17/2013 7:31 PM", "2/17/2013 7:31 am", "2/17/2013 7:31:25 pm", "2/17/2013 12:30 AM",
  "2/17/2013 12:30 PM", "2/17/2013 0:30 PM", "2/17/2013 13:30 PM", "2/17/2013 7:31pm", "2/17/2013 7 pm", "2/17/2013, 7:31:25 AM", "2/17/2013 24:00", "2/17/2013 24:01", "2/17/2013 25:00",
  "2/17/2013 10 :00", "2/17/2013 10:00 foo", "13/1/2024", "0/1/2024", "1/0/2024", "1/32/2024", "1/1/49", "1/1/50", "1/1/79", "1/1/5", "3/4/12345", "2024/02/29", "2024/2/9 5:00", "2/2024",
  "2024.02.29", "2.17.2013", "17.2.2013", "2-17-2013", "17-2-2013", "2024-2-9", "2024-2-9 7:5", "24-02-29", "99/12/31", "2024--02-29", "2024-02-29-", "2024-02-29-01", "10:30",
  "2024-02-29 1e1:30", "2024-02-29 1.5:00", "2024-02-29 10:00 +02:00", "2/29/2024 10:00 -0530", "2/29/2024 10:00+02", "2/29/2024 10:00Z", "2/29/2024 10:00 EST", "2/29/2024 10:00 pst",
  "2/29/2024 10:00 CET", "10:00 2/29/2024", "2/29/2024 10:00 PM EDT",
  // Months by their names.
  "Feb 29, 2024", "Feb 29 2024", "feb 29 2024", "FEBRUARY 29, 2024", "Febr 29 2024", "Sept 3, 2024", "Sep. 3, 2024", "29 Feb 2024", "29 February 2024 10:00", "29. Feb 2024", "29-Feb-2024",
  "29-Feb-24", "29/Feb/2024", "Feb-29-2024", "29Feb2024", "2024 Feb 29", "2024-Feb-29", "Feb 2024", "February, 2024", "2024 February", "Feb 29th, 2024", "29th of Feb 2024", "Feb 32 2024", "Xyz 29 2024",
  "Feb 29 24", "March 4, 2017 3:30 PM", "March 4 2017 5pm", "März 4 2017",
  // As mail and JavaScript write them.
  "Thu, 29 Feb 2024 10:00:00 +0200", "Thu, 29 Feb 2024 10:00:00 GMT", "Thu, 29 Feb 2024 10:00 EST", "29 Feb 24 10:00 GMT", "29 Feb 2024 10:00:00 Z", "Mon, 29 Feb 2024 10:00:00 GMT",
  "Thu Feb 29 2024", "Thu Feb 29 2024 10:00:00 GMT+0200 (CET)", "Thu Feb 29 2024 10:00:00 GMT-0500 (Eastern Standard Time)", "Thu Feb 29 10:00:00 2024", "Thursday, February 29, 2024",
  "Thursday, February 29, 2024 3:05 PM", "Thu. Feb. 29. 2024",
  // Neither.
  "nothing", "today", "noon", "-", "T", "Z", ":", "1709164800000", "é",
]) told(`DATETIME_PARSE(${text(given)})`, iso(moment(given)));

console.log("# How far from now.");
for (const [count, unit] of [
  [0, "seconds"], [1, "seconds"], [44, "seconds"], [45, "seconds"], [89, "seconds"], [90, "seconds"], [44, "minutes"], [45, "minutes"], [89, "minutes"], [90, "minutes"],
  [21, "hours"], [22, "hours"], [35, "hours"], [36, "hours"], [2, "days"], [25, "days"], [26, "days"], [30, "days"], [45, "days"], [46, "days"], [60, "days"], [74, "days"],
  [100, "days"], [319, "days"], [320, "days"], [345, "days"], [400, "days"], [547, "days"], [548, "days"], [1000, "days"], [1, "months"], [2, "months"], [10, "months"], [11, "months"],
  [1, "years"], [2, "years"], [30, "years"],
]) {
  for (const sign of [1, -1]) {
    const at = moment.utc(NOW).add(sign * count, unit);
    told(`FROMNOW(DATEADD(NOW(), ${sign * count}, "${unit}"))`, at.fromNow(true));
    told(`TONOW(DATEADD(NOW(), ${sign * count}, "${unit}"))`, at.toNow(true));
  }
}

console.log("# Moved by units.");
const EDGES = [
  "2024-01-31T10:20:30.400Z", "2024-02-29T00:00:00.000Z", "2023-02-28T23:59:59.999Z", "2024-12-31T12:00:00.000Z", "1999-11-30T06:07:08.009Z", "1970-01-01T00:00:00.000Z",
  "1900-03-01T00:00:00.000Z", "2100-02-28T12:00:00.000Z",
];
const UNITS = ["milliseconds", "ms", "seconds", "s", "minutes", "m", "hours", "h", "days", "d", "weeks", "w", "months", "M", "quarters", "Q", "years", "y", "day", "month", "year", "hour"];
for (const [index, unit] of UNITS.entries()) {
  for (const [at, time] of EDGES.entries()) {
    const count = [1, -1, 13, -25, 0, 100, -7, 3][(at + index) % 8];
    told(`DATEADD(${text(time)}, ${count}, ${text(unit)})`, iso(moment.utc(time).add(count, unit)));
  }
}

console.log("# By fractions of units, and far away.");
for (const unit of ["ms", "seconds", "minutes", "hours", "days", "weeks", "months", "quarters", "years"]) {
  for (const count of [0.5, -0.5, 1.5, -1.5, 2.49, -2.5, 0.0001, 1.1, 0.3333333333333333]) {
    for (const time of ["2024-02-29T00:00:00.000Z", "1969-12-31T23:59:59.999Z"]) told(`DATEADD(${text(time)}, ${count}, ${text(unit)})`, iso(moment.utc(time).add(count, unit)));
  }
  for (const count of [1e18, -1e18]) told(`DATEADD("2024-02-29", ${BigInt(count)}, ${text(unit)})`, iso(moment.utc("2024-02-29").add(count, unit)));
}
for (const [count, unit] of [[97975, "years"], [-102023, "years"], [-3000, "years"], [10000, "years"], [999999999, "years"], [3000000, "days"], [999999999, "days"], [-120000, "months"], [26297460, "hours"]]) {
  told(`DATEADD("2024-02-29", ${count}, ${text(unit)})`, iso(moment.utc("2024-02-29").add(count, unit)));
}

console.log("# How many units apart.");
for (const [index, unit] of UNITS.entries()) {
  for (const [at, time] of EDGES.entries()) {
    const other = EDGES[(at * 3 + index) % EDGES.length];
    told(`DATETIME_DIFF(${text(time)}, ${text(other)}, ${text(unit)})`, moment.utc(time).diff(moment.utc(other), unit) + 0);
  }
}
for (const [one, other] of [
  ["2024-03-31", "2024-02-29"], ["2024-02-29", "2024-03-31"], ["2024-03-30", "2024-02-29"], ["2024-03-28", "2024-02-29"], ["2025-02-28", "2024-02-29"], ["2024-02-29", "2025-02-28"],
  ["2024-01-31", "2024-02-29"], ["2024-02-29", "2024-01-31"], ["2024-02-28", "2024-01-31"], ["2024-05-31", "2024-01-31"], ["2024-04-30", "2024-01-31"], ["2020-02-29", "2024-02-28"],
]) {
  for (const unit of ["months", "quarters", "years", "weeks"]) {
    told(`DATETIME_DIFF(${text(one)}, ${text(other)}, ${text(unit)})`, moment.utc(one).diff(moment.utc(other), unit) + 0);
  }
}

console.log("# Same, before and after.");
for (const unit of ["second", "minute", "hour", "day", "week", "month", "quarter", "year"]) {
  for (const [one, other] of [
    ["2024-02-29T10:20:30.400Z", "2024-02-29T10:20:30.900Z"], ["2024-02-29T10:20:30.400Z", "2024-02-29T10:59:59.999Z"], ["2024-02-29T00:00:00.000Z", "2024-02-29T23:59:59.999Z"],
    ["2024-03-02T23:59:59.999Z", "2024-03-03T00:00:00.000Z"], ["2023-12-31T12:00:00.000Z", "2024-01-01T12:00:00.000Z"], ["2024-01-01T12:00:00.000Z", "2024-03-31T12:00:00.000Z"],
    ["1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z"],
  ]) {
    told(`IS_SAME(${text(one)}, ${text(other)}, ${text(unit)})`, Number(moment.utc(one).isSame(moment.utc(other), unit)));
  }
}
for (const [one, other] of [["2024-02-29T10:20:30.400Z", "2024-02-29T10:20:30.401Z"], ["2024-02-29T10:20:30.400Z", "2024-02-29T10:20:30.400Z"], ["1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z"]]) {
  for (const [a, b] of [[one, other], [other, one]]) {
    told(`IS_SAME(${text(a)}, ${text(b)})`, Number(moment.utc(a).isSame(b)));
    told(`IS_BEFORE(${text(a)}, ${text(b)})`, Number(moment.utc(a).isBefore(b)));
    told(`IS_AFTER(${text(a)}, ${text(b)})`, Number(moment.utc(a).isAfter(b)));
  }
}

console.log("# Parts.");
moment.updateLocale("en", { week: { dow: 1, doy: 7 } });
const monday = (time) => moment.utc(time).week();
const mondays = [...TIMES, ...EDGES].map(monday);
moment.updateLocale("en", { week: { dow: 0, doy: 6 } });
for (const [index, time] of [...TIMES, ...EDGES].entries()) {
  const at = moment.utc(time);
  const parts = {
    YEAR: at.year(), MONTH: at.month() + 1, DAY: at.date(), HOUR: at.hour(), MINUTE: at.minute(), SECOND: at.second(), WEEKDAY: at.day(), WEEKNUM: at.week(),
    DATESTR: at.format("YYYY-MM-DD"), TIMESTR: at.format("HH:mm:ss"),
  };
  for (const [name, value] of Object.entries(parts)) told(`${name}(${text(time)})`, value);
  told(`WEEKDAY(${text(time)}, "Monday")`, at.isoWeekday() - 1);
  told(`WEEKNUM(${text(time)}, "Monday")`, mondays[index]);
}
