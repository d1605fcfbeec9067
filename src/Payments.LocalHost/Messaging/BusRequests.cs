using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Payments.LocalHost.Messaging;

/// <summary>Requests to a queue's management node. They are rare, so each has its own pair of links.</summary>
internal static class BusRequests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>The answer's body and its status.</returns>
    /// <exception cref="TimeoutException">No answer came.</exception>
    public static async Task<(int Status, Map Body)> RequestAsync(Connection connection, string entity, string operation, Map body, string? linkName, CancellationToken cancellationToken)
    {
        var node = $"{entity}/$management";
        var session = new Session(connection);
        try
        {
            var replyTo = Guid.NewGuid().ToString("N");
            var sender = new SenderLink(session, $"request-{replyTo}", node);
            var receiver = new ReceiverLink(session, $"reply-{replyTo}", new Attach { Source = new Source { Address = node }, Target = new Target { Address = replyTo } }, null);
            var properties = new ApplicationProperties { ["operation"] = operation };
            if (linkName is not null)
            {
                properties["associated-link-name"] = linkName;
            }

            await sender.SendAsync(new Message
            {
                Properties = new Properties { MessageId = replyTo, ReplyTo = replyTo },
                ApplicationProperties = properties,
                BodySection = new AmqpValue { Value = body },
            }).WaitAsync(Patience, cancellationToken);
            var response = await receiver.ReceiveAsync(Patience).WaitAsync(cancellationToken)
                ?? throw (receiver.Error is { } error ? new AmqpException(error) : new TimeoutException($"The broker did not answer {operation} within {Patience.TotalSeconds:F0} s."));
            receiver.Accept(response);
            var status = response.ApplicationProperties?["statusCode"] ?? response.ApplicationProperties?["status-code"];
            return (status is int code ? code : 500, response.Body as Map ?? []);
        }
        finally
        {
            if (!session.IsClosed)
            {
                _ = session.CloseAsync(Patience, null).ContinueWith(static closed => _ = closed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
    }
}
