"""Speaks with `airloom mcp` over standard input and output: `mcp_stdio.py PROGRAM DATA`.

Lists and calls the tools, prints LISTED, waits for a line, calls again and prints OK.
"""

import asyncio
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_client import call_list_bases, check_tool, refuses_wrong_arguments


async def main(program, data):
    server = StdioServerParameters(command=program, args=["mcp", "--data", data])
    async with stdio_client(server) as (read, write):
        async with ClientSession(read, write) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            for tool in tools:
                check_tool(tool)
            marked = {tool.name for tool in tools if tool.annotations.read_only_hint}
            assert {"list_bases", "aggregate"} <= marked and "create_records" not in marked, marked
            await call_list_bases(session)
            await refuses_wrong_arguments(session)
            print("LISTED", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            await call_list_bases(session)
    print("OK")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
