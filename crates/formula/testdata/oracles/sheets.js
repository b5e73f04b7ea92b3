// Writes sheets.txt: what spreadsheets say, by the npm packages `hyperformula` and `@formulajs/formulajs`, where both say the same.
//
//   npm install hyperformula@3.5.0 @formulajs/formulajs@4.6.1 && node sheets.js > sheets.txt
"use strict";
const { HyperFormula } = require("hyperformula");
const formulajs = require("@formulajs/formulajs");

const sheet = HyperFormula.buildEmpty({ licenseKey: "gpl-v3", dateFormats: ["YYYY-MM-DD"], smartRounding: false, precisionRounding: 15 });
sheet.addSheet("S");

const literal = (value) => (typeof value === "string" ? `"${value.replace(/"/g, '""')}"` : typeof value === "boolean" ? `${String(value).toUpperCase()}()` : String(value));
const ours = (value) => (typeof value === "string" ? JSON.stringify(value) : literal(value));
const plain = (value) => (typeof value === "boolean" ? Number(value) : value === "" ? "blank" : value);

// Where Airtable means something else: what is left out, and why. The same is in docs/formulas.md.
const DIFFERENT = {
  "halves go up, not away from nothing": (name, [number]) => name === "ROUND" && number < 0,
  "multiples of a step are found without regard to signs": (name, [number]) => /CEILING|FLOOR/.test(name) && number < 0,
  "the inside of a text is left alone": (name, [text]) => name === "TRIM" && /\S {2,}\S/.test(text),
  "letters are told apart, and there are no wild cards": (name, [what, place]) => name === "SEARCH" && (/[?*~]/.test(what) || place.indexOf(what) !== place.toLowerCase().indexOf(what.toLowerCase())),
  "days beside whole months are not below nothing": (name, [start, , unit]) => name === "DATEDIF" && unit === "MD" && Number(start.slice(8)) > 28,
  "years from a leap day lead to the last of February": (name, [start, , unit]) => name === "DATEDIF" && unit === "YD" && start.endsWith("02-29"),
  "a text that is not found is no error": (name, [what, place, start]) => (name === "FIND" || name === "SEARCH") && !place.slice((start || 1) - 1).includes(what),
};

let left = 0;
function ask(name, ...values) {
  if (Object.values(DIFFERENT).some((differs) => differs(name, values))) return;
  const formula = `=${name}(${values.map(literal).join(",")})`;
  const one = sheet.calculateFormula(formula, 0);
  let other;
  try {
    other = formulajs[name](...values);
  } catch (error) {
    other = error;
  }
  if (one === null || typeof one === "object" || typeof other === "object" || Number.isNaN(other)) return void left++;
  const near = typeof one === "number" && Math.abs(one - other) <= 1e-12 * Math.abs(one);
  if (plain(one) !== plain(other) && !near) return void left++;
  const call = `${name}(${values.map(ours).join(", ")})`;
  // The last digit of a logarithm is anybody's.
  if (name === "LOG") return console.log(`ROUND(${call}, 12)\t${Number(one.toFixed(12))}`);
  console.log(`${call}\t${plain(near ? other : one)}`);
}

const NUMBERS = [0, 1, -1, 2, -2, 0.5, -0.5, 1.5, -1.5, 2.2, -2.2, 7.99, -7.99, 10, 99.5, -100, 1234.5678, 1e6];
const TEXTS = ["", "a", "quick brown fox", "Hello, World", "  both  ", "banana", "MiXeD", "12.5", "$7", "a*b?c", "x  y"];

console.log("# By sheets.js, from hyperformula 3.5.0 and @formulajs/formulajs 4.6.1.");
for (const name of ["ABS", "INT", "SQRT", "EVEN", "ODD", "EXP"]) for (const number of NUMBERS) if (name !== "EXP" || number < 100) ask(name, number);
for (const name of ["POWER", "LOG", "ROUND", "ROUNDUP", "ROUNDDOWN", "CEILING", "FLOOR", "MOD"]) {
  for (const [index, number] of NUMBERS.entries()) {
    const seconds = { POWER: [2, 3, -1, 0, 0.5], LOG: [2, 10, 3], ROUND: [0, 1, 2, -1], ROUNDUP: [0, 1, 2, -1], ROUNDDOWN: [0, 1, 2, -1], CEILING: [1, 0.5, 3], FLOOR: [1, 0.5, 3], MOD: [3, 7, -3] }[name];
    for (const second of seconds) ask(name, number, second);
    if (index % 6 === 0 && name === "LOG") ask(name, number);
  }
}
for (let size = 1; size <= 8; size++) {
  for (const name of ["SUM", "AVERAGE", "MAX", "MIN", "COUNT", "COUNTA"]) ask(name, ...NUMBERS.slice(size, size * 2));
  const truths = [...Array(size).keys()].map((at) => (at * at + size) % 3 === 0);
  for (const name of ["AND", "OR", "XOR"]) ask(name, ...truths);
}
for (const truth of [true, false]) {
  ask("NOT", truth);
  ask("IF", truth, 1, 2);
  ask("IF", truth, "yes", "no");
}
for (const pattern of [1, 2, 3, 4]) {
  ask("SWITCH", pattern, 1, "one", 2, "two", "more");
  ask("SWITCH", `p${pattern}`, "p1", 1, "p3", 3, 0);
}
for (const text of TEXTS) {
  for (const name of ["LEN", "LOWER", "UPPER", "TRIM", "T"]) ask(name, text);
  for (const count of [0, 1, 4, 50]) {
    ask("LEFT", text, count);
    ask("RIGHT", text, count);
    if (count < 5) ask("REPT", text, count);
    ask("MID", text, 2, count);
    ask("REPLACE", text, 2, count, "-");
  }
  ask("LEFT", text);
  ask("RIGHT", text);
  for (const [old, next] of [["a", "A"], ["o", ""], ["n", "nn"], ["zz", "y"]]) {
    ask("SUBSTITUTE", text, old, next);
    ask("SUBSTITUTE", text, old, next, 2);
  }
  for (const what of ["a", "o", "World", "n", "b?"]) {
    ask("FIND", what, text);
    ask("SEARCH", what, text);
    ask("FIND", what, text, 3);
  }
  ask("CONCATENATE", text, "|", 1.5, text);
  for (const other of TEXTS.slice(0, 4)) ask("CONCATENATE", text, other);
}
const DAYS = ["2020-02-29", "2021-02-28", "2022-11-20", "2023-01-31", "2023-02-28", "2023-12-31", "2024-01-30", "2024-02-29", "2024-03-01", "2025-02-28", "2025-03-01"];
for (const [index, start] of DAYS.entries()) {
  for (const end of DAYS.slice(index + 1)) for (const unit of ["D", "M", "Y", "MD", "YM", "YD"]) ask("DATEDIF", start, end, unit);
}
for (const text of ["0", "12.5", "-3", "1000", "$1000", "007", ".5"]) ask("VALUE", text);
console.error(`${left} left out, since the two differ or make an error of it`);
