namespace Payments.Gateway;

/// <summary>The gateway did not answer, or not clearly: the effect may have happened or not. Making the same call again, under the same key, tells.</summary>
internal sealed class GatewayUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public GatewayUnavailableException()
        : this("The payment gateway did not answer.")
    {
    }

    /// <summary>Creates the exception with what happened.</summary>
    public GatewayUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what happened and the gateway's own exception.</summary>
    public GatewayUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
