// Writes locales.txt: what the locales of the npm package `moment` say of dates.
//
//   npm install moment@2.31.0 && node locales.js > locales.txt
//
// A line is left out where it says what English says.
"use strict";
const fs = require("fs");
const path = require("path");
const moment = require("moment");

const folder = path.join(path.dirname(require.resolve("moment/package.json")), "locale");
fs.readdirSync(folder).forEach((file) => require(path.join(folder, file)));
moment.locale("en");

// Names that a function chooses by the format: how the function is to be read. What is not here stops the script.
const CHOSEN = {
  months: { el: "D.*MMMM", pl: "D MMMM" },
  monthsShort: { es: "-MMM-", "es-do": "-MMM-", "es-mx": "-MMM-", "es-us": "-MMM-", fy: "-MMM-", nl: "-MMM-", "nl-be": "-MMM-" },
  weekdays: {
    uk: ["(\\[[ВвУу]\\]) ?dddd", "\\[?(?:минулої|наступної)? ?\\] ?dddd"],
  },
};
// A format that each of those expressions finds itself in, and one that none does.
const SHOWN = { "D.*MMMM": "D MMMM", "(\\[[ВвУу]\\]) ?dddd": "[В] dddd", "\\[?(?:минулої|наступної)? ?\\] ?dddd": "[минулої] dddd" };
const IN_FORMAT = "D[oD]?(\\[[^\\[\\]]*\\]|\\s)+MMMM?";

const days = [0, 1, 2, 3, 4, 5, 6].map((day) => moment.utc([2023, 0, 1 + day]));
const months = [...Array(12).keys()].map((month) => moment.utc([2023, month, 1]));
const english = moment.localeData("en");

/** The names in general, and for each expression those of the formats that it finds itself in. */
function names(id, data, kind, moments, token) {
  const own = data["_" + kind];
  const spoken = (format) => moments.map((at) => data[kind](at, format));
  const plain = [`${kind}=${spoken(token).join("|")}`];
  if (data[kind] !== english[kind]) {
    const rules = [(CHOSEN[kind] || {})[id] || []].flat();
    if (rules.length === 0 && new Set([token, "D MMMM", "-MMM-", "D MMM", "[x] dddd"].map((f) => spoken(f).join())).size > 1) {
      throw new Error(`${id} chooses ${kind} by a function: ${data[kind]}`);
    }
    return plain.concat(rules.map((rule) => `${kind}?${rule}=${spoken(SHOWN[rule] || rule).join("|")}`));
  }
  if (!own || Array.isArray(own)) return plain;
  const rule = own.isFormat ? own.isFormat.source : IN_FORMAT;
  return [`${kind}=${own.standalone.join("|")}`, `${kind}?${rule}=${own.format.join("|")}`];
}

const LAST = { M: 12, Q: 4, D: 31, DDD: 366, d: 6, w: 53, W: 53 };

/** `%d.|%der:1`: the usual form, and others with the numbers that have them. */
function ordinals(data) {
  const forms = {};
  for (const [period, last] of Object.entries(LAST)) {
    const found = new Map();
    for (let number = period === "d" ? 0 : 1; number <= last; number++) {
      const form = String(data.ordinal(number, period)).replace(String(number), "%d");
      found.set(form, (found.get(form) || []).concat(number));
    }
    forms[period] = found;
  }
  // As few lines as will do: one for all where the longest says what the others say.
  const told = (found, last) => [...found].flatMap(([form, all]) => all.filter((n) => n && n <= last).map((n) => n + form)).sort().join();
  const said = (found) => {
    const usual = [...found].sort((a, b) => b[1].length - a[1].length)[0][0];
    const others = [...found].filter(([form]) => form !== usual).map(([form, all]) => `${form}:${all.join(",")}`);
    return [usual, ...others].join("|");
  };
  const lines = [`ordinal=${said(forms.DDD)}`];
  for (const [period, last] of Object.entries(LAST)) {
    const zero = [...forms[period]].some(([form, all]) => all.includes(0) && form !== said(forms.DDD).split("|")[0]);
    if (told(forms[period], last) !== told(forms.DDD, last) || zero) lines.push(`ordinal ${period}=${said(forms[period])}`);
  }
  return lines;
}

/** `0 AM am|720 PM pm`: from which minute of the day on what is said. */
function meridiem(data) {
  const parts = [];
  for (let minute = 0; minute < 1440; minute++) {
    const at = [Math.floor(minute / 60), minute % 60];
    const said = [data.meridiem(...at, false), data.meridiem(...at, true)].join("\t");
    if (parts.length === 0 || parts[parts.length - 1].said !== said) parts.push({ minute, said });
  }
  return [`meridiem=${parts.map(({ minute, said }) => `${minute}\t${said}`).join("|")}`];
}

/** What becomes of signs that are written otherwise: `0٠1١`. */
function signs(data) {
  const ascii = [...Array(95).keys()].map((at) => String.fromCharCode(32 + at));
  const other = ascii.filter((sign) => data.postformat(sign) !== sign);
  return [`signs=${other.map((sign) => sign + data.postformat(sign)).join("")}`];
}

function lines(id) {
  const data = moment.localeData(id);
  const formats = ["LT", "LTS", "L", "LL", "LLL", "LLLL", "l", "ll", "lll", "llll"];
  return [
    ...names(id, data, "months", months, "MMMM"),
    ...names(id, data, "monthsShort", months, "MMM"),
    ...names(id, data, "weekdays", days, "dddd"),
    ...names(id, data, "weekdaysShort", days, "ddd"),
    ...names(id, data, "weekdaysMin", days, "dd"),
    ...formats.map((name) => `${name}=${data.longDateFormat(name)}`),
    `week=${data.firstDayOfWeek()},${data.firstDayOfYear()}`,
    ...ordinals(data),
    ...meridiem(data),
    ...signs(data),
  ];
}

console.log(`# From the npm package moment ${moment.version} by locales.js; its licence is MIT.`);
const usual = new Set(lines("en"));
for (const id of ["en", ...moment.locales().filter((id) => id !== "en" && id !== "x-pseudo").sort()]) {
  const own = lines(id).filter((line) => id === "en" || !usual.has(line));
  if (own.some((line) => line.includes("\n"))) throw new Error(`${id} has a line break`);
  console.log([`[${id}]`, ...own].join("\n"));
}
