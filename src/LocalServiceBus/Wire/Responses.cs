using Amqp;
using Amqp.Framing;
using Amqp.Types;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Wire;

/// <summary>Answers with a status. Clients read it under one of two spellings, so both are there.</summary>
internal static class Responses
{
    public static Message Ok(Map? body = null) => Create(200, "OK", body);

    public static Message NoContent() => Create(204, "No content.", null);

    public static Message From(QueueError error)
    {
        var (condition, status, description) = Conditions.Describe(error);
        return Failed(status, condition, description);
    }

    public static Message Failed(int status, string condition, string description)
    {
        var response = Create(status, description, null);
        response.ApplicationProperties["errorCondition"] = Conditions.Named(condition);
        response.ApplicationProperties["error-condition"] = Conditions.Named(condition);
        return response;
    }

    public static Message Create(int status, string description, Map? body) => new()
    {
        ApplicationProperties = new ApplicationProperties
        {
            ["statusCode"] = status,
            ["status-code"] = status,
            ["statusDescription"] = description,
            ["status-description"] = description,
        },
        BodySection = new AmqpValue { Value = body ?? new Map() },
    };
}
