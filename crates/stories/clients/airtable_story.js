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
