using Amqp;

namespace LocalServiceBus.Wire;

/// <summary>Claims-based security: any token opens every queue, since only this machine can connect.</summary>
internal sealed class TokenRequests : IRequests
{
    public void Answer(Message request, Action<Message> reply) => reply(Responses.Create(202, "Accepted", null));
}
