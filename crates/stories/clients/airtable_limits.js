// npm `airtable` against Airtable's limits. usage: node airtable_limits.js URL TOKEN WORKSPACE
// Says RETRY where the client would wait before it tries again, and goes on when a line comes in; the clock of the
// server is moved meanwhile.
"use strict";
const assert = require("node:assert");
const readline = require("node:readline");

const [url, token, workspaceId] = process.argv.slice(2);
const REQUEST_TIMEOUT = 300_000;
const lines = readline.createInterface({ input: process.stdin });
const waits = [];
const Airtable = require("airtable");

/** Hands the client's own waiting to whoever reads our output. */
function watchWaits() {
  const setLater = globalThis.setTimeout;
  globalThis.setTimeout = (run, delay, ...rest) => {
    const isClient = new Error().stack.includes("/airtable/lib/");
    if (!isClient || delay === REQUEST_TIMEOUT) {
      return setLater(run, delay, ...rest);
    }
    waits.push(delay);
    lines.once("line", () => run(...rest));
    console.log("RETRY");
    return undefined;
  };
}

async function main() {
  const response = await fetch(`${url}/v0/meta/bases`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({
      name: "Hurried",
      workspaceId,
      tables: [{ name: "T", fields: [{ name: "Name", type: "singleLineText" }] }],
    }),
  });
  const { id } = await response.json();
  const table = new Airtable({ apiKey: token, endpointUrl: url, requestTimeout: REQUEST_TIMEOUT }).base(id)("T");
  watchWaits();
  const made = [];
  for (let n = 0; n < 12; n += 1) {
    made.push((await table.create({ Name: `${n}` })).get("Name"));
  }
  assert.deepStrictEqual(made, Array.from({ length: 12 }, (_, n) => `${n}`));
  assert.strictEqual(waits.length, 2);
  assert.ok(waits.every((delay) => delay >= 0 && delay <= 5_000), `its own back-off begins below five seconds: ${waits}`);

  const hasty = new Airtable({ apiKey: token, endpointUrl: url, noRetryIfRateLimited: true, requestTimeout: REQUEST_TIMEOUT });
  for (let n = 0; n < 3; n += 1) {
    assert.strictEqual((await hasty.base(id)("T").select().all()).length, 12);
  }
  const refused = (error) => error.error === "TOO_MANY_REQUESTS" && error.statusCode === 429;
  await assert.rejects(hasty.base(id)("T").select().all(), refused);
  await assert.rejects(hasty.base(id)("T").create({ Name: "late" }), refused);
  lines.close();
  console.log("OK");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
