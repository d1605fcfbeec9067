namespace LocalServiceBus.Wire;

/// <summary>The peer sent bytes that are no AMQP 1.0; its connection ends with an error.</summary>
internal sealed class MalformedFrameException : Exception
{
    public MalformedFrameException()
    {
    }

    public MalformedFrameException(string message)
        : base(message)
    {
    }

    public MalformedFrameException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
