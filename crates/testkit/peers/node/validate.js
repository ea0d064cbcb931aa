// Judges webhooks that a server received from alo with the official Node SDK's request validator.
//
// Reads from standard input a JSON object a line: url (as the server was asked, with the query), params (object of form
// fields; {} for GET; the values of a repeated field are a list), signature (X-Twilio-Signature). The token is in
// ALO_AUTH_TOKEN. Prints each with "ok"; ends with 1 if one is not.
"use strict";

const fs = require("node:fs");
const { twilio } = require("./sdk.js");

const lines = fs.readFileSync(0, "utf8").split("\n").filter((line) => line.trim() !== "");
let wrong = 0;
for (const line of lines) {
  const { url, params, signature } = JSON.parse(line);
  const ok = twilio.validateRequest(process.env.ALO_AUTH_TOKEN, signature, url, params);
  console.log(JSON.stringify({ url, ok }));
  if (!ok) wrong += 1;
}
if (lines.length === 0) {
  console.error("MISMATCH: no request to judge on standard input");
  process.exitCode = 1;
} else if (wrong > 0) {
  console.error(`MISMATCH: ${wrong} of ${lines.length} signatures are not as the SDK computes them`);
  process.exitCode = 1;
}
