import { assert, deadLettersOf, isEmpty, receiverOf, take, takeOne } from "./expect.mjs";

async function sendAndTake(bus, queue = "plain") {
  const client = bus.connect();
  await client.createSender(queue).sendMessages({ body: "a", messageId: "m-1", applicationProperties: { kept: 1, changed: "old" } });
  const receiver = receiverOf(client, queue);
  return { client, receiver, message: await takeOne(receiver) };
}

export async function completedMessageIsGone(bus) {
  const { client, receiver, message } = await sendAndTake(bus);
  await receiver.completeMessage(message);
  await bus.advance(60_000);
  await isEmpty(receiver);
  assert.deepEqual(await client.createReceiver("plain").peekMessages(1), []);
}

export async function receivedAndDeletedMessageIsGone(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages({ body: "a" });
  const receiver = receiverOf(client, "plain", { receiveMode: "receiveAndDelete" });
  const message = await takeOne(receiver);
  assert.equal(message.lockToken, undefined);
  await bus.advance(60_000);
  await isEmpty(receiverOf(client, "plain"));
}

export async function abandonedMessageComesBackChanged(bus) {
  const { receiver, message } = await sendAndTake(bus);
  await receiver.abandonMessage(message, { changed: "new", added: 5 });
  const again = await takeOne(receiver);
  assert.equal(again.messageId, "m-1");
  assert.equal(again.deliveryCount, 1);
  assert.equal(again.sequenceNumber.toString(), message.sequenceNumber.toString());
  assert.equal(again.applicationProperties.kept, 1);
  assert.equal(again.applicationProperties.changed, "new");
  assert.equal(again.applicationProperties.added, 5);
  assert.equal(again.body, "a");
}

export async function abandonedMessageKeepsItsPlace(bus) {
  const client = bus.connect();
  await client.createSender("plain").sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
  const receiver = receiverOf(client, "plain");
  const [first, second] = await take(receiver, 2);
  await receiver.abandonMessage(second);
  await receiver.abandonMessage(first);
  assert.deepEqual((await take(receiver, 3)).map((message) => message.body), [1, 2, 3]);
}

export async function deadLetterTellsReasonAndDescription(bus) {
  const { client, receiver, message } = await sendAndTake(bus);
  await receiver.deadLetterMessage(message, { deadLetterReason: "bad amount", deadLetterErrorDescription: "-5 is less than 0", changed: "new" });
  await isEmpty(receiver);
  const dead = deadLettersOf(client, "plain");
  const letter = await takeOne(dead);
  assert.equal(letter.deadLetterReason, "bad amount");
  assert.equal(letter.deadLetterErrorDescription, "-5 is less than 0");
  assert.equal(letter.applicationProperties.changed, "new");
  assert.equal(letter.applicationProperties.kept, 1);
  assert.equal(letter.messageId, "m-1");
  assert.equal(letter.body, "a");
  await dead.completeMessage(letter);
  assert.deepEqual(await deadLettersOf(client, "plain").peekMessages(1), []);
}

export async function tooManyDeliveriesDeadLetter(bus) {
  const { client, receiver, message } = await sendAndTake(bus);
  await receiver.abandonMessage(message);
  await receiver.abandonMessage(await takeOne(receiver));
  const last = await takeOne(receiver);
  assert.equal(last.deliveryCount, 2);
  await receiver.abandonMessage(last);
  await isEmpty(receiver);
  const letter = await takeOne(deadLettersOf(client, "plain"));
  assert.equal(letter.deadLetterReason, "MaxDeliveryCountExceeded");
  assert.equal(letter.deliveryCount, 3);
}

export async function deadLettersAreForwarded(bus) {
  const { client, receiver, message } = await sendAndTake(bus, "forwarding");
  await receiver.deadLetterMessage(message, { deadLetterReason: "elsewhere" });
  const forwarded = await takeOne(receiverOf(client, "plain"));
  assert.equal(forwarded.deadLetterSource, "forwarding");
  assert.equal(forwarded.deadLetterReason, "elsewhere");
}

export async function deferredMessageComesByNumberOnly(bus) {
  const { client, receiver, message } = await sendAndTake(bus);
  await receiver.deferMessage(message, { changed: "new" });
  await isEmpty(receiver);
  const [peeked] = await client.createReceiver("plain").peekMessages(1);
  assert.equal(peeked.state, "deferred");
  const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber);
  assert.equal(deferred.body, "a");
  assert.equal(deferred.applicationProperties.changed, "new");
  await receiver.completeMessage(deferred);
  assert.deepEqual(await client.createReceiver("plain").peekMessages(1), []);
}

export async function deferredMessageStaysDeferredWhenAbandoned(bus) {
  const { receiver, message } = await sendAndTake(bus);
  await receiver.deferMessage(message);
  const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber);
  await receiver.abandonMessage(deferred);
  await isEmpty(receiver);
  const [again] = await receiver.receiveDeferredMessages(message.sequenceNumber);
  await receiver.deadLetterMessage(again, { deadLetterReason: "enough" });
}

export async function subscriptionReceivesAndSettles(bus) {
  const client = bus.connect();
  const sender = client.createSender("plain");
  const receiver = client.createReceiver("plain");
  const seen = [];
  await new Promise((resolve, reject) => {
    receiver.subscribe(
      {
        async processMessage(message) {
          seen.push(message.body);
          if (seen.length === 50) {
            resolve();
          }
        },
        async processError(args) {
          reject(args.error);
        },
      },
      { maxConcurrentCalls: 5 },
    );
    sender.sendMessages([...Array(50).keys()].map((i) => ({ body: i }))).catch(reject);
  });
  await receiver.close();
  assert.deepEqual(seen.sort((a, b) => a - b), [...Array(50).keys()]);
}

export async function receiversShareAQueue(bus) {
  const client = bus.connect();
  const one = receiverOf(client, "plain");
  const two = receiverOf(bus.connect(), "plain");
  await client.createSender("plain").sendMessages([...Array(10).keys()].map((i) => ({ body: i })));
  const mine = await take(one, 5);
  const theirs = await take(two, 5);
  const all = [...mine, ...theirs].map((message) => message.body).sort((a, b) => a - b);
  assert.deepEqual(all, [...Array(10).keys()]);
  await Promise.all([...mine.map((message) => one.completeMessage(message)), ...theirs.map((message) => two.completeMessage(message))]);
}

export async function lockSurvivesItsReceiver(bus) {
  const { client, receiver, message } = await sendAndTake(bus);
  await receiver.close();
  const other = receiverOf(client, "plain");
  await isEmpty(other);
  assert.equal((await other.peekMessages(1))[0].messageId, message.messageId);
}
