"""Lists and calls the tools of an MCP server with the Python `mcp` client: `mcp_client.py URL TOKEN`.

Prints OK, or ends with an exception and a status that is not zero.
"""

import asyncio
import json
import sys

import httpx2 as httpx
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

READS = {"list_bases", "list_tables", "describe_table", "list_records", "get_record", "search_records", "aggregate",
         "find_values"}
WRITES = {"create_records", "update_records", "delete_records"}


def check_tool(tool):
    hints = tool.annotations
    assert tool.title and tool.description, f"{tool.name} has no words"
    assert tool.input_schema["type"] == "object", f"{tool.name} has no schema"
    if tool.name in READS:
        assert hints.read_only_hint is True, f"{tool.name} is not marked as read-only"
    if tool.name in WRITES:
        assert hints.read_only_hint is False, f"{tool.name} is marked as read-only"


async def call_list_bases(session):
    result = await session.call_tool("list_bases", {})
    assert not result.is_error, result
    assert isinstance(result.structured_content["bases"], list), result
    assert json.loads(result.content[0].text) == result.structured_content


async def refuses_wrong_arguments(session):
    result = await session.call_tool("list_bases", {"no_such_argument": 1})
    assert result.is_error and result.content[0].text, result


async def main(url, token):
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=headers, timeout=30) as client:
        async with streamable_http_client(url, http_client=client) as streams:
            async with ClientSession(streams[0], streams[1]) as session:
                await session.initialize()
                tools = (await session.list_tools()).tools
                names = {tool.name for tool in tools}
                assert "list_bases" in names, names
                for tool in tools:
                    check_tool(tool)
                await call_list_bases(session)
                await refuses_wrong_arguments(session)
    print("OK")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
