import { assert, deadLettersOf, fails, isEmpty, receiverOf, takeOne } from "./expect.mjs";

export async function lapsedLockIsLost(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages({ body: "a" });
  const receiver = receiverOf(client, "plain");
  const message = await takeOne(receiver);
  await bus.advance(31_000);
  await fails(receiver.completeMessage(message), "MessageLockLost");
  const again = await takeOne(receiver);
  assert.equal(again.deliveryCount, 1);
  assert.notEqual(again.lockToken, message.lockToken);
  await receiver.completeMessage(again);
}

export async function settlingTwiceIsMessageLockLost(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages({ body: "a" });
  const receiver = receiverOf(client, "plain");
  const message = await takeOne(receiver);
  await receiver.close();
  const management = receiverOf(client, "plain");
  await management.receiveMessages(1, { maxWaitTimeInMs: 100 });
  await fails(receiver.completeMessage(message), "MessageLockLost").catch((error) => {
    // A closed receiver refuses by itself, which is as good.
    assert.match(error.message, /closed/);
  });
}

export async function renewedLockHolds(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages({ body: "a" });
  const receiver = receiverOf(client, "plain");
  const message = await takeOne(receiver);
  const before = message.lockedUntilUtc;
  await bus.advance(20_000);
  const until = await receiver.renewMessageLock(message);
  assert.ok(until > before);
  await bus.advance(20_000);
  await receiver.completeMessage(message);
  await isEmpty(receiver);
}

export async function renewingALapsedLockIsMessageLockLost(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages({ body: "a" });
  const receiver = receiverOf(client, "plain");
  const message = await takeOne(receiver);
  await bus.advance(31_000);
  await fails(receiver.renewMessageLock(message), "MessageLockLost");
}

export async function lapsedLocksDeadLetterInTheEnd(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages({ body: "a" });
  const receiver = receiverOf(client, "plain");
  for (let i = 0; i < 3; i++) {
    assert.equal((await takeOne(receiver)).deliveryCount, i);
    await bus.advance(31_000);
  }
  await isEmpty(receiver);
  assert.equal((await takeOne(deadLettersOf(client, "plain"))).deadLetterReason, "MaxDeliveryCountExceeded");
}

export async function expiredMessageIsDropped(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages([{ body: "short", timeToLive: 5_000 }, { body: "long", timeToLive: 50_000 }]);
  await bus.advance(6_000);
  const receiver = receiverOf(client, "plain");
  const message = await takeOne(receiver);
  assert.equal(message.body, "long");
  assert.equal(message.timeToLive, 50_000);
  assert.equal(message.expiresAtUtc.getTime(), message.enqueuedTimeUtc.getTime() + 50_000);
  assert.deepEqual(await deadLettersOf(client, "plain").peekMessages(1), []);
}

export async function expiredMessageIsDeadLettered(bus) {
  const client = bus.connect();
  await client.createSender("expiring").sendMessages([{ body: "own", timeToLive: 5_000 }, { body: "queue's", timeToLive: 500_000 }]);
  await bus.advance(6_000);
  const dead = deadLettersOf(client, "expiring");
  const letter = await takeOne(dead);
  assert.equal(letter.body, "own");
  assert.equal(letter.deadLetterReason, "TTLExpiredException");
  await bus.advance(55_000);
  assert.equal((await takeOne(dead)).body, "queue's");
}

export async function lockKeepsAMessageAlive(bus) {
  const client = bus.connect();
  await client.createSender("expiring").sendMessages({ body: "a", timeToLive: 5_000 });
  const receiver = receiverOf(client, "expiring");
  const message = await takeOne(receiver);
  await bus.advance(10_000);
  await receiver.abandonMessage(message);
  await isEmpty(receiver);
  assert.equal((await takeOne(deadLettersOf(client, "expiring"))).deadLetterReason, "TTLExpiredException");
}
