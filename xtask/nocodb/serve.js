// Serves NocoDB on a free port of loopback, and prints its address.
const { createServer } = require("node:http");
const express = require("express");
const { Noco } = require("nocodb");

async function serve() {
  const app = express();
  const server = createServer(app);
  app.use(await Noco.init({}, server, app));
  server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
}

serve().catch((error) => {
  console.error(error);
  process.exit(1);
});
