// npm `airtable-mcp-server` over standard input and output, its fixed addresses turned to URL.
// usage: AIRTABLE_API_KEY=… NODE_PATH=… node airtable_mcp_server.mjs URL
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(`${process.env.NODE_PATH}/`);
const load = (name) => import(pathToFileURL(resolve(name)));
const { AirtableService, createServer } = await load("airtable-mcp-server");
const { StdioServerTransport } = await load("@modelcontextprotocol/sdk/server/stdio.js");
const url = process.argv[2];
const turned = (address, options) => fetch(address.replace("https://content.airtable.com", url), options);
const airtableService = new AirtableService(process.env.AIRTABLE_API_KEY, url, turned);
await createServer({ airtableService }).connect(new StdioServerTransport());
