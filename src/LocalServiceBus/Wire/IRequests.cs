using Amqp;

namespace LocalServiceBus.Wire;

/// <summary>Answers the requests of a request/response pair of links.</summary>
internal interface IRequests
{
    /// <summary>Answers a request, now or when its effects are safe.</summary>
    void Answer(Message request, Action<Message> reply);
}
