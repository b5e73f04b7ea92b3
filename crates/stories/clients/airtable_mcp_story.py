"""Calls the tools of npm `airtable-mcp-server`: `airtable_mcp_story.py URL TOKEN WORKSPACE`, with NODE_PATH set.

Its server is started over standard input and output by `airtable_mcp_server.mjs`, which turns it to URL.
"""

import asyncio
import base64
import json
import os
import pathlib
import sys

import httpx2 as httpx
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

def new_base(url, token, workspace):
    fields = [
        {"name": "Name", "type": "singleLineText"},
        {"name": "Notes", "type": "richText"},
        {"name": "Size", "type": "number", "options": {"precision": 1}},
        {"name": "Kind", "type": "singleSelect", "options": {"choices": [{"name": "herb"}]}},
        {"name": "Due", "type": "date", "options": {"dateFormat": {"name": "iso"}}},
        {"name": "Done", "type": "checkbox", "options": {"icon": "check", "color": "greenBright"}},
        {"name": "Photos, all", "type": "multipleAttachments"},
        {"name": "Twice", "type": "formula", "options": {"formula": "{Size} * 2"}},
    ]
    body = {"name": "Garden", "workspaceId": workspace, "tables": [{"name": "Plants", "fields": fields}]}
    answer = httpx.post(f"{url}/v0/meta/bases", json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


class Caller:
    def __init__(self, session):
        self.session = session
        self.called = set()

    async def __call__(self, tool, **arguments):
        self.called.add(tool)
        result = await self.session.call_tool(tool, arguments)
        assert not result.is_error, (tool, result)
        assert json.loads(result.content[0].text) == result.structured_content, (tool, result)
        return result.structured_content

    async def refused(self, tool, says, **arguments):
        result = await self.session.call_tool(tool, arguments)
        assert result.is_error and says in result.content[0].text, (tool, result)


async def schema(call, base):
    tables = (await call("list_tables", baseId=base))["tables"]
    table = tables[0]["id"]
    assert [field["name"] for field in tables[0]["fields"]][:2] == ["Name", "Notes"], tables
    for level, keys in [("tableIdentifiersOnly", {"id", "name"}), ("identifiersOnly", {"id", "name", "fields", "views"})]:
        told = (await call("describe_table", baseId=base, tableId=table, detailLevel=level))["table"]
        assert set(told) == keys, told
    new = [{"name": "Title", "type": "singleLineText"}]
    made = (await call("create_table", baseId=base, name="Beds", description="where", fields=new))["table"]
    renamed = (await call("update_table", baseId=base, tableId=made["id"], name="Garden beds"))["table"]
    assert (renamed["name"], renamed["id"]) == ("Garden beds", made["id"]), renamed
    link = {"field": {"name": "Bed", "type": "multipleRecordLinks", "options": {"linkedTableId": made["id"]}}}
    field = (await call("create_field", baseId=base, tableId=table, nested=link))["field"]
    field = (await call("update_field", baseId=base, tableId=table, fieldId=field["id"], name="In bed"))["field"]
    assert (field["name"], field["type"]) == ("In bed", "multipleRecordLinks"), field
    return table, made["id"]


async def records(call, base, table, beds):
    bed = await call("create_record", baseId=base, tableId=beds, fields={"Title": "south"})
    rows = [
        {"Name": 'Mint "wild"', "Size": 1.5, "Kind": "herb", "Due": "2026-05-01", "Done": True, "In bed": [bed["id"]]},
        {"Name": "Rose", "Notes": "**thorny** mint\\n", "Kind": "shrub"},
        {"Name": "Oak", "Size": 9},
    ]
    made = [await call("create_record", baseId=base, tableId=table, fields=row) for row in rows]
    assert made[0]["fields"]["Twice"] == 3 and made[1]["fields"]["Kind"] == "shrub", made
    one = await call("get_record", baseId=base, tableId=table, recordId=made[0]["id"])
    assert one["fields"]["In bed"] == [bed["id"]], one
    sort = [{"field": "Size", "direction": "desc"}]
    listed = await call("list_records", baseId=base, tableId=table, filterByFormula="{Size} > 1", sort=sort, fields=["Name"])
    assert [row["fields"] for row in listed["records"]] == [{"Name": "Oak"}, {"Name": 'Mint "wild"'}], listed
    for term, names in [("mint", ["Rose"]), ('Mint "w', ['Mint "wild"']), ("k", ["Oak"]), ("\\", [rows[1]["Name"]]), ("yew", [])]:
        found = await call("search_records", baseId=base, tableId=table, searchTerm=term, maxRecords=5)
        assert [row["fields"]["Name"] for row in found["records"]] == names, (term, found)
    changes = [{"id": made[1]["id"], "fields": {"Size": "2.5", "Kind": "climber"}}]
    changed = (await call("update_records", baseId=base, tableId=table, records=changes))["records"]
    assert (changed[0]["fields"]["Twice"], changed[0]["fields"]["Kind"]) == (5, "climber"), changed
    await call.refused("create_record", "UNKNOWN_FIELD_NAME", baseId=base, tableId=table, fields={"Nope": 1})
    await call.refused("list_records", "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", baseId=base, tableId="tbl00000000000000")
    return made


async def comments(call, base, table, record):
    first = (await call("create_comment", baseId=base, tableId=table, recordId=record, text="water it"))["comment"]
    again = {"text": "done", "parentCommentId": first["id"]}
    reply = (await call("create_comment", baseId=base, tableId=table, recordId=record, **again))["comment"]
    assert reply["parentCommentId"] == first["id"], reply
    page = await call("list_comments", baseId=base, tableId=table, recordId=record, pageSize=1)
    rest = await call("list_comments", baseId=base, tableId=table, recordId=record, offset=page["offset"])
    told = {comment["id"] for comment in page["comments"] + rest["comments"]}
    assert told == {first["id"], reply["id"]} and rest["offset"] is None, (page, rest)


async def attachments(call, base, table, record):
    sent = b"a photo of \xc3\xa9 \x00"
    file = {"file": base64.b64encode(sent).decode(), "filename": "oak one.txt", "contentType": "text/plain"}
    upload = dict(baseId=base, recordId=record, **file)
    answer = await call("upload_attachment", attachmentFieldIdOrName="Photos, all", **upload)
    (field,) = answer["fields"]
    assert answer["id"] == record and field.startswith("fld"), answer
    again = await call("upload_attachment", attachmentFieldIdOrName=field, **upload)
    assert [kept["filename"] for kept in again["fields"][field]] == ["oak one.txt"] * 2, again
    one = await call("get_record", baseId=base, tableId=table, recordId=record)
    kept = one["fields"]["Photos, all"]
    assert [(file["size"], file["type"]) for file in kept] == [(len(sent), "text/plain")] * 2, kept
    # The address itself opens the file, without the token.
    assert httpx.get(kept[1]["url"]).content == sent, kept
    refused = lambda says, **changed: call.refused("upload_attachment", says, **{**upload, **changed})
    await refused("UNKNOWN_FIELD_NAME", attachmentFieldIdOrName="Nope")
    await refused("INVALID_ATTACHMENT_OBJECT", attachmentFieldIdOrName="Name")
    await refused("INVALID_REQUEST_UNKNOWN", attachmentFieldIdOrName=field, file="no base64!")
    await refused("NOT_FOUND", attachmentFieldIdOrName=field, recordId="rec00000000000000")


async def main(url, token, workspace):
    base = new_base(url, token, workspace)
    wrapper = str(pathlib.Path(__file__).with_name("airtable_mcp_server.mjs"))
    environment = dict(os.environ, AIRTABLE_API_KEY=token)
    server = StdioServerParameters(command="node", args=[wrapper, url], env=environment)
    async with stdio_client(server) as (read, write):
        async with ClientSession(read, write) as session:
            await session.initialize()
            names = {tool.name for tool in (await session.list_tools()).tools}
            call = Caller(session)
            bases = (await call("list_bases"))["bases"]
            assert {"id": base, "name": "Garden", "permissionLevel": "create"} in bases, bases
            table, beds = await schema(call, base)
            made = await records(call, base, table, beds)
            await comments(call, base, table, made[2]["id"])
            await attachments(call, base, table, made[2]["id"])
            ids = [record["id"] for record in made[:2]]
            gone = (await call("delete_records", baseId=base, tableId=table, recordIds=ids))["records"]
            assert [record["id"] for record in gone] == ids, gone
            assert names == call.called, names ^ call.called
    print("OK")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
