import { assert, deadLettersOf, fails, isEmpty, receiverOf, take, takeOne } from "./expect.mjs";

export async function messageKeepsWhatItsSenderWrote(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages({
    body: { amount: 12.5, currency: "EUR", note: "Grüße ✓" },
    messageId: "m-1",
    correlationId: "c-1",
    subject: "payment.created",
    contentType: "application/json",
    replyTo: "answers",
    to: "ledger",
    partitionKey: "p-1",
    applicationProperties: { text: "a", number: 7, truth: true },
  });
  const message = await takeOne(receiverOf(client, "plain"));
  assert.deepEqual(message.body, { amount: 12.5, currency: "EUR", note: "Grüße ✓" });
  assert.equal(message.messageId, "m-1");
  assert.equal(message.correlationId, "c-1");
  assert.equal(message.subject, "payment.created");
  assert.equal(message.contentType, "application/json");
  assert.equal(message.replyTo, "answers");
  assert.equal(message.to, "ledger");
  assert.equal(message.partitionKey, "p-1");
  assert.equal(message.applicationProperties.text, "a");
  assert.equal(message.applicationProperties.number, 7);
  assert.equal(message.applicationProperties.truth, true);
  assert.equal(message.deliveryCount, 0);
  assert.equal(message.sequenceNumber.toString(), "1");
  assert.ok(message.enqueuedTimeUtc instanceof Date);
  assert.ok(message.lockedUntilUtc > message.enqueuedTimeUtc);
  assert.equal(message.state, "active");
  assert.match(message.lockToken, /^[0-9a-f-]{36}$/);
}

export async function messagesKeepTheirOrder(bus) {
  const client = bus.connect();
  const sender = client.createSender("plain");
  for (let i = 0; i < 20; i++) {
    await sender.sendMessages({ body: i });
  }
  const receiver = receiverOf(client, "plain");
  const messages = await take(receiver, 20);
  assert.deepEqual(messages.map((message) => message.body), [...Array(20).keys()]);
  assert.deepEqual(messages.map((message) => Number(message.sequenceNumber)), [...Array(20).keys()].map((i) => i + 1));
}

export async function messageWithoutAnIdGetsOne(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages({ body: "a" });
  const message = await takeOne(receiverOf(client, "plain"));
  assert.ok(message.messageId.length > 0);
}

export async function batchArrivesWhole(bus) {
  const client = bus.connect();
  const sender = client.createSender("plain");
  const batch = await sender.createMessageBatch();
  assert.equal(batch.maxSizeInBytes, 262144);
  for (let i = 0; i < 100; i++) {
    assert.ok(batch.tryAddMessage({ body: { i }, messageId: `m-${i}`, applicationProperties: { i } }));
  }
  await sender.sendMessages(batch);
  await sender.sendMessages([{ body: { i: 100 } }, { body: { i: 101 } }]);
  const messages = await take(receiverOf(client, "plain"), 102);
  assert.deepEqual(messages.map((message) => message.body.i), [...Array(102).keys()]);
  assert.equal(messages[57].messageId, "m-57");
  assert.equal(messages[57].applicationProperties.i, 57);
}

export async function largeMessageTravelsInManyFrames(bus) {
  const client = bus.connect();
  const body = "x".repeat(250_000);
  await client.createSender("plain").sendMessages({ body });
  const message = await takeOne(receiverOf(client, "plain"));
  assert.equal(message.body, body);
}

export async function tooLargeMessageIsRefused(bus) {
  const client = bus.connect();
  const sender = client.createSender("plain");
  await fails(sender.sendMessages({ body: "x".repeat(263_000) }), "MessageSizeExceeded");
  await sender.sendMessages({ body: "small enough" });
  assert.equal((await takeOne(receiverOf(client, "plain"))).body, "small enough");
}

export async function fullBatchTakesNoMore(bus) {
  const client = bus.connect();
  const batch = await client.createSender("plain").createMessageBatch();
  assert.ok(batch.tryAddMessage({ body: "x".repeat(200_000) }));
  assert.ok(!batch.tryAddMessage({ body: "x".repeat(100_000) }));
}

export async function duplicateInsideTheWindowIsDropped(bus) {
  const client = bus.connect();
  const sender = client.createSender("duplicates");
  await sender.sendMessages({ body: "first", messageId: "same" });
  await sender.sendMessages({ body: "second", messageId: "same" });
  await sender.sendMessages({ body: "third", messageId: "other" });
  const receiver = receiverOf(client, "duplicates", { receiveMode: "receiveAndDelete" });
  assert.deepEqual((await take(receiver, 2)).map((message) => message.body), ["first", "third"]);
  await isEmpty(receiver);

  // Completed long ago or not: the window counts from the first send, and a duplicate does not prolong it.
  await bus.advance(59_000);
  await sender.sendMessages({ body: "fourth", messageId: "same" });
  await bus.advance(1_000);
  await sender.sendMessages({ body: "fifth", messageId: "same" });
  assert.equal((await takeOne(receiver)).body, "fifth");
  await isEmpty(receiver);
}

export async function scheduledMessageComesWhenDue(bus) {
  const client = bus.connect();
  const sender = client.createSender("plain");
  const receiver = receiverOf(client, "plain");
  const at = new Date(Date.now() + 600_000);
  const [number] = await sender.scheduleMessages({ body: "later", messageId: "s-1" }, at);
  await sender.sendMessages({ body: "now" });
  const now = await takeOne(receiver);
  assert.equal(now.body, "now");
  await receiver.completeMessage(now);
  await isEmpty(receiver);
  const [peeked] = await receiver.peekMessages(1, { fromSequenceNumber: number });
  assert.equal(peeked.state, "scheduled");
  await bus.advance(601_000);
  const message = await takeOne(receiver);
  assert.equal(message.body, "later");
  assert.ok(message.sequenceNumber.greaterThan(number));
  assert.equal(message.enqueuedSequenceNumber, Number(number));
}

export async function scheduledSendComesWhenDue(bus) {
  const client = bus.connect();
  const receiver = receiverOf(client, "plain");
  await client.createSender("plain").sendMessages({ body: "later", scheduledEnqueueTimeUtc: new Date(Date.now() + 600_000) });
  await isEmpty(receiver);
  await bus.advance(601_000);
  assert.equal((await takeOne(receiver)).body, "later");
}

export async function cancelledMessageNeverComes(bus) {
  const client = bus.connect();
  const sender = client.createSender("plain");
  const receiver = receiverOf(client, "plain");
  const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }, { body: 3 }], new Date(Date.now() + 60_000));
  assert.equal(numbers.length, 3);
  await sender.cancelScheduledMessages([numbers[0], numbers[2]]);
  await bus.advance(61_000);
  assert.equal((await takeOne(receiver)).body, 2);
  await isEmpty(receiver);
}

export async function cancellingTwiceIsMessageNotFound(bus) {
  const client = bus.connect();
  const sender = client.createSender("plain");
  const [number] = await sender.scheduleMessages({ body: 1 }, new Date(Date.now() + 60_000));
  await sender.cancelScheduledMessages(number);
  await fails(sender.cancelScheduledMessages(number), "MessageNotFound");
}

export async function peekShowsWithoutTaking(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
  const receiver = receiverOf(client, "plain");
  const [first, second] = await receiver.peekMessages(2);
  assert.deepEqual([first.body, second.body], [1, 2]);
  assert.deepEqual((await receiver.peekMessages(10)).map((message) => message.body), [3]);
  assert.deepEqual(await receiver.peekMessages(10), []);
  assert.deepEqual((await receiver.peekMessages(10, { fromSequenceNumber: second.sequenceNumber })).map((message) => message.body), [2, 3]);
  assert.equal((await takeOne(receiver)).body, 1);
}

export async function peekReachesDeadLettersByAnyLetterCase(bus) {
  const client = bus.connect();
  await client.createSender("Plain").sendMessages({ body: 1 });
  const receiver = receiverOf(client, "PLAIN");
  await receiver.deadLetterMessage(await takeOne(receiver), { deadLetterReason: "because" });
  const [peeked] = await client.createReceiver("plain/$DeadLetterQueue").peekMessages(1);
  assert.equal(peeked.deadLetterReason, "because");
  assert.equal((await deadLettersOf(client, "pLAIN").peekMessages(1)).length, 1);
}
