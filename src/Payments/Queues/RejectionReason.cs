namespace Payments.Queues;

/// <summary>The reasons for which the app's consumers send a message to the dead-letter queue, beside those of the inbox itself.</summary>
internal static class RejectionReason
{
    /// <summary>The message is no CloudEvent.</summary>
    public const string NotACloudEvent = nameof(NotACloudEvent);

    /// <summary>No consumer of the queue knows the message's type.</summary>
    public const string UnknownType = nameof(UnknownType);

    /// <summary>The event's id can't serve as a key.</summary>
    public const string EventIdInvalid = nameof(EventIdInvalid);

    /// <summary>The event's data is not what its type says.</summary>
    public const string DataInvalid = nameof(DataInvalid);

    /// <summary>The command makes no sense as a payment.</summary>
    public const string PaymentInvalid = nameof(PaymentInvalid);
}
