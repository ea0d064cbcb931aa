// Drives the texts of an alo server with the official Node SDK, only the base URLs changed, as any application would.
//
// Reads from the environment: ALO_PEERS, ALO_BASE_URL, ALO_ACCOUNT_SID, ALO_AUTH_TOKEN, ALO_FROM (a number of the account's,
// which has one short code too), ALO_TO (a handset), ALO_STATUS_URL (a webhook for statuses), ALO_MEDIA_URL (a picture of
// type image/png).
// Prints what it saw, a JSON object a line. Ends with 1 and a MISMATCH on standard error where the server isn't as promised.
"use strict";

const { twilio: sdk, client } = require("./sdk.js");
const { tell, expect, expectError, isSid, isMoment, until, run } = require("./judge.js");

const FROM = process.env.ALO_FROM;
const TO = process.env.ALO_TO;
const STATUS_URL = process.env.ALO_STATUS_URL;
const MEDIA_URL = process.env.ALO_MEDIA_URL;
const NOBODYS = "+14155550199";
const BODY = "You are on duty now. Até já! 🎉";

async function send(twilio) {
  const sent = await twilio.messages.create({ to: TO, from: FROM, body: BODY, statusCallback: STATUS_URL });
  tell("messages.create", { sid: sent.sid, status: sent.status });
  expect("sid", sent.sid, isSid("SM"));
  expect("status", sent.status, "queued");
  expect("direction", sent.direction, "outbound-api");
  expect("to and from", [sent.to, sent.from], [TO, FROM]);
  expect("body", sent.body, BODY);
  expect("numSegments and numMedia", [sent.numSegments, sent.numMedia], ["1", "0"]);
  expect("dateCreated", sent.dateCreated, isMoment);
  expect("price, errorCode", [sent.price, sent.errorCode], [null, null]);
  const seen = await until(twilio.messages(sent.sid), "delivered");
  tell("messages.fetch", { status: seen.status });
  expect("dateSent", seen.dateSent, isMoment);
  return sent.sid;
}

async function find(twilio, sid) {
  for (let count = 0; count < 4; count += 1) await twilio.messages.create({ to: TO, from: FROM, body: "one of many" });
  const everything = (await twilio.messages.list({ pageSize: 2 })).map((message) => message.sid);
  tell("messages.list", { count: everything.length });
  expect("each message once", new Set(everything).size, everything.length);
  expect("messages", everything, (seen) => seen.includes(sid) && seen.length >= 5);
  const paged = [];
  let page = await twilio.messages.page({ pageSize: 2 });
  while (page !== undefined) {
    paged.push(...page.instances.map((message) => message.sid));
    page = await page.nextPage();
  }
  expect("messages over pages", paged, everything);
  expect("limit", (await twilio.messages.list({ limit: 1 })).length, 1);
  const both = await twilio.messages.list({ to: TO, from: FROM });
  expect("filtered by to and from", both, (seen) => seen.every((one) => one.to === TO && one.from === FROM));
  expect("to nobody", await twilio.messages.list({ to: NOBODYS }), []);
  const day = 24 * 3600 * 1000;
  const tomorrow = new Date(Date.now() + day);
  expect("sent tomorrow", await twilio.messages.list({ dateSentAfter: tomorrow }), []);
  const recent = await twilio.messages.list({ dateSentAfter: new Date(Date.now() - day), dateSentBefore: tomorrow });
  expect("sent lately", recent.map((one) => one.sid), (seen) => seen.includes(sid));
}

async function pictures(twilio) {
  const sent = await twilio.messages.create({ to: TO, from: FROM, body: "The map", mediaUrl: [MEDIA_URL, MEDIA_URL] });
  tell("messages.create with media", { sid: sent.sid, numMedia: sent.numMedia });
  expect("sid", sent.sid, isSid("MM"));
  expect("numMedia", sent.numMedia, "2");
  const message = twilio.messages(sent.sid);
  await until(message, "delivered");
  const media = await message.media.list();
  expect("media", media.length, 2);
  const one = await message.media(media[0].sid).fetch();
  tell("media.fetch", { sid: one.sid, contentType: one.contentType });
  expect("sid", one.sid, isSid("ME"));
  expect("parentSid", one.parentSid, sent.sid);
  expect("contentType", one.contentType, "image/png");
  expect("deleted", await message.media(one.sid).remove(), true);
  await expectError("media after delete", 404, [20404], () => message.media(one.sid).fetch());
  expect("media left", (await message.media.list()).map((left) => left.sid), [media[1].sid]);
}

async function change(twilio, sid) {
  const message = twilio.messages(sid);
  const feedback = await message.feedback.create({ outcome: "confirmed" });
  tell("feedback.create", { outcome: feedback.outcome });
  expect("outcome", [feedback.outcome, feedback.messageSid], ["confirmed", sid]);
  await expectError("cancel of a delivered message", 409, [30409], () => message.update({ status: "canceled" }));
  await expectError("another body", 400, [30400], () => message.update({ body: "rewritten" }));
  const redacted = await message.update({ body: "" });
  tell("messages.update body", { body: redacted.body });
  expect("body", redacted.body, "");
  expect("body from now on", (await message.fetch()).body, "");
  expect("deleted", await message.remove(), true);
  await expectError("message after delete", 404, [20404], () => message.fetch());
}

async function services(twilio) {
  const made = await twilio.messaging.v1.services.create({ friendlyName: "Duty", statusCallback: STATUS_URL });
  tell("services.create", { sid: made.sid });
  expect("sid", made.sid, isSid("MG"));
  expect("stickySender, validityPeriod", [made.stickySender, made.validityPeriod], [true, 36000]);
  expect("dateCreated", made.dateCreated, isMoment);
  const service = twilio.messaging.v1.services(made.sid);
  const others = [];
  for (let count = 0; count < 3; count += 1) {
    others.push((await twilio.messaging.v1.services.create({ friendlyName: `Other ${count}` })).sid);
  }
  const listed = (await twilio.messaging.v1.services.list({ pageSize: 2 })).map((one) => one.sid);
  tell("services.list", { count: listed.length });
  expect("services over pages", listed, (seen) => [made.sid, ...others].every((sid) => seen.includes(sid)));
  for (const sid of others) expect("deleted", await twilio.messaging.v1.services(sid).remove(), true);
  const changed = await service.update({ friendlyName: "On duty", validityPeriod: 600, smartEncoding: false });
  tell("services.update", { friendlyName: changed.friendlyName });
  expect("changed", [changed.friendlyName, changed.validityPeriod], ["On duty", 600]);
  expect("kept", (await service.fetch()).statusCallback, STATUS_URL);
  const nobody = () => twilio.messages.create({ to: TO, messagingServiceSid: made.sid, body: "x" });
  await expectError("service without senders", 400, [21703], nobody);
  return service;
}

async function senders(twilio, service) {
  const [number] = await twilio.incomingPhoneNumbers.list({ phoneNumber: FROM });
  const [code] = await twilio.shortCodes.list();
  for (const [kind, key, wanted, address] of [
    ["phoneNumbers", "phoneNumber", { phoneNumberSid: number.sid }, FROM],
    ["shortCodes", "shortCode", { shortCodeSid: code.sid }, code.shortCode],
    ["alphaSenders", "alphaSender", { alphaSender: "ALO" }, "ALO"],
  ]) {
    const list = service[kind];
    const added = await list.create(wanted);
    tell(`${kind}.create`, { sid: added.sid, sender: added[key] });
    expect("sender", added[key], address);
    expect("listed", (await list.list()).map((one) => one.sid), [added.sid]);
    expect("fetched", (await list(added.sid).fetch()).sid, added.sid);
    await expectError(`${kind} added twice`, 409, [21710], () => list.create(wanted));
    if (kind === "phoneNumbers") continue;
    expect("removed", await list(added.sid).remove(), true);
    expect("listed", await list.list(), []);
  }
}

async function sendByService(twilio, service) {
  const messagingServiceSid = (await service.fetch()).sid;
  const sent = await twilio.messages.create({ to: TO, messagingServiceSid, body: "by the service" });
  tell("messages.create by a service", { sid: sent.sid, status: sent.status });
  expect("status", sent.status, "accepted");
  expect("messagingServiceSid, from", [sent.messagingServiceSid, sent.from], [messagingServiceSid, null]);
  expect("sender", (await until(twilio.messages(sent.sid), "delivered")).from, FROM);
  const create = (wanted) => twilio.messages.create({ to: TO, messagingServiceSid, scheduleType: "fixed", ...wanted });
  const inAnHour = new Date(Date.now() + 3600 * 1000);
  const later = await create({ body: "later", sendAt: inAnHour });
  tell("messages.create for later", { sid: later.sid, status: later.status });
  expect("status", later.status, "scheduled");
  const canceled = await twilio.messages(later.sid).update({ status: "canceled" });
  tell("messages.update status", { status: canceled.status });
  expect("status", canceled.status, "canceled");
  const inAMinute = new Date(Date.now() + 60 * 1000);
  await expectError("too soon", 400, [35114], () => create({ body: "x", sendAt: inAMinute }));
  await expectError("no time", 400, [35111], () => create({ body: "x" }));
  expect("deleted", await service.remove(), true);
  await expectError("service after delete", 404, [20404], () => service.fetch());
}

async function shortCodes(twilio) {
  const [code] = await twilio.shortCodes.list();
  tell("shortCodes.list", { sid: code.sid, code: code.shortCode });
  expect("sid", code.sid, isSid("SC"));
  const changed = await twilio.shortCodes(code.sid).update({ friendlyName: "Votes", smsUrl: STATUS_URL });
  expect("changed", [changed.friendlyName, changed.smsUrl], ["Votes", STATUS_URL]);
  expect("fetched", (await twilio.shortCodes(code.sid).fetch()).friendlyName, "Votes");
}

async function applications(twilio) {
  const made = await twilio.applications.create({ friendlyName: "Duty", smsUrl: STATUS_URL });
  tell("applications.create", { sid: made.sid });
  expect("sid", made.sid, isSid("AP"));
  expect("smsUrl", made.smsUrl, STATUS_URL);
  expect("listed", (await twilio.applications.list({ friendlyName: "Duty" })).map((one) => one.sid), [made.sid]);
  const application = twilio.applications(made.sid);
  expect("changed", (await application.update({ friendlyName: "Night duty" })).friendlyName, "Night duty");
  expect("deleted", await application.remove(), true);
  await expectError("application after delete", 404, [20404], () => application.fetch());
}

async function errors(twilio) {
  const create = (wanted) => () => twilio.messages.create({ to: TO, from: FROM, body: "x", ...wanted });
  await expectError("no To", 400, [21604], create({ to: "" }));
  await expectError("bad To", 400, [21211], create({ to: "garbage!" }));
  await expectError("no From", 400, [21603], create({ from: "" }));
  await expectError("somebody else's From", 400, [21606], create({ from: NOBODYS }));
  await expectError("no Body", 400, [21602], create({ body: "" }));
  await expectError("long Body", 400, [21617], create({ body: "x".repeat(1601) }));
  await expectError("bad media", 400, [21620], create({ mediaUrl: ["picture"] }));
  await expectError("much media", 400, [21623], create({ mediaUrl: Array(11).fill(MEDIA_URL) }));
  await expectError("unknown message", 404, [20404], () => twilio.messages(`SM${"0".repeat(32)}`).fetch());
  await expectError("wrong token", 401, [20003], () => client("f".repeat(32)).messages.list({ limit: 1 }));
}

function twiml() {
  const document = new sdk.twiml.MessagingResponse();
  document.message({ statusCallback: STATUS_URL }, "Thanks & see you <soon>");
  const picture = document.message();
  picture.body("A picture");
  picture.media(MEDIA_URL);
  tell("twiml", { document: document.toString() });
}

async function main() {
  const twilio = client();
  await errors(twilio);
  const sid = await send(twilio);
  await find(twilio, sid);
  await pictures(twilio);
  await change(twilio, sid);
  await shortCodes(twilio);
  const service = await services(twilio);
  await senders(twilio, service);
  await sendByService(twilio, service);
  await applications(twilio);
  twiml();
  tell("done", { told: sid });
}

run(main);
