import { assert, fails, isEmpty, take, takeOne } from "./expect.mjs";

const quiet = { maxAutoLockRenewalDurationInMs: 0 };

export async function sessionKeepsItsOrder(bus) {
  const client = bus.connect();
  const sender = client.createSender("sessions");
  await sender.sendMessages([
    { body: "a1", sessionId: "a" },
    { body: "b1", sessionId: "b" },
    { body: "a2", sessionId: "a" },
    { body: "b2", sessionId: "b" },
    { body: "a3", sessionId: "a" },
  ]);
  const a = await client.acceptSession("sessions", "a", quiet);
  assert.equal(a.sessionId, "a");
  const messages = await take(a, 3);
  assert.deepEqual(messages.map((message) => message.body), ["a1", "a2", "a3"]);
  assert.equal(messages[0].sessionId, "a");
  await isEmpty(a);
  const b = await client.acceptNextSession("sessions", quiet);
  assert.equal(b.sessionId, "b");
  assert.deepEqual((await take(b, 2)).map((message) => message.body), ["b1", "b2"]);
}

export async function abandonedSessionMessageComesFirst(bus) {
  const client = bus.connect();
  await client.createSender("sessions").sendMessages([1, 2, 3].map((body) => ({ body, sessionId: "a" })));
  const session = await client.acceptSession("sessions", "a", quiet);
  await session.abandonMessage(await takeOne(session));
  assert.deepEqual((await take(session, 3)).map((message) => message.body), [1, 2, 3]);
}

export async function sessionCanBeHeldBeforeItHasMessages(bus) {
  const client = bus.connect();
  const session = await client.acceptSession("sessions", "early", quiet);
  await client.createSender("sessions").sendMessages({ body: "x", sessionId: "early" });
  assert.equal((await takeOne(session)).body, "x");
}

export async function heldSessionCannotBeLocked(bus) {
  const client = bus.connect();
  await client.acceptSession("sessions", "a", quiet);
  await fails(bus.connect().acceptSession("sessions", "a", quiet), "SessionCannotBeLocked");
}

export async function closedSessionIsFreeAtOnce(bus) {
  const client = bus.connect();
  await client.createSender("sessions").sendMessages([{ body: 1, sessionId: "a" }, { body: 2, sessionId: "a" }]);
  const first = await client.acceptSession("sessions", "a", quiet);
  await takeOne(first);
  await first.close();
  const second = await client.acceptSession("sessions", "a", quiet);
  const messages = await take(second, 2);
  assert.deepEqual(messages.map((message) => message.body), [1, 2]);
  assert.deepEqual(messages.map((message) => message.deliveryCount), [0, 0]);
}

export async function nextSessionWaitsForOne(bus) {
  const client = bus.connect();
  const accepting = client.acceptNextSession("sessions", quiet);
  const other = bus.connect();
  await other.createSender("sessions").sendMessages({ body: 1, sessionId: "late" });
  const session = await accepting;
  assert.equal(session.sessionId, "late");
  assert.equal((await takeOne(session)).body, 1);
}

export async function noNextSessionIsServiceTimeout(bus) {
  const client = bus.connect({ maxRetries: 0, timeoutInMs: 10_000 });
  const accepting = client.acceptNextSession("sessions", quiet);
  // The request is in when a later one on the same connection has been answered.
  await client.createReceiver("plain").peekMessages(1);
  await bus.advance(10_000);
  await fails(accepting, "ServiceTimeout");
}

export async function sessionStateOutlivesItsHolder(bus) {
  const client = bus.connect();
  const first = await client.acceptSession("sessions", "a", quiet);
  assert.equal(await first.getSessionState(), null);
  await first.setSessionState({ step: 2 });
  assert.deepEqual(await first.getSessionState(), { step: 2 });
  await first.close();
  const second = await client.acceptSession("sessions", "a", quiet);
  assert.deepEqual(await second.getSessionState(), { step: 2 });
  await second.setSessionState(null);
  assert.equal(await second.getSessionState(), null);
}

export async function renewedSessionLockHolds(bus) {
  const client = bus.connect();
  await client.createSender("sessions").sendMessages({ body: 1, sessionId: "a" });
  const session = await client.acceptSession("sessions", "a", quiet);
  const before = session.sessionLockedUntilUtc;
  const message = await takeOne(session);
  await bus.advance(20_000);
  const until = await session.renewSessionLock();
  assert.ok(until > before);
  assert.equal(session.sessionLockedUntilUtc.getTime(), until.getTime());
  await bus.advance(20_000);
  await session.completeMessage(message);
}

export async function lapsedSessionLockIsLost(bus) {
  const client = bus.connect();
  await client.createSender("sessions").sendMessages([{ body: 1, sessionId: "a" }, { body: 2, sessionId: "a" }]);
  const session = await client.acceptSession("sessions", "a", quiet);
  const message = await takeOne(session);
  await bus.advance(31_000);
  // The answer comes behind the detach, so the client knows of it when it completes.
  await fails(session.renewSessionLock(), "SessionLockLost");
  await fails(session.completeMessage(message), "SessionLockLost");
  await fails(session.setSessionState("late"), "SessionLockLost");
  const next = await client.acceptNextSession("sessions", quiet);
  const messages = await take(next, 2);
  assert.deepEqual(messages.map((m) => m.body), [1, 2]);
  assert.deepEqual(messages.map((m) => m.deliveryCount), [1, 0]);
}

export async function deferredSessionMessageComesToItsHolder(bus) {
  const client = bus.connect();
  await client.createSender("sessions").sendMessages({ body: 1, sessionId: "a" });
  const session = await client.acceptSession("sessions", "a", quiet);
  const message = await takeOne(session);
  await session.deferMessage(message);
  const [deferred] = await session.receiveDeferredMessages(message.sequenceNumber);
  await session.completeMessage(deferred);
  assert.deepEqual(await session.peekMessages(1), []);
}

export async function sessionPeekSeesItsOwnOnly(bus) {
  const client = bus.connect();
  await client.createSender("sessions").sendMessages([{ body: 1, sessionId: "a" }, { body: 2, sessionId: "b" }, { body: 3, sessionId: "a" }]);
  const session = await client.acceptSession("sessions", "a", quiet);
  assert.deepEqual((await session.peekMessages(10)).map((message) => message.body), [1, 3]);
}

export async function deadLetterOfASessionIsTakenWithoutOne(bus) {
  const client = bus.connect();
  await client.createSender("sessions").sendMessages({ body: 1, sessionId: "a" });
  const session = await client.acceptSession("sessions", "a", quiet);
  await session.deadLetterMessage(await takeOne(session), { deadLetterReason: "r" });
  const dead = client.createReceiver("sessions", { subQueueType: "deadLetter" });
  const letter = await takeOne(dead);
  assert.equal(letter.sessionId, "a");
  assert.equal(letter.deadLetterReason, "r");
}

export async function sessionsAreReceivedAndDeleted(bus) {
  const client = bus.connect();
  await client.createSender("sessions").sendMessages([{ body: 1, sessionId: "a" }, { body: 2, sessionId: "a" }]);
  const session = await client.acceptSession("sessions", "a", { ...quiet, receiveMode: "receiveAndDelete" });
  assert.deepEqual((await take(session, 2)).map((message) => message.body), [1, 2]);
  assert.deepEqual(await session.peekMessages(1), []);
}
