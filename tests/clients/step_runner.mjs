// Connects one of the official TypeScript clients to a server and takes the steps that stdin names, one after the other.
//
// stdin:  {"packages": folder, "library": "client" | "sdk", "era": "legacy" | "modern" | "auto", "server": …, "steps": […]}
//         server is {"url"} or {"command", "args", "env"}; a step is {"method", "params"}, the client's own method.
// stdout: {"version": the protocol revision, "server": the server's name, "instructions", "outcomes": […]},
//         an outcome being {"result"} or {"error": {"code", "message"}}.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const order = JSON.parse(await text(process.stdin));
const require = createRequire(`${order.packages}/package.json`);

function newestLibrary() {
  const { Client, StreamableHTTPClientTransport } = require('@modelcontextprotocol/client');
  const { StdioClientTransport } = require('@modelcontextprotocol/client/stdio');
  const mode = order.era === 'modern' ? { pin: '2026-07-28' } : order.era;
  const client = new Client({ name: 'step-runner', version: '1.0.0' }, { versionNegotiation: { mode } });
  return { client, StreamableHTTPClientTransport, StdioClientTransport };
}

function olderLibrary() {
  const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
  const { StreamableHTTPClientTransport } = require('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const { StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js');
  return { client: new Client({ name: 'step-runner', version: '1.0.0' }), StreamableHTTPClientTransport, StdioClientTransport };
}

const library = order.library === 'client' ? newestLibrary() : olderLibrary();
const { client } = library;
const transport = order.server.url
  ? new library.StreamableHTTPClientTransport(new URL(order.server.url))
  : new library.StdioClientTransport({ ...order.server, stderr: 'inherit' });
await client.connect(transport);

const outcomes = [];
for (const { method, params } of order.steps) {
  try {
    outcomes.push({ result: await client[method](params) });
  } catch (error) {
    outcomes.push({ error: { code: error.code ?? null, message: String(error.message ?? error) } });
  }
}
const version = client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion ?? transport._protocolVersion ?? '';
const told = { version, server: client.getServerVersion()?.name, instructions: client.getInstructions(), outcomes };
await client.close();
process.stdout.write(JSON.stringify(told));
