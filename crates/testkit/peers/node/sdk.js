// The official Node SDK from where ./test put it (ALO_PEERS), pointed at an alo server.
"use strict";

const { createRequire } = require("node:module");
const path = require("node:path");

const twilio = createRequire(path.join(process.env.ALO_PEERS, "node", "package.json"))("twilio");

function client(token = process.env.ALO_AUTH_TOKEN) {
  const made = twilio(process.env.ALO_ACCOUNT_SID, token);
  made.api.baseUrl = process.env.ALO_BASE_URL;
  made.messaging.baseUrl = process.env.ALO_BASE_URL;
  return made;
}

module.exports = { twilio, client };
