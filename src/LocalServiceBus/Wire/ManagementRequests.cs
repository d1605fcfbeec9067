using System.Collections;
using System.Globalization;
using Amqp;
using Amqp.Types;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Wire;

/// <summary>
/// The request/response operations of a queue, as described in "AMQP 1.0 in Azure Service Bus: request-response-based operations".
/// </summary>
internal sealed class ManagementRequests(MessageQueue queue, AmqpConnection connection) : IRequests
{
    private const int MaxPeek = 1000;

    // An answer is made in memory. Who peeks gets less than was asked for, and goes on behind it.
    private const int MaxPeekBytes = 4 * 1024 * 1024;

    public void Answer(Message request, Action<Message> reply)
    {
        Message response;
        try
        {
            response = Answer(request);
        }
        catch (Exception exception) when (exception is InvalidCastException or FormatException or OverflowException or ArgumentException or MalformedFrameException)
        {
            response = Responses.Failed(400, Conditions.ArgumentError, exception.Message);
        }

        queue.Journal.WhenDurable(() => reply(response));
    }

    private Message Answer(Message request)
    {
        var operation = request.ApplicationProperties?["operation"] as string;
        var body = request.Body as Map ?? [];
        var linkName = request.ApplicationProperties?["associated-link-name"] as string;
        return operation switch
        {
            "com.microsoft:renew-lock" => RenewLocks(body),
            "com.microsoft:renew-session-lock" => RenewSession(body, linkName),
            "com.microsoft:get-session-state" => GetSessionState(body, linkName),
            "com.microsoft:set-session-state" => SetSessionState(body, linkName),
            "com.microsoft:get-message-sessions" => ListSessions(body),
            "com.microsoft:peek-message" => Peek(body),
            "com.microsoft:receive-by-sequence-number" => ReceiveDeferred(body, linkName),
            "com.microsoft:update-disposition" => UpdateDisposition(body),
            "com.microsoft:schedule-message" => Schedule(body),
            "com.microsoft:cancel-scheduled-message" => CancelScheduled(body),
            "com.microsoft:batch-delete-messages" => DeleteMessages(body),
            _ => Responses.Failed(501, Conditions.NotImplemented, $"The operation '{operation}' is not supported."),
        };
    }

    private Message RenewLocks(Map body)
    {
        var tokens = Array<Guid>(body, "lock-tokens");
        var until = new DateTimeOffset[tokens.Length];
        var error = queue.RenewLocks(tokens, until);
        return error == QueueError.None
            ? Responses.Ok(new Map { ["expirations"] = System.Array.ConvertAll(until, moment => moment.UtcDateTime) })
            : Responses.From(error);
    }

    private Message RenewSession(Map body, string? linkName)
    {
        var sessionId = Text(body, "session-id");
        return HolderOf(sessionId, linkName) is { } holder && queue.RenewSession(sessionId, holder, out var until) == QueueError.None
            ? Responses.Ok(new Map { ["expiration"] = until.UtcDateTime })
            : Responses.From(QueueError.SessionLockLost);
    }

    private Message GetSessionState(Map body, string? linkName)
    {
        var sessionId = Text(body, "session-id");
        return HolderOf(sessionId, linkName) is { } holder && queue.GetSessionState(sessionId, holder, out var state) == QueueError.None
            ? Responses.Ok(new Map { ["session-state"] = state })
            : Responses.From(QueueError.SessionLockLost);
    }

    private Message SetSessionState(Map body, string? linkName)
    {
        var sessionId = Text(body, "session-id");
        return HolderOf(sessionId, linkName) is { } holder && queue.SetSessionState(sessionId, holder, Bytes(body["session-state"])) == QueueError.None
            ? Responses.Ok()
            : Responses.From(QueueError.SessionLockLost);
    }

    private Message ListSessions(Map body)
    {
        var skip = Number(body, "skip", 0);

        // Clients that want every session with messages or a state name the end of time.
        var updatedAfter = body["last-updated-time"] is DateTime moment && moment < DateTime.MaxValue.AddDays(-1)
            ? new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc))
            : (DateTimeOffset?)null;
        var ids = queue.ListSessions(skip, Number(body, "top", 100), updatedAfter);
        return ids.Length == 0 ? Responses.NoContent() : Responses.Ok(new Map { ["skip"] = skip + ids.Length, ["sessions-ids"] = ids });
    }

    private Message Peek(Map body)
    {
        var found = new List();
        var from = Convert.ToInt64(body["from-sequence-number"] ?? 0L, CultureInfo.InvariantCulture);
        var size = 0L;
        queue.Peek(from, Math.Clamp(Number(body, "message-count", 1), 0, MaxPeek), body["session-id"] as string, message =>
        {
            size += message.Content.Size;
            if (found.Count == 0 || size <= MaxPeekBytes)
            {
                found.Add(new Map { ["message"] = DeliveryEncoding.Encode(message) });
            }
        });
        return found.Count == 0 ? Responses.NoContent() : Responses.Ok(new Map { ["messages"] = found });
    }

    private Message ReceiveDeferred(Map body, string? linkName)
    {
        // The mode is the client's receiver-settle-mode: 0 takes and deletes, 1 locks.
        var takeAndDelete = Number(body, "receiver-settle-mode", 1) == 0;
        var holder = queue.HasSessions && body["session-id"] is string sessionId ? HolderOf(sessionId, linkName) : null;
        var found = new List();
        var error = queue.ReceiveDeferred(Array<long>(body, "sequence-numbers"), holder, takeAndDelete, message =>
        {
            var entry = new Map { ["message"] = DeliveryEncoding.Encode(message) };
            if (!takeAndDelete)
            {
                entry["lock-token"] = message.LockToken;
            }

            found.Add(entry);
        });
        return error == QueueError.None ? Responses.Ok(new Map { ["messages"] = found }) : Responses.From(error);
    }

    private Message UpdateDisposition(Map body)
    {
        var status = Text(body, "disposition-status");
        var changes = (body["properties-to-modify"] as Map)?.ToDictionary(pair => pair.Key.ToString()!, pair => (object?)pair.Value, StringComparer.Ordinal);
        foreach (var token in Array<Guid>(body, "lock-tokens"))
        {
            var error = status switch
            {
                "completed" => queue.Complete(token),
                "abandoned" => queue.Abandon(token, changes),

                // The service's own spelling.
                "defered" or "deferred" => queue.Defer(token, changes),
                "suspended" => queue.DeadLetter(token, body["deadletter-reason"] as string, body["deadletter-description"] as string, changes),
                _ => throw new ArgumentException($"There is no disposition status '{status}'."),
            };
            if (error != QueueError.None)
            {
                var sessionIsLost = error == QueueError.MessageLockLost && body["session-id"] is string sessionId && HolderOf(sessionId, null) is null;
                return Responses.From(sessionIsLost ? QueueError.SessionLockLost : error);
            }
        }

        return Responses.Ok();
    }

    private Message Schedule(Map body)
    {
        var entries = body["messages"] as IEnumerable ?? System.Array.Empty<object>();
        var messages = new List<NewMessage>();
        foreach (var entry in entries)
        {
            var bytes = Bytes(((Map)entry)["message"]) ?? throw new FormatException("A message to schedule is empty.");
            if (bytes.Length > InboundLink.MaxMessageSize)
            {
                return Responses.From(QueueError.MessageTooLarge);
            }

            messages.Add(AmqpMessageContent.Parse(bytes, 0, bytes.Length));
        }

        var numbers = new long[messages.Count];
        var error = queue.Send(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(messages), numbers);
        return error == QueueError.None ? Responses.Ok(new Map { ["sequence-numbers"] = numbers }) : Responses.From(error);
    }

    private Message CancelScheduled(Map body)
    {
        var error = queue.CancelScheduled(Array<long>(body, "sequence-numbers"));
        return error == QueueError.None ? Responses.Ok() : Responses.From(error);
    }

    private Message DeleteMessages(Map body)
    {
        var before = body["enqueued-time-utc"] is DateTime moment ? new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc)) : DateTimeOffset.MaxValue;
        var deleted = queue.DeleteBefore(before, Number(body, "message-count", MaxPeek));
        return deleted == 0 ? Responses.NoContent() : Responses.Ok(new Map { ["message-count"] = deleted });
    }

    /// <summary>Who holds the session, if the request comes from that one: the holder's link, on this connection.</summary>
    private LinkConsumer? HolderOf(string sessionId, string? linkName)
    {
        var holder = queue.HolderOf(sessionId) as LinkConsumer;
        return holder is not null && linkName is not null && (holder.Link.Name != linkName || holder.Link.Session.Connection != connection) ? null : holder;
    }

    private static string Text(Map body, string key) => body[key] as string ?? throw new ArgumentException($"The request has no '{key}'.");

    private static int Number(Map body, string key, int otherwise) => body[key] is { } value ? Convert.ToInt32(value, CultureInfo.InvariantCulture) : otherwise;

    private static byte[]? Bytes(object? value) => value switch
    {
        null => null,
        byte[] bytes => bytes,
        ByteBuffer buffer => buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).ToArray(),
        _ => throw new FormatException("A value is not binary."),
    };

    private static T[] Array<T>(Map body, string key) => body[key] switch
    {
        T[] array => array,
        T single => [single],
        IEnumerable list => [.. list.Cast<T>()],
        _ => throw new ArgumentException($"The request has no '{key}'."),
    };
}
