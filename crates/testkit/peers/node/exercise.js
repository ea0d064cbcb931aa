// Drives an alo server with the official Node SDK, only the base URL changed, as any application would.
//
// Reads from the environment: ALO_PEERS, ALO_BASE_URL, ALO_ACCOUNT_SID, ALO_AUTH_TOKEN, ALO_FROM (a number of the account's),
// ALO_TO (who answers and stays until hung up on), ALO_ANSWER_URL (a webhook whose TwiML lasts a minute).
// Prints what it saw, a JSON object a line. Ends with 1 and a MISMATCH on standard error where the server isn't as promised.
"use strict";

const { twilio: sdk, client } = require("./sdk.js");
const { tell, expect, expectError, isSid, isMoment, until, run } = require("./judge.js");

const ACCOUNT = process.env.ALO_ACCOUNT_SID;
const FROM = process.env.ALO_FROM;
const TO = process.env.ALO_TO;
const ANSWER_URL = process.env.ALO_ANSWER_URL;

function waits(seconds) {
  const document = new sdk.twiml.VoiceResponse();
  document.pause({ length: seconds });
  return document;
}

async function account(twilio) {
  const seen = await twilio.api.accounts(ACCOUNT).fetch();
  tell("account", { sid: seen.sid, status: seen.status });
  expect("sid", seen.sid, ACCOUNT);
  expect("status", seen.status, "active");
  expect("dateCreated", seen.dateCreated, isMoment);
}

async function createCalls(twilio) {
  const sids = [];
  for (const wanted of [{ url: ANSWER_URL }, { twiml: waits(60) }, { twiml: waits(60).toString() }]) {
    const call = await twilio.calls.create({ to: TO, from: FROM, ...wanted });
    tell("calls.create", { sid: call.sid, status: call.status, by: Object.keys(wanted)[0] });
    expect("sid", call.sid, isSid("CA"));
    expect("status", call.status, (status) => ["queued", "initiated", "ringing", "in-progress"].includes(status));
    expect("direction", call.direction, "outbound-api");
    expect("to", call.to, TO);
    expect("from", call.from, FROM);
    expect("dateCreated", call.dateCreated, isMoment);
    expect("price", call.price, null);
    sids.push(call.sid);
  }
  return sids;
}

async function listCalls(twilio, sids) {
  const everything = (await twilio.calls.list({ pageSize: 2 })).map((call) => call.sid);
  tell("calls.list", { count: everything.length });
  expect("each call once", new Set(everything).size, everything.length);
  expect("calls", everything, (seen) => sids.every((sid) => seen.includes(sid)));
  const paged = [];
  let page = await twilio.calls.page({ pageSize: 2 });
  while (page !== undefined) {
    expect("records of a page", page.instances.length, (count) => count <= 2);
    paged.push(...page.instances.map((call) => call.sid));
    page = await page.nextPage();
  }
  tell("calls.page", { count: paged.length });
  expect("calls over pages", paged, everything);
  expect("limit", (await twilio.calls.list({ limit: 1 })).length, 1);
  const toThem = await twilio.calls.list({ to: TO });
  expect("filtered by to", [...new Set(toThem.map((call) => call.to))], [TO]);
  const tomorrow = new Date(Date.now() + 24 * 3600 * 1000);
  expect("calls of tomorrow", await twilio.calls.list({ startTimeAfter: tomorrow }), []);
}

async function changeCalls(twilio, sids) {
  for (const sid of sids) {
    const call = await until(twilio.calls(sid), "in-progress");
    tell("calls.fetch", { sid, status: call.status });
    expect("startTime", call.startTime, isMoment);
  }
  const changed = await twilio.calls(sids[0]).update({ twiml: waits(50) });
  tell("calls.update twiml", { status: changed.status });
  expect("status", changed.status, "in-progress");
  await twilio.calls(sids[1]).update({ url: ANSWER_URL, method: "GET" });
  for (const sid of sids) {
    await twilio.calls(sid).update({ status: "completed" });
    const call = await until(twilio.calls(sid), "completed");
    tell("calls.update completed", { status: call.status, duration: call.duration });
    expect("duration", call.duration, (text) => typeof text === "string" && /^\d+$/.test(text));
    expect("endTime", call.endTime, isMoment);
  }
  const update = () => twilio.calls(sids[0]).update({ status: "completed" });
  await expectError("change of an ended call", 400, [21220], update);
}

async function deleteCalls(twilio, sids) {
  for (const sid of sids) {
    expect("deleted", await twilio.calls(sid).remove(), true);
    await expectError("calls.fetch after delete", 404, [20404], () => twilio.calls(sid).fetch());
  }
}

async function errors(twilio) {
  const zeros = `CA${"0".repeat(32)}`;
  const create = (wanted) => () => twilio.calls.create({ to: TO, from: FROM, ...wanted });
  await expectError("unknown call", 404, [20404], () => twilio.calls(zeros).fetch());
  await expectError("wrong token", 401, [20003], () => client("f".repeat(32)).calls.list({ limit: 1 }));
  await expectError("bad To", 400, [21211], create({ to: "garbage", twiml: waits(1) }));
  await expectError("bad From", 400, [21210, 21212], create({ from: "garbage", twiml: waits(1) }));
  await expectError("bad Url", 400, [21205], create({ url: "not a url" }));
}

async function recordings(twilio) {
  const found = await twilio.recordings.list({ limit: 20 });
  tell("recordings.list", { count: found.length });
  for (const one of found) {
    const seen = await twilio.recordings(one.sid).fetch();
    tell("recordings.fetch", { sid: seen.sid, duration: seen.duration, channels: seen.channels });
    expect("sid", seen.sid, isSid("RE"));
    expect("callSid", seen.callSid, isSid("CA"));
    expect("channels", seen.channels, (count) => count === 1 || count === 2);
  }
}

async function numbers(twilio) {
  for (const country of ["US", "BR"]) {
    const offered = await twilio.availablePhoneNumbers(country).local.list({ limit: 5 });
    tell("availablePhoneNumbers", { country, numbers: offered.map((one) => one.phoneNumber) });
    expect("offered", offered.length, 5);
    const { phoneNumber } = offered[0];
    const buy = () => twilio.incomingPhoneNumbers.create({ phoneNumber, voiceUrl: ANSWER_URL, friendlyName: "Line one" });
    const bought = await buy();
    tell("incomingPhoneNumbers.create", { sid: bought.sid, number: bought.phoneNumber });
    expect("sid", bought.sid, isSid("PN"));
    expect("phoneNumber", bought.phoneNumber, phoneNumber);
    expect("voiceUrl", bought.voiceUrl, ANSWER_URL);
    expect("capabilities", bought.capabilities, (able) => able.voice === true);
    await expectError("number bought twice", 400, [21422], buy);
    const found = await twilio.incomingPhoneNumbers.list({ phoneNumber });
    expect("found by number", found.map((one) => one.sid), [bought.sid]);
    const line = twilio.incomingPhoneNumbers(bought.sid);
    const changed = await line.update({ friendlyName: "Line two", voiceMethod: "GET" });
    tell("incomingPhoneNumbers.update", { friendlyName: changed.friendlyName });
    expect("friendlyName", changed.friendlyName, "Line two");
    expect("voiceMethod", (await line.fetch()).voiceMethod, "GET");
    expect("released", await line.remove(), true);
    await expectError("number after release", 404, [20404], () => line.fetch());
  }
}

async function main() {
  const twilio = client();
  await account(twilio);
  await errors(twilio);
  await numbers(twilio);
  const sids = await createCalls(twilio);
  await listCalls(twilio, sids);
  await changeCalls(twilio, sids);
  await recordings(twilio);
  await deleteCalls(twilio, sids);
  tell("done");
}

run(main);
