// The work of crates/bench/src/bin/formulas by packages for Node: reads the columns from standard input and says a line of JSON for each package and
// work: how long each run took, and the last value that came out.
const { readFileSync } = require("node:fs");
const { performance } = require("node:perf_hooks");
const formulajs = require("@formulajs/formulajs");
const Parser = require("fast-formula-parser");
const { HyperFormula } = require("hyperformula");

const { a, t, d } = JSON.parse(readFileSync(0, "utf8"));
const ROWS = a.length;
const CHAIN = 10;
const CONFIG = { licenseKey: "gpl-v3", maxRows: ROWS };
const asked = JSON.parse(readFileSync(`${__dirname}/package.json`, "utf8")).dependencies;
const version = (name) => `${name} ${asked[name]}`;

function say(peer, work, runs, run) {
  const millis = [];
  let last;
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    last = run(i);
    millis.push(performance.now() - start);
  }
  console.log(JSON.stringify({ peer, work, millis, last: String(last ?? "") }));
}

/** An engine that keeps a sheet: it reads the cells and computes all of them, then those that depend on one that was written. */
function sheets() {
  const peer = version("hyperformula");
  const full = (work, runs, row, column) => {
    let sheet;
    const rows = a.map((_, i) => row(i));
    say(`${peer}, with loading`, work, runs, () => {
      sheet?.destroy();
      sheet = HyperFormula.buildFromArray(rows, CONFIG);
      return sheet.getCellValue({ sheet: 0, row: ROWS - 1, col: column });
    });
    return sheet;
  };
  full("text", 3, (i) => [a[i], t[i], `=IF(A${i + 1}>50, ROUND(A${i + 1}*1.2,2)&" "&UPPER(B${i + 1}), "")`], 2).destroy();
  full("dates", 3, (i) => [d[i], `=YEAR(EDATE(A${i + 1},1))*12+MONTH(EDATE(A${i + 1},1))`], 1).destroy();
  const letter = (step) => String.fromCharCode(65 + step);
  const chain = (i) => [a[i], ...Array.from({ length: CHAIN }, (_, step) => `=${letter(step)}${i + 1}*1.1+${step}`)];
  const sheet = full("chain", 1, chain, CHAIN);
  const row = 2000;
  const text = `=IF(A${row + 1}>50, ROUND(A${row + 1}*1.2,2)&" "&UPPER(L${row + 1}), "")`;
  sheet.setCellContents({ sheet: 0, row, col: 11 }, [[t[row], text]]);
  say(peer, "one cell edited: 11 formulas", 200, (run) => {
    sheet.setCellContents({ sheet: 0, row, col: 0 }, [[60 + run / 100]]);
    return sheet.getCellValue({ sheet: 0, row, col: 12 });
  });
  sheet.destroy();
}

/** Functions without a parser or a sheet: the loop is written around them. */
function functions() {
  const peer = version("@formulajs/formulajs");
  const { EDATE, IF, MONTH, ROUND, UPPER, YEAR } = formulajs;
  const over = (f) => () => {
    const out = new Array(ROWS);
    for (let i = 0; i < ROWS; i++) out[i] = f(i);
    return out[ROWS - 1];
  };
  say(peer, "text", 9, over((i) => IF(a[i] > 50, `${ROUND(a[i] * 1.2, 2)} ${UPPER(t[i])}`, "")));
  say(peer, "dates", 9, over((i) => YEAR(EDATE(d[i], 1)) * 12 + MONTH(EDATE(d[i], 1))));
}

/** A parser that reads the text for each row. */
function parser() {
  const peer = version("fast-formula-parser");
  let at = 0;
  const cells = { 1: a, 2: t, 4: d };
  const values = [0];
  const upper = (text) => String(text.value).toUpperCase();
  const given = ({ col }) => (col >= 10 ? values[col - 10] : cells[col][at]);
  const reader = new Parser({ onCell: given, functions: { UPPER: upper } });
  const place = { row: 1, col: 20, sheet: "S" };
  const over = (f) => () => {
    let out;
    for (at = 0; at < ROWS; at++) out = f();
    return out;
  };
  say(peer, "text", 2, over(() => reader.parse('IF(A1>50, ROUND(A1*1.2,2)&" "&UPPER(B1), "")', place)));
  say(peer, "dates", 2, over(() => reader.parse("YEAR(EDATE(D1,1))*12+MONTH(EDATE(D1,1))", place)));
  const steps = Array.from({ length: CHAIN }, (_, step) => `${String.fromCharCode(74 + step)}1*1.1+${step}`);
  say(peer, "chain", 1, over(() => {
    values[0] = a[at];
    steps.forEach((text, step) => (values[step + 1] = reader.parse(text, place)));
    return values[CHAIN];
  }));
}

sheets();
functions();
parser();
