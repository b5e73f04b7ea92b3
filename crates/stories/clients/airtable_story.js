// npm `airtable` against the house. usage: node airtable_story.js URL TOKEN WORKSPACE
"use strict";
const assert = require("node:assert");
const Airtable = require("airtable");

const [url, token, workspaceId] = process.argv.slice(2);

async function main() {
  const response = await fetch(`${url}/v0/meta/bases`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({
      name: "Garden",
      workspaceId,
      tables: [
        {
          name: "Plants & herbs",
          fields: [
            { name: "Name", type: "singleLineText" },
            { name: "Height", type: "number", options: { precision: 1 } },
          ],
        },
      ],
    }),
  });
  const { id } = await response.json();
  const table = new Airtable({ apiKey: token, endpointUrl: url }).base(id)("Plants & herbs");

  const made = [];
  for (let batch = 0; batch < 3; batch += 1) {
    const rows = Array.from({ length: 10 }, (_, n) => ({ fields: { Name: `p${batch}${n}`, Height: n + 0.5 } }));
    made.push(...(await table.create(rows)));
  }
  const all = await table.select({ pageSize: 7 }).all();
  assert.deepStrictEqual(all.map((record) => record.get("Name")), made.map((record) => record.get("Name")));
  const tall = await table
    .select({ filterByFormula: "{Height} > 8", sort: [{ field: "Name", direction: "desc" }], fields: ["Name"] })
    .all();
  assert.deepStrictEqual(tall.map((record) => record.get("Name")), ["p29", "p28", "p19", "p18", "p09", "p08"]);
  const counted = await table.select({ recordMetadata: ["commentCount"], maxRecords: 2 }).all();
  assert.deepStrictEqual(counted.map((record) => record.commentCount), [0, 0]);
  const page = await table.select({ maxRecords: 3 }).firstPage();
  assert.strictEqual(page.length, 3);
  const long = `OR(${Array.from({ length: 600 }, (_, n) => `RECORD_ID()='${made[n % 30].id}'`).join(",")})`;
  assert.strictEqual((await table.select({ filterByFormula: long }).all()).length, 30);

  const one = await table.find(made[4].id);
  assert.strictEqual(one.get("Height"), 4.5);
  assert.strictEqual((await table.update(one.id, { Height: 9 })).get("Name"), "p04");
  assert.deepStrictEqual((await table.replace(one.id, { Name: "new" })).fields, { Name: "new" });
  await table.update(made.slice(0, 10).map((record) => ({ id: record.id, fields: { Height: 1 } })));
  await assert.rejects(table.find("rec00000000000000"), (error) => error.error === "NOT_FOUND");
  await assert.rejects(table.create({ Nope: 1 }), (error) => error.error === "UNKNOWN_FIELD_NAME");

  const tags = new Airtable({ apiKey: token, endpointUrl: url }).base(id)("Plants & herbs");
  const sizes = [];
  await tags.select({ pageSize: 8, sort: [{ field: "Height" }, { field: "Name", direction: "desc" }] }).eachPage((records, next) => {
    sizes.push(records.length);
    next();
  });
  assert.deepStrictEqual(sizes, [8, 8, 8, 6]);
  // The form of `list` that the package has given up calls the size of a page `limit`.
  const old = await new Promise((resolve, reject) =>
    tags.list(5, null, {}, (error, records, offset) => (error ? reject(error) : resolve({ records, offset }))),
  );
  assert.strictEqual(old.records.length, 5);
  const next = await new Promise((resolve, reject) =>
    tags.list(5, old.offset, {}, (error, records) => (error ? reject(error) : resolve(records))),
  );
  assert.ok(next.length === 5 && next[0].id !== old.records[0].id);
  const replaced = await table.replace(made.slice(10, 20).map((record, n) => ({ id: record.id, fields: { Name: `r${n}` } })));
  assert.deepStrictEqual(replaced.map((record) => record.fields), Array.from({ length: 10 }, (_, n) => ({ Name: `r${n}` })));
  assert.deepStrictEqual((await table.select({ filterByFormula: "{Height} = BLANK()", fields: ["Name"] }).all()).length, 10);
  const text = await table.create([{ fields: { Name: "cast", Height: "2.5" } }], { typecast: true });
  assert.strictEqual(text[0].get("Height"), 2.5);
  assert.strictEqual((await text[0].patchUpdate({ Height: 3 })).get("Height"), 3);
  await text[0].destroy();
  await assert.rejects(table.create({ Height: "tall" }), (error) => error.error === "INVALID_VALUE_FOR_COLUMN" && error.statusCode === 422);
  await assert.rejects(table.update(made.slice(0, 11).map((record) => ({ id: record.id, fields: {} }))), (error) => error.error === "INVALID_RECORDS");
  const stranger = new Airtable({ apiKey: `pat00000000000000.${"0".repeat(64)}`, endpointUrl: url }).base(id)("Plants & herbs");
  await assert.rejects(stranger.select().firstPage(), (error) => error.error === "AUTHENTICATION_REQUIRED" && error.statusCode === 401);

  await table.destroy(one.id);
  const rest = made.map((record) => record.id).filter((record) => record !== one.id);
  while (rest.length > 0) {
    await table.destroy(rest.splice(0, 10));
  }
  assert.strictEqual((await table.select().all()).length, 0);
  console.log("airtable.js: ok");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
